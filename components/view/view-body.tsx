'use client';
/** The picture, or what stands in its way: the last picture dimmed while the next is computed, one sentence on failure. */
import { X } from 'lucide-react';
import { useCallback, useMemo } from 'react';
import { useStore } from 'zustand';
import type { View } from '@/core/board/index.ts';
import { activate } from '../actions/activate.ts';
import { LensBoundary, type LensProps, type LensSpec } from '../lenses/index.ts';
import { type ShownResult, useBoard, useMay } from '../state/context.tsx';
import { badgesAt } from '../state/project/badges.ts';
import { toolById, toolFits } from '../state/questions/tools.ts';
import { Button } from '../ui/button.tsx';
import { ErrorNote } from '../ui/error-note.tsx';
import { Progress } from '../ui/progress.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { useDrawSlot } from './draw-queue.ts';

export interface ViewBodyProps {
  readonly view: View;
  readonly shown: ShownResult;
  readonly lens: LensSpec | null;
  /** Board points. */
  readonly width: number;
  readonly height: number;
  /** Canonical address of the query's model. */
  readonly model: string | null;
  readonly color: number;
}

export function ViewBody({ view, shown, lens, width, height, model, color }: ViewBodyProps) {
  const { bound, state, result } = shown;
  const mayDraw = useDrawSlot();
  if (!bound.ok) return <QueryFault view={view} message={bound.message} at={bound.at} />;
  const loading = state?.status === 'loading';
  return (
    <>
      {result && lens && !mayDraw ? <Skeleton className="h-full rounded-none" /> : null}
      {result && lens && mayDraw ? (
        <div
          className={`h-full w-full transition-opacity ${loading ? 'opacity-40 delay-300' : ''}`}
          inert={loading}
        >
          <LensBoundary key={lens.id + shapesOf(result)} of={result.meta.id}>
            <DrawnLens
              view={view}
              result={result}
              lens={lens}
              width={width}
              height={height}
              model={model}
              color={color}
            />
          </LensBoundary>
        </div>
      ) : null}
      {result && !lens ? (
        <ErrorNote tone="warning" className="m-3">
          No lens draws a result of type {result.meta.type} in this version.
        </ErrorNote>
      ) : null}
      {loading ? <Computing shown={shown} empty={result === null} /> : null}
      {state?.status === 'error' ? (
        <div className="absolute inset-0 overflow-auto bg-surface p-3">
          <ErrorNote tone={state.code === 'cancelled' ? 'info' : 'fault'}>
            {state.message}
            {typeof state.at === 'object' ? ` (line ${state.at.line}, column ${state.at.column})` : null}
          </ErrorNote>
          <HelpfulButton view={view} code={state.code} retry={shown.retry} />
        </div>
      ) : null}
    </>
  );
}

/** An answer of the same shape is drawn by the same picture, so that nothing blinks or jumps while a slider moves. */
const shapesOf = ({ meta }: NonNullable<ShownResult['result']>): string =>
  meta.type + JSON.stringify(Object.entries(meta.tensors).map(([name, { shape }]) => [name, shape]));

function DrawnLens({
  view,
  result,
  lens,
  width,
  height,
  model,
  color,
}: Pick<ViewBodyProps, 'view' | 'width' | 'height' | 'model' | 'color'> & {
  readonly result: NonNullable<ShownResult['result']>;
  readonly lens: LensSpec;
}) {
  const board = useBoard();
  const layer = useStore(board.selection.store, (s) => s.layer);
  const units = useStore(board.selection.store, (s) => s.units);
  const examples = useStore(board.selection.store, (s) => s.examples);
  const armed = useStore(board.selection.store, (s) => s.armed);
  const bindings = useStore(board.session.items.store, (s) => s.bindings);
  const allBadges = useStore(board.threads.store, (s) => s.badges);
  const models = useStore(board.data.store, (s) => s.models);
  const marked = useStore(board.marks.store, (s) => s.marked);
  const selection = useMemo(() => ({ layer, units, examples }), [layer, units, examples]);
  const badges = useMemo(() => badgesAt(allBadges, model), [allBadges, model]);
  const fits = useMemo(() => {
    const tool = toolById(armed);
    return tool ? (address: string) => toolFits(tool, address, models, bindings).fits : null;
  }, [armed, models, bindings]);
  const onSelect = useCallback<LensProps['onSelect']>(
    ({ examples: chosen, ...rest }) => {
      if (Object.keys(rest).length > 0) board.selection.select(rest);
      if (chosen) board.selectExamples(chosen);
    },
    [board],
  );
  const onOption = useCallback<LensProps['onOption']>(
    (key, value) => board.edits.setOption(view.id, key, value),
    [board, view.id],
  );
  const onActivate = useCallback((address: string) => activate(board, address, view.id), [board, view.id]);
  const { Component: Lens } = lens;
  return (
    <Lens
      result={result}
      width={width}
      height={height}
      selection={selection}
      onSelect={onSelect}
      selectedClass={bindings.class}
      options={view.options}
      onOption={onOption}
      modelColor={color}
      badges={badges}
      marked={marked}
      armed={fits}
      onActivate={onActivate}
    />
  );
}

function Computing({ shown, empty }: { readonly shown: ShownResult; readonly empty: boolean }) {
  const state = shown.state?.status === 'loading' ? shown.state : null;
  if (!state) return null;
  return (
    // Above the foot of the last picture, which says that it is stale.
    <div
      className={`absolute inset-x-0 top-0 flex flex-col justify-end ${empty ? 'bottom-0' : 'view-waiting bottom-5'}`}
    >
      {empty ? <Skeleton className="m-3 min-h-0 flex-1" /> : null}
      <div className="flex items-center gap-2 bg-surface/90 px-3 py-1 text-muted text-xs">
        <Progress
          label={`Computing: ${state.note}`}
          value={state.job === null ? null : state.done}
          className="w-24 shrink-0"
        />
        <span className="min-w-0 flex-1 truncate">{state.note}</span>
        <Button size="sm" tone="ghost" onClick={shown.cancel}>
          <X aria-hidden /> Cancel
        </Button>
      </div>
    </div>
  );
}

function HelpfulButton({ view, code, retry }: { readonly view: View; readonly code: string; retry(): void }) {
  const board = useBoard();
  const editable = useMay('edit');
  if (editable && (code === 'invalid' || code === 'not_found' || code === 'unsupported'))
    return (
      <Button size="sm" className="mt-2" onClick={() => board.openQuery(view.id)}>
        Edit the query
      </Button>
    );
  return (
    <Button size="sm" className="mt-2" onClick={retry}>
      {code === 'cancelled' ? 'Compute' : 'Try again'}
    </Button>
  );
}

/** A query that cannot be asked: the sentence, and the place marked in the text. */
function QueryFault({
  view,
  message,
  at,
}: {
  readonly view: View;
  readonly message: string;
  readonly at: { line: number; column: number; length: number } | string | undefined;
}) {
  const place = typeof at === 'object' ? at : null;
  return (
    <div className="h-full overflow-auto p-3">
      <ErrorNote>
        {message}
        {place ? ` (line ${place.line}, column ${place.column})` : null}
      </ErrorNote>
      <MarkedQuery text={view.query} at={place} />
      <HelpfulButton view={view} code="invalid" retry={() => {}} />
    </div>
  );
}

function MarkedQuery({
  text,
  at,
}: {
  readonly text: string;
  readonly at: { line: number; column: number; length: number } | null;
}) {
  if (text === '') return null;
  const before = at
    ? text
        .split('\n')
        .slice(0, at.line - 1)
        .join('\n').length +
      (at.line > 1 ? 1 : 0) +
      at.column -
      1
    : 0;
  return (
    <pre className="mt-2 whitespace-pre-wrap break-words font-mono text-sm">
      {at ? (
        <>
          {text.slice(0, before)}
          <mark className="rounded-sm bg-fault-soft text-fault underline decoration-wavy">
            {text.slice(before, before + Math.max(1, at.length)) || ' '}
          </mark>
          {text.slice(before + Math.max(1, at.length))}
        </>
      ) : (
        text
      )}
    </pre>
  );
}
