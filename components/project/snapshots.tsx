import { BookmarkCheck } from 'lucide-react';
import Link from 'next/link';
import { EmptyState } from '@/components/ui/index.ts';
import { When } from '../ui/when.tsx';
import type { Home } from './home.ts';

export function Snapshots({ home }: { readonly home: Home }) {
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
    <ul aria-label="Snapshots" className="divide-y rounded-md border bg-surface">
      {home.snapshots.map((snapshot) => (
        <li key={snapshot.id}>
          <Link
            href={`/p/${home.project.slug}/snapshots/${snapshot.id}`}
            className="flex items-start gap-3 px-4 py-3 hover:bg-hover"
          >
            <BookmarkCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-faint" />
            <span className="min-w-0 flex-1">
              <span className="block truncate font-medium">{snapshot.title}</span>
              {snapshot.summary && <span className="line-clamp-2 text-muted">{snapshot.summary}</span>}
            </span>
            <span className="shrink-0 text-right text-muted text-sm">
              {snapshot.author.name} · <When time={snapshot.createdAt} />
              <span className="block text-faint">of {snapshot.boardTitle}</span>
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
