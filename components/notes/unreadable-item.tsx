'use client';
import type { Unreadable } from '@/core/board/index.ts';
import { ErrorNote } from '../ui/error-note.tsx';
import { asWritten } from './plain.ts';

/** In place of an item that cannot be shown: why, and what is written in it, to be read and copied, however small it is. */
export function UnreadableItem({ item, whole }: { readonly item: Unreadable; readonly whole?: boolean }) {
  const { id, why, text } = item;
  return (
    <section
      aria-label="Item that cannot be shown"
      data-unreadable={id}
      className={`nowheel flex flex-col overflow-auto rounded-md border bg-surface ${whole ? 'h-full w-full' : 'max-h-80 shrink-0'}`}
    >
      <ErrorNote tone="warning" className="shrink-0 rounded-none">
        This item cannot be shown: {why}.{text === '' ? '' : ' Here is its text:'}
      </ErrorNote>
      {text === '' ? null : (
        <pre className="nodrag nopan grow cursor-text select-text whitespace-pre-wrap break-words p-2 text-xs">
          {asWritten(text)}
        </pre>
      )}
    </section>
  );
}
