'use client';
/** What the board's model says of the marked examples: one question for each split that has some. */
import { useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { useBindings, useBoard } from '../state/context.tsx';
import { readAddress } from '../state/project/addresses.ts';
import { boundText } from '../state/questions/query-text.ts';
import type { QueryState } from '../state/questions/results.ts';
import { predictQuery } from './mark-all.ts';
import { type MarkedRow, type Predictions, readPredictions, sliceOf } from './rows.ts';

/** A split of so many examples is asked as a whole, once; of a larger one only the marked are. */
const WHOLE = 20_000;

export interface Answers {
  /** By canonical address of the split. */
  readonly predictions: ReadonlyMap<string, Predictions>;
  readonly loading: boolean;
  /** Sentences for the user. */
  readonly errors: readonly string[];
}

/** The whole of each split where it is not too large, else its marked examples. */
export function useMarkedPredictions(rows: readonly MarkedRow[]): Answers {
  const board = useBoard();
  const datasets = useStore(board.data.store, (s) => s.datasets);
  const asked = useMemo(() => {
    const indices = new Map<string, number[]>();
    for (const { split, index } of rows) {
      const marked = indices.get(split);
      if (marked) marked.push(index);
      else indices.set(split, [index]);
    }
    return [...indices].flatMap(([split, marked]): [string, string][] => {
      const at = readAddress(split);
      if (at?.kind !== 'dataset') return [];
      const size = datasets.find((d) => d.name === at.dataset)?.splits.find((s) => s.name === at.split)?.size;
      // Its data set is gone: there is nothing to ask.
      if (size === undefined) return [];
      const part = size <= WHOLE ? split : sliceOf(split, marked);
      return part === null ? [] : [[split, predictQuery(part)]];
    });
  }, [rows, datasets]);
  return usePredictions(asked);
}

/** `asked`: split and query. Keep its identity while it says the same. */
export function usePredictions(asked: readonly (readonly [split: string, query: string])[]): Answers {
  const { results } = useBoard();
  const bindings = useBindings();
  const texts = useMemo(
    () =>
      asked.flatMap(([split, query]) => {
        const bound = query === '' || bindings.f === null ? null : boundText(query, bindings);
        return bound?.ok ? [{ split, text: bound.text }] : [];
      }),
    [asked, bindings],
  );
  const key = texts.map(({ split, text }) => `${split} ${text}`).join('\n');
  const wanted = useRef(texts);
  wanted.current = texts;
  const [states, setStates] = useState<ReadonlyMap<string, QueryState>>(new Map());
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` says when the texts are other ones
  useEffect(() => {
    const opened = wanted.current.map(({ split, text }) => ({ split, text, ...results.open(text) }));
    const read = () => setStates(new Map(opened.map(({ split, store }) => [split, store.getState()])));
    const stops = opened.map(({ store }) => store.subscribe(read));
    read();
    return () => {
      for (const stop of stops) stop();
      for (const { text, release } of opened) release(!wanted.current.some((next) => next.text === text));
    };
  }, [results, key]);
  return useMemo(() => {
    const predictions = new Map<string, Predictions>();
    const errors: string[] = [];
    for (const [split, state] of states) {
      const read = state.status === 'done' ? readPredictions(state.result) : null;
      if (read) predictions.set(split, read);
      if (state.status === 'error' && state.code !== 'cancelled') errors.push(state.message);
    }
    return { predictions, errors, loading: [...states.values()].some((s) => s.status === 'loading') };
  }, [states]);
}
