'use client';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { useBoard } from '../state/context.tsx';

/** Open threads that are anchored at a region or point of this view. */
export function RegionPins({ view }: { readonly view: string }) {
  const board = useBoard();
  const opened = useStore(board.threads.store, (s) => s.open);
  const threads = useStore(
    board.threads.store,
    useShallow((s) =>
      s.threads.filter(
        (t) =>
          t.resolvedAt === null && t.anchor.kind === 'view' && t.anchor.viewId === view && t.anchor.region,
      ),
    ),
  );
  return threads.map((thread) => {
    const region = thread.anchor.kind === 'view' ? thread.anchor.region : undefined;
    if (!region) return null;
    const point = region.w === 0 && region.h === 0;
    return (
      <button
        key={thread.id}
        type="button"
        aria-label={`Thread by ${thread.author.name}: ${thread.comments[0]?.body.slice(0, 80) ?? ''}`}
        className={`nodrag absolute ${point ? '-translate-1/2 size-4 rounded-full border-2 border-surface bg-accent' : 'rounded-sm border-2 border-accent/70 hover:border-accent'} ${opened === thread.id ? 'bg-accent-soft' : ''}`}
        style={{
          left: `${region.x * 100}%`,
          top: `${region.y * 100}%`,
          ...(point ? {} : { width: `${region.w * 100}%`, height: `${region.h * 100}%` }),
        }}
        onClick={() => {
          board.threads.open(thread.id);
          board.show({ layout: { ...board.ui.getState().layout, details: true } });
        }}
      />
    );
  });
}
