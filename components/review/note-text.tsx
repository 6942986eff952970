'use client';
import '../board/board.css';
import { useMemo } from 'react';
import { noteHtml, noteTint } from '../board/note-markdown.ts';

/** A note, or a summary, as it was written. */
export function NoteText({ text, color }: { readonly text: string; readonly color?: number }) {
  const html = useMemo(() => noteHtml(text), [text]);
  return (
    <div
      className={`board-note ${color === undefined ? '' : 'rounded-md border px-3 py-2'}`}
      style={color === undefined ? undefined : { background: noteTint(color) }}
      // biome-ignore lint/security/noDangerouslySetInnerHtml: cleaned by DOMPurify in noteHtml
      dangerouslySetInnerHTML={{ __html: html }}
    />
  );
}
