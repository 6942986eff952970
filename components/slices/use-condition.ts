'use client';
/** A slice that is being written: rows and text in step, and what is wrong with either. */
import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { type DatasetAddress, printAddress, printPredicate } from '@/core/address/index.ts';
import { useBindings, useProject } from '../state/context.tsx';
import { readAddress } from '../state/project/addresses.ts';
import { problems } from '../state/questions/query-text.ts';
import {
  conditionText,
  NO_ROWS,
  type ParsedCondition,
  type Row,
  type Rows,
  readCondition,
  rowsOf,
  rowText,
} from './conditions.ts';
import { countQuery } from './slice-count.tsx';

export interface Condition {
  /** Canonical address of the split. */
  readonly split: string;
  readonly rows: Rows;
  readonly text: string;
  /** What is wrong with the text as a whole; null: nothing. */
  readonly error: string | null;
  /** The text does not parse: the rows show what was last understood. */
  readonly broken: boolean;
  /** What is wrong with each row. */
  readonly errors: readonly (string | null)[];
  /** Canonical address of the slice, or of the split without a condition; null while something is wrong. */
  readonly address: string | null;
  /** There is a condition at all. */
  readonly narrowed: boolean;
  setSplit(split: string): void;
  setRows(rows: Rows): void;
  setText(text: string): void;
}

function begin(address: string): { split: string; rows: Rows; text: string } {
  const read = readAddress(address);
  if (read?.kind === 'slice') {
    const { dataset, split, where } = read;
    return {
      split: printAddress({ kind: 'dataset', dataset, split }),
      rows: rowsOf(where),
      text: printPredicate(where),
    };
  }
  return { split: address, rows: NO_ROWS, text: '' };
}

export function useCondition(address: string): Condition {
  const { data } = useProject();
  const models = useStore(data.store, (s) => s.models);
  const datasets = useStore(data.store, (s) => s.datasets);
  const bindings = useBindings();
  const [{ split, rows, text }, set] = useState(() => begin(address));
  const faultOf = useMemo(() => {
    const at = readAddress(split);
    const base = at?.kind === 'dataset' ? at : null;
    const catalog = { models, datasets };
    return (read: ParsedCondition): string | null => {
      if (!read.ok) return read.message;
      const slice = addressOf(base, read);
      if (slice === null || bindings.f === null) return null;
      return problems(countQuery(slice), bindings, catalog)[0]?.message ?? null;
    };
  }, [split, models, datasets, bindings]);
  const { read, error, errors } = useMemo(() => {
    const whole = readCondition(text);
    const single = rows.rows.map((row) => faultOf(readCondition(rowText(row))));
    return { read: whole, error: faultOf(whole), errors: single };
  }, [text, rows, faultOf]);
  const at = readAddress(split);
  return {
    split,
    rows,
    text,
    error,
    broken: !read.ok,
    errors,
    address: error === null ? addressOf(at?.kind === 'dataset' ? at : null, read) : null,
    narrowed: read.ok && read.predicate !== null,
    setSplit: (next) => set((now) => ({ ...now, split: next })),
    setRows: (next) => set((now) => ({ ...now, rows: next, text: conditionText(next) })),
    setText: (next) =>
      set((now) => {
        const parsed = readCondition(next);
        // Rows keep what was last understood while the text is half typed.
        if (!parsed.ok) return { ...now, text: next };
        return { ...now, text: next, rows: parsed.predicate ? rowsOf(parsed.predicate) : NO_ROWS };
      }),
  };
}

function addressOf(base: DatasetAddress | null, read: ParsedCondition): string | null {
  if (base === null || !read.ok) return null;
  if (read.predicate === null) return printAddress(base);
  const { dataset, split } = base;
  return split === undefined ? null : printAddress({ kind: 'slice', dataset, split, where: read.predicate });
}

/** Rows without the one at a place, or with another one there. */
export function withRow(rows: Rows, at: number, row: Row | null): Rows {
  return { ...rows, rows: rows.rows.flatMap((r, i) => (i === at ? (row ? [row] : []) : [r])) };
}
