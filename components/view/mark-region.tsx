'use client';
import { useState } from 'react';
import { useBoard } from '../state/context.tsx';

interface Fraction {
  readonly x: number;
  readonly y: number;
}
const between = (value: number) => Math.min(1, Math.max(0, value));

/** Drag a rectangle, or click a point, on a view's body: that is where the new thread is anchored (rule T2). */
export function MarkRegion({ view }: { readonly view: string }) {
  const board = useBoard();
  const [from, setFrom] = useState<Fraction | null>(null);
  const [to, setTo] = useState<Fraction | null>(null);
  const at = (event: React.PointerEvent<HTMLElement>): Fraction => {
    const box = event.currentTarget.getBoundingClientRect();
    return {
      x: between((event.clientX - box.x) / box.width),
      y: between((event.clientY - box.y) / box.height),
    };
  };
  const region =
    from && to
      ? {
          x: Math.min(from.x, to.x),
          y: Math.min(from.y, to.y),
          w: Math.abs(from.x - to.x),
          h: Math.abs(from.y - to.y),
        }
      : null;
  return (
    <div
      className="nodrag nopan absolute inset-0 cursor-crosshair bg-accent-soft/30"
      role="application"
      aria-label="Drag over the region to comment on, or press Escape"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setFrom(at(event));
        setTo(at(event));
      }}
      onPointerMove={(event) => from && setTo(at(event))}
      onPointerUp={() => {
        if (!region) return;
        const point = region.w < 0.01 && region.h < 0.01;
        board.selection.select({ items: [view] });
        board.threads.draft({
          kind: 'view',
          boardId: board.board.id,
          viewId: view,
          region: point ? { ...region, w: 0, h: 0 } : region,
        });
        board.show({ marking: null, layout: { ...board.ui.getState().layout, details: true } });
      }}
    >
      {region ? (
        <div
          className="absolute border-2 border-accent"
          style={{
            left: `${region.x * 100}%`,
            top: `${region.y * 100}%`,
            width: `${region.w * 100}%`,
            height: `${region.h * 100}%`,
          }}
        />
      ) : null}
    </div>
  );
}
