'use client';
import { MessageSquarePlus } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { Thread } from '@/core/api/index.ts';
import type { Anchor } from '@/core/board/index.ts';
import { useMay, useMaybeBoard, useProject } from '../state/context.tsx';
import { filterThreads, type ThreadFilter } from '../state/project/threads.ts';
import { Button } from '../ui/button.tsx';
import { ErrorNote } from '../ui/error-note.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { Composer } from './composer.tsx';
import { ThreadCard } from './thread-card.tsx';

const FILTERS: readonly { value: ThreadFilter; label: string }[] = [
  { value: 'open', label: 'Open' },
  { value: 'unread', label: 'Unread' },
  { value: 'mine', label: 'Mine' },
  { value: 'resolved', label: 'Resolved' },
];

export interface ThreadListProps {
  /** Those of the place that is shown, or all. */
  readonly threads: readonly Thread[];
  /** Where a new thread is anchored; null: nothing is selected that could be commented on. */
  readonly anchor: Anchor | null;
  readonly me: string | null;
  onJump?(thread: Thread): void;
}

/** Threads of a place with filters, and the field for a new one. */
export function ThreadList({ threads, anchor, me, onJump }: ThreadListProps) {
  const { threads: store } = useProject();
  const mayComment = useMay('comment');
  const board = useMaybeBoard();
  const draft = useStore(store.store, (s) => s.draft);
  const opened = useStore(store.store, (s) => s.open);
  const error = useStore(store.store, (s) => s.error);
  const [filter, setFilter] = useState<ThreadFilter>('open');
  const shown = filterThreads(threads, filter, me);
  // A thread that was opened by a link is shown whatever the filter says.
  const linked = threads.find((t) => t.id === opened && !shown.includes(t));
  return (
    <section aria-label="Threads" className="flex flex-col gap-2">
      <div className="flex items-center gap-1">
        <h3 className="flex-1 font-semibold text-sm">Threads</h3>
        {mayComment && anchor !== null && draft === null ? (
          <Button size="sm" onClick={() => store.draft(anchor)}>
            <MessageSquarePlus aria-hidden /> New thread
          </Button>
        ) : null}
      </div>
      {draft !== null ? (
        <div className="rounded-md border border-accent p-2">
          <p className="mb-1 text-muted text-sm">
            On{' '}
            <span className="font-mono">
              {draft.kind === 'address'
                ? draft.address
                : draft.region
                  ? 'a region of this view'
                  : 'this view'}
            </span>
          </p>
          <Composer
            label="Write what you found"
            button="Comment"
            autoFocus
            send={(body) => store.start(draft, body)}
            onCancel={() => store.draft(null)}
          />
        </div>
      ) : null}
      <Segmented
        size="sm"
        label="Which threads"
        value={filter}
        options={FILTERS}
        onChange={(next) => setFilter(next)}
      />
      {error !== null ? <ErrorNote>{error}</ErrorNote> : null}
      {(linked ? [linked, ...shown] : shown).map((thread) => (
        <ThreadCard key={thread.id} thread={thread} me={me} {...(onJump ? { onJump } : {})} />
      ))}
      {shown.length === 0 && !linked ? (
        <p className="text-faint text-sm">
          {filter !== 'open'
            ? 'None.'
            : mayComment
              ? anchor === null
                ? 'No open threads. Select a view, a layer or a unit to start one.'
                : board
                  ? 'No open threads here. Press C to start one.'
                  : 'No open threads here.'
              : 'No open threads here.'}
        </p>
      ) : null}
    </section>
  );
}
