'use client';
/** A result drawn outside a board: same lens, own selection, nothing to move. Shared by unit pages and reviews. */
import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { Result } from '@/core/result/index.ts';
import type { LensOption, LensProps } from '../lenses/contract.ts';
import { LensBoundary, lensOf } from '../lenses/index.ts';
import { useProject } from '../state/context.tsx';
import { modelOf } from '../state/project/addresses.ts';
import { badgesAt } from '../state/project/badges.ts';
import { findModel } from '../state/project/project.ts';
import type { QueryState } from '../state/questions/results.ts';
import { ErrorNote } from '../ui/error-note.tsx';
import { Progress } from '../ui/progress.tsx';
import { Skeleton } from '../ui/skeleton.tsx';

export interface StillViewProps {
  readonly state: QueryState | null;
  readonly lens: string;
  readonly options: Readonly<Record<string, LensOption>>;
  readonly width: number;
  readonly height: number;
  readonly selectedClass?: number | null;
  /** Examples that were marked. */
  readonly marked?: ReadonlySet<string> | undefined;
  onActivate?(address: string): void;
}

export function StillView({
  state,
  lens,
  options,
  width,
  height,
  selectedClass = null,
  marked,
  onActivate,
}: StillViewProps) {
  if (state?.status === 'error')
    return (
      <ErrorNote tone={state.code === 'not_found' ? 'warning' : 'fault'} className="m-3">
        {state.message}
      </ErrorNote>
    );
  if (state?.status !== 'done')
    return (
      <div className="flex flex-col gap-2 p-3" style={{ width, height }}>
        <Skeleton className="min-h-0 flex-1" />
        {state ? (
          <Progress label={`Computing: ${state.note}`} value={state.job === null ? null : state.done} />
        ) : null}
      </div>
    );
  return (
    <Drawn
      result={state.result}
      lens={lens}
      options={options}
      width={width}
      height={height}
      selectedClass={selectedClass}
      marked={marked}
      {...(onActivate ? { onActivate } : {})}
    />
  );
}

function Drawn({
  result,
  lens,
  options,
  width,
  height,
  selectedClass,
  marked,
  onActivate,
}: Omit<StillViewProps, 'state' | 'selectedClass'> & {
  readonly result: Result;
  readonly selectedClass: number | null;
}) {
  const opened = useProject();
  const models = useStore(opened.data.store, (s) => s.models);
  const allBadges = useStore(opened.threads.store, (s) => s.badges);
  const layer = useStore(opened.selection.store, (s) => s.layer);
  const units = useStore(opened.selection.store, (s) => s.units);
  const examples = useStore(opened.selection.store, (s) => s.examples);
  const selection = useMemo(() => ({ layer, units, examples }), [layer, units, examples]);
  const [own, setOwn] = useState(options);
  const model = result.meta.provenance.checkpoints[0]?.address ?? null;
  const badges = useMemo(() => badgesAt(allBadges, model), [allBadges, model]);
  const color = findModel(models, model === null ? null : modelOf(model)?.model)?.color ?? 0;
  const spec = lensOf(lens, result.meta);
  if (!spec)
    return (
      <ErrorNote tone="warning" className="m-3">
        No lens draws a result of type {result.meta.type} in this version.
      </ErrorNote>
    );
  const onSelect: LensProps['onSelect'] = (change) => opened.selection.select(stripped(change));
  return (
    <LensBoundary key={spec.id} of={result.meta.id}>
      <spec.Component
        result={result}
        width={width}
        height={height}
        selection={selection}
        onSelect={onSelect}
        selectedClass={selectedClass}
        options={own}
        onOption={(key, value) => setOwn((now) => ({ ...now, [key]: value }))}
        modelColor={color}
        badges={badges}
        {...(marked ? { marked } : {})}
        armed={null}
        {...(onActivate ? { onActivate } : {})}
      />
    </LensBoundary>
  );
}

function stripped(change: Parameters<LensProps['onSelect']>[0]) {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}
