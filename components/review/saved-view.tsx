'use client';
import { useEffect, useRef, useState } from 'react';
import type { View } from '@/core/board/index.ts';
import { usePinned } from '../state/context.tsx';
import type { QueryState } from '../state/questions/results.ts';
import { ErrorNote } from '../ui/error-note.tsx';
import { formatCount, formatDuration } from '../ui/format.ts';
import { StillView } from '../view/still-view.tsx';

const HEIGHT = 420;

/** A view with the numbers that it showed when it was saved. */
export function SavedView({
  view,
  result,
  title,
  marked,
}: {
  readonly view: View;
  readonly result: string | null;
  readonly title: string;
  /** Examples that were marked then. */
  readonly marked: ReadonlySet<string>;
}) {
  const state = usePinned(result ?? view.pinnedResult);
  return (
    <Framed
      view={view}
      title={title}
      state={
        state ?? {
          status: 'error',
          code: 'not_found',
          message: 'This view showed no result when the snapshot was taken.',
        }
      }
      note="the numbers that were saved"
      marked={marked}
    />
  );
}

export function Framed({
  view,
  title,
  state,
  note,
  marked,
}: {
  readonly view: View;
  readonly title: string;
  readonly state: QueryState | null;
  readonly note: string;
  readonly marked?: ReadonlySet<string>;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(640);
  useEffect(() => {
    if (!box.current) return;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.round(entry.contentRect.width)));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  const meta = state?.status === 'done' ? state.result.meta : null;
  return (
    <article data-saved-view={view.id} className="shrink-0 overflow-hidden rounded-md border bg-surface">
      <header className="border-b px-3 py-1.5">
        <h2 className="font-semibold">{title}</h2>
        <code className="block truncate font-mono text-faint text-xs">
          {meta?.provenance.query ?? view.query}
        </code>
      </header>
      <div ref={box} style={{ height: HEIGHT }}>
        <StillView
          state={state}
          lens={view.lens}
          options={view.options}
          marked={marked}
          width={width}
          height={HEIGHT}
        />
      </div>
      {meta?.superseded === undefined ? null : (
        <ErrorNote tone="warning" className="mx-3 mb-2">
          {meta.superseded}
        </ErrorNote>
      )}
      <footer className="flex flex-wrap gap-x-3 border-t px-3 py-1 text-muted text-sm">
        <span>{note}</span>
        {meta?.n === undefined ? null : <span>n = {formatCount(meta.n)}</span>}
        {meta ? <span>{meta.provenance.method}</span> : null}
        {meta ? <span>{formatDuration(meta.provenance.durationMs)}</span> : null}
        {meta ? <span>{new Date(meta.provenance.computedAt).toLocaleString()}</span> : null}
        {meta ? <code title={meta.id}>{meta.id.slice(0, 12)}</code> : null}
      </footer>
    </article>
  );
}
