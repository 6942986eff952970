'use client';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { Result } from '@/core/result/index.ts';
import { useBindings, useProject, useQuery } from '../state/context.tsx';
import { readAddress } from '../state/project/addresses.ts';
import { placeFor, toolById, toolFits, toolProblem, toolQuery } from '../state/questions/tools.ts';
import { formatCount, formatNumber } from '../ui/format.ts';
import { Skeleton } from '../ui/skeleton.tsx';
import { type Fact, Facts } from './facts.tsx';

/** Statistics of the layer over the board's data: of one unit, or of all of them together. */
export function UnitStats({ place }: { readonly place: string }) {
  const { data } = useProject();
  const bindings = useBindings();
  const models = useStore(data.store, (s) => s.models);
  const datasets = useStore(data.store, (s) => s.datasets);
  const address = useMemo(() => readAddress(place), [place]);
  const tool = toolById('stats');
  const fits = tool && toolFits(tool, place, models, bindings).fits;
  const at = tool && placeFor(tool, place);
  // What would be refused is not asked.
  const why = tool && fits && at ? toolProblem(tool, at, bindings, { models, datasets }) : null;
  const query = tool && fits && at && why === null ? toolQuery(tool, at, bindings, models) : '';
  const { state, result } = useQuery(query, bindings);
  if (why) return <p className="text-muted text-sm">No statistics: {why}</p>;
  if (query === '') return null;
  if (state?.status === 'error') return <p className="text-muted text-sm">No statistics: {state.message}</p>;
  if (!result) return <Skeleton className="h-16" />;
  const facts = address?.kind === 'unit' ? ofUnit(result, address.unit) : ofLayer(result);
  return (
    <div className="flex flex-col gap-1">
      <p className="text-faint text-sm">
        Over {bindings.data ?? 'the data'}
        {result.meta.n === undefined ? '' : `, n = ${formatCount(result.meta.n)}`}
      </p>
      <Facts facts={facts} />
    </div>
  );
}

const NAMES = [
  ['mean', 'Mean'],
  ['sd', 'Standard deviation'],
  ['min', 'Minimum'],
  ['max', 'Maximum'],
  ['skew', 'Skew'],
] as const;

function ofUnit({ tensors }: Result, unit: number): Fact[] {
  const facts = NAMES.map(([key, name]): Fact => [name, number(tensors[key]?.data[unit])]);
  const dead = tensors.dead?.data[unit];
  return [...facts, ['Dead', dead === undefined ? null : dead > 0 ? 'yes: zero on every example' : 'no']];
}

/** Means are averaged over units; extremes are the extremes of all. */
function ofLayer({ tensors }: Result): Fact[] {
  const list = (key: string) => [...(tensors[key]?.data ?? [])].filter(Number.isFinite);
  const mean = list('mean');
  const dead = list('dead').filter((d) => d > 0).length;
  return [
    ['Mean of units', number(mean.length === 0 ? undefined : mean.reduce((a, b) => a + b, 0) / mean.length)],
    ['Minimum', number(extreme(list('min'), Math.min))],
    ['Maximum', number(extreme(list('max'), Math.max))],
    ['Dead units', tensors.dead ? `${formatCount(dead)} of ${formatCount(tensors.dead.data.length)}` : null],
  ];
}

const extreme = (values: readonly number[], of: (a: number, b: number) => number): number | undefined =>
  values.length === 0 ? undefined : values.reduce((a, b) => of(a, b));

function number(value: number | undefined) {
  return value === undefined ? null : <span title={String(value)}>{formatNumber(value)}</span>;
}
