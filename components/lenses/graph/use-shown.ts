'use client';
/** What of an architecture is drawn: training-only layers left out, groups closed or open, repeated blocks folded. */
import { useMemo, useState } from 'react';
import type { GraphRecord } from '@/core/result/types.ts';
import { type Folded, fold, unfolded } from './fold.ts';
import { allGroups, type Grouped, grouped, openAtFirst } from './groups.ts';
import { withoutTrainingOnly } from './training.ts';

export interface Shown extends Folded {
  /** The box that is shown for any layer or closed group of the model. */
  readonly shownAs: ReadonlyMap<string, string>;
  readonly closed: Grouped['closed'];
  readonly within: Grouped['within'];
  /** Open groups. */
  readonly open: ReadonlySet<string>;
  /** Whether there is anything to open or to close, to fold, and to leave out. */
  readonly hasGroups: boolean;
  readonly hasRepeats: boolean;
  readonly trainingOnly: number;
  toggle(group: string): void;
  /** All open, or as few as there can be. */
  setAll(open: boolean): void;
}

export function useShown(
  record: GraphRecord,
  { folds, training }: { readonly folds: boolean; readonly training: boolean },
): Shown {
  const { graph: atInference, handsOn } = useMemo(() => withoutTrainingOnly(record), [record]);
  const base = training ? record : atInference;
  const all = useMemo(() => allGroups(base), [base]);
  const first = useMemo(() => openAtFirst(base), [base]);
  /** Null until a person has opened or closed one. */
  const [chosen, setChosen] = useState<ReadonlySet<string> | null>(null);
  const open = chosen ?? first;
  const shown = useMemo(() => {
    const groups = grouped(base, open);
    const repeats = fold(groups.graph, groups.within);
    const { graph, stacks, shownAs } = folds ? repeats : unfolded(groups.graph);
    const boxOf = (name: string) => {
      const kept = training ? name : (handsOn.get(name) ?? name);
      const box = groups.shownAs.get(kept) ?? kept;
      return shownAs.get(box) ?? box;
    };
    const names = [...record.layers.map(({ name }) => name), ...groups.closed.keys()];
    return {
      ...{ graph, stacks, closed: groups.closed, within: groups.within },
      shownAs: new Map(names.map((name) => [name, boxOf(name)])),
      hasRepeats: repeats.stacks.length > 0,
    };
  }, [record, base, open, folds, training, handsOn]);
  return {
    ...shown,
    open,
    hasGroups: all.size > 0,
    trainingOnly: handsOn.size,
    toggle: (group) =>
      setChosen(new Set(open.has(group) ? [...open].filter((o) => o !== group) : [...open, group])),
    setAll: (every) => setChosen(every ? all : new Set()),
  };
}
