'use client';
import Link from 'next/link';
import { useStore } from 'zustand';
import { useProject } from '../state/context.tsx';
import { readAddress } from '../state/project/addresses.ts';
import { parts } from './mention.ts';

/** Plain text in which members are marked and every address is a link. */
export function CommentText({ body }: { readonly body: string }) {
  const { slug, data } = useProject();
  const members = useStore(data.store, (s) => s.members);
  const pieces = parts(
    body,
    members.map((m) => m.name),
    (text) => readAddress(text) !== null,
  );
  return (
    <p className="whitespace-pre-wrap break-words">
      {pieces.map((piece, i) => {
        const key = `${i}${piece.text}`;
        if (piece.kind === 'mention')
          return (
            <span key={key} className="rounded-sm bg-accent-soft px-0.5 text-accent">
              {piece.text}
            </span>
          );
        if (piece.kind === 'address')
          return (
            <Link
              key={key}
              href={`/p/${slug}/u?at=${encodeURIComponent(piece.text)}`}
              className="font-mono text-accent text-sm underline"
            >
              {piece.text}
            </Link>
          );
        return <span key={key}>{piece.text}</span>;
      })}
    </p>
  );
}
