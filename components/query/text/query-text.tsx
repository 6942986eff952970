'use client';
/** A query that stands still, in the editor's colours. */
import './query.css';
import { useMemo } from 'react';
import { tokens } from './language.ts';

export function QueryText({ text }: { readonly text: string }) {
  const parts = useMemo(() => {
    const out: { from: number; text: string; kind: string | null }[] = [];
    let at = 0;
    for (const { from, to, kind } of tokens(text)) {
      if (from > at) out.push({ from: at, text: text.slice(at, from), kind: null });
      out.push({ from, text: text.slice(from, to), kind });
      at = to;
    }
    if (at < text.length) out.push({ from: at, text: text.slice(at), kind: null });
    return out;
  }, [text]);
  return (
    <>
      {parts.map(({ from, text: part, kind }) =>
        kind === null ? (
          part
        ) : (
          <span key={from} className={`query-${kind}`}>
            {part}
          </span>
        ),
      )}
    </>
  );
}
