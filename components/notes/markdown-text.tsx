'use client';
import './notes.css';
import { useEffect, useState } from 'react';
import { cachedHtml, drawMarkdown } from './markdown.ts';
import { asWritten } from './plain.ts';

/** Markdown that somebody wrote; as it was written until it is drawn, and where it cannot be. */
export function MarkdownText({ text }: { readonly text: string }) {
  const [drawn, setDrawn] = useState<string | null>(() => cachedHtml(text) ?? null);
  useEffect(() => {
    let current = true;
    // Until then the last text stays: while somebody writes, each letter is a new one.
    void drawMarkdown(text).then((html) => {
      if (current) setDrawn(html);
    });
    return () => {
      current = false;
    };
  }, [text]);
  return drawn === null ? (
    <div className="markdown whitespace-pre-wrap break-words">{asWritten(text)}</div>
  ) : (
    // biome-ignore lint/security/noDangerouslySetInnerHtml: cleaned by an allow-list (clean.ts)
    <div className="markdown" dangerouslySetInnerHTML={{ __html: drawn }} />
  );
}
