'use client';
import { MarkdownText } from '../notes/markdown-text.tsx';
import { noteTint } from '../notes/tint.ts';

/** A note, or a summary, as it was written. */
export function NoteText({ text, color }: { readonly text: string; readonly color?: number }) {
  return (
    <div
      className={color === undefined ? '' : 'rounded-md border px-3 py-2'}
      style={color === undefined ? undefined : { background: noteTint(color) }}
    >
      <MarkdownText text={text} />
    </div>
  );
}
