'use client';
/** 40 px: what the names of queries stand for, for everyone on the board, and what is being computed. */
import { CheckpointSlider } from './checkpoint-slider.tsx';
import { ClassSelector } from './class-selector.tsx';
import { DataSelector } from './data-selector.tsx';
import { Jobs } from './jobs.tsx';

export function BottomBar() {
  return (
    <section
      aria-label="Model, class, data and jobs"
      className="flex h-10 shrink-0 items-center gap-3 border-t bg-surface px-3"
    >
      <CheckpointSlider />
      <div aria-hidden className="h-5 w-px bg-line" />
      <ClassSelector />
      <div aria-hidden className="h-5 w-px bg-line" />
      <DataSelector />
      <span className="flex-1" />
      <Jobs />
    </section>
  );
}
