'use client';
import { BookmarkCheck, Trash2 } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { act, path, problemOf } from '@/components/state/api.ts';
import { Confirm, EmptyState, IconButton } from '@/components/ui/index.ts';
import type { Snapshot } from '@/core/api/index.ts';
import { may } from '@/core/roles/index.ts';
import { wordsOf } from '../notes/words.ts';
import { When } from '../ui/when.tsx';
import type { Home } from './home.ts';

export function Snapshots({ home, reload }: { readonly home: Home; reload(): void }) {
  const [deleting, setDeleting] = useState<Snapshot | null>(null);
  if (home.snapshots.length === 0)
    return (
      <EmptyState
        icon={<BookmarkCheck />}
        className="rounded-md border bg-surface py-12"
        title="No snapshot yet"
      >
        On a board, press Snapshot: it keeps the views, their numbers and what was said, as a walk that opens
        later as it was.
      </EmptyState>
    );
  return (
    <>
      <ul aria-label="Snapshots" className="divide-y rounded-md border bg-surface">
        {home.snapshots.map((snapshot) => (
          <li key={snapshot.id} className="flex items-center gap-2 pr-2 hover:bg-hover">
            <Link
              href={`/p/${home.project.slug}/snapshots/${snapshot.id}`}
              className="flex min-w-0 flex-1 items-start gap-3 px-4 py-3"
            >
              <BookmarkCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-faint" />
              <span className="min-w-0 flex-1">
                <span className="block truncate font-medium">{snapshot.title}</span>
                {snapshot.summary && (
                  <span className="line-clamp-2 text-muted">{wordsOf(snapshot.summary)}</span>
                )}
              </span>
              <span className="shrink-0 text-right text-muted text-sm">
                {snapshot.author.name} · <When time={snapshot.createdAt} />
                <span className="block text-faint">of {snapshot.boardTitle}</span>
              </span>
            </Link>
            {may(home.project.role, 'manage') && (
              <IconButton
                size="sm"
                label={`Delete ${snapshot.title}`}
                icon={<Trash2 />}
                onClick={() => setDeleting(snapshot)}
              />
            )}
          </li>
        ))}
      </ul>
      {deleting && (
        <Confirm
          title={`Delete ${deleting.title}?`}
          description="Its views, its numbers and what was said then go for good, and links to it open nothing. The board stays as it is."
          action="Delete snapshot"
          onClose={() => setDeleting(null)}
          onConfirm={() => problemOf(act('DELETE', path`snapshots/${deleting.id}`).then(reload))}
        />
      )}
    </>
  );
}
