'use client';
import { useStore as useFlowStore, ViewportPortal } from '@xyflow/react';
import { useStore } from 'zustand';
import { useBoard } from '../state/context.tsx';

/** Lines along which what is dragged is in line with something else: one screen point wide at every zoom. */
export function Guides() {
  const guides = useStore(useBoard().frames, (s) => s.guides);
  const zoom = useFlowStore((s) => s.transform[2]);
  if (guides.length === 0) return null;
  const width = 1 / zoom;
  return (
    <ViewportPortal>
      {guides.map((g) => (
        <div
          key={`${g.axis}${g.at}`}
          aria-hidden
          className="pointer-events-none absolute bg-accent"
          style={
            g.axis === 'x'
              ? { left: g.at, top: g.from, width, height: g.to - g.from }
              : { left: g.from, top: g.at, width: g.to - g.from, height: width }
          }
        />
      ))}
    </ViewportPortal>
  );
}
