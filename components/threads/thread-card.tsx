'use client';
import { Check, Link as LinkIcon, MessageSquare, RotateCcw } from 'lucide-react';
import Link from 'next/link';
import { useStore } from 'zustand';
import { groupsOf, layerNamed } from '@/core/algebra/index.ts';
import type { Thread } from '@/core/api/index.ts';
import { describeError } from '../state/api.ts';
import { useMay, useMaybeBoard, useProject } from '../state/context.tsx';
import { readAddress, shortName } from '../state/project/addresses.ts';
import { titleOf } from '../state/questions/query-text.ts';
import { Badge } from '../ui/badge.tsx';
import { IconButton } from '../ui/button.tsx';
import { useToast } from '../ui/toast.tsx';
import { Ago } from './ago.tsx';
import { CommentItem } from './comment-item.tsx';
import { Composer } from './composer.tsx';

export interface ThreadCardProps {
  readonly thread: Thread;
  readonly me: string | null;
  /** A snapshot's threads are read as they were. */
  readonly frozen?: boolean;
  onJump?(thread: Thread): void;
}

/** One line while closed; the whole thread with a field for a reply while open. */
export function ThreadCard({ thread, me, frozen = false, onJump }: ThreadCardProps) {
  const { threads, slug } = useProject();
  const toast = useToast();
  const open = useStore(threads.store, (s) => s.open === thread.id) || frozen;
  const active = useMay('comment') && !frozen;
  const place = usePlace(thread, frozen);
  const first = thread.comments[0];
  const resolved = thread.resolvedAt !== null;
  const attempt = (task: Promise<void>) =>
    task.catch((error) =>
      toast.show({ title: 'That was not saved', description: describeError(error).message, tone: 'fault' }),
    );
  return (
    <article
      aria-label={`Thread on ${place.text}`}
      data-thread={thread.id}
      className={`rounded-md border ${open && !frozen ? 'border-accent' : ''} ${resolved ? 'bg-sunken' : 'bg-surface'}`}
    >
      <header className="flex items-center gap-1 border-b px-2 py-1">
        {thread.unread ? (
          <span role="img" aria-label="Unread" className="size-2 shrink-0 rounded-full bg-accent" />
        ) : null}
        {place.elsewhere ? (
          <Link
            href={linkTo(thread, slug)}
            className="min-w-0 flex-1 truncate text-muted text-sm hover:text-text"
            title={place.title}
          >
            {place.text}
          </Link>
        ) : (
          <button
            type="button"
            className={`min-w-0 flex-1 truncate text-left text-muted text-sm hover:text-text ${thread.anchor.kind === 'address' ? 'font-mono' : ''}`}
            title={place.title}
            disabled={!onJump}
            onClick={() => onJump?.(thread)}
          >
            {place.text}
          </button>
        )}
        {place.gone ? <Badge tone="warning">place is gone</Badge> : null}
        {thread.unreadable ? (
          <Badge tone="warning" title={thread.unreadable}>
            stands near here
          </Badge>
        ) : null}
        {resolved ? <Badge tone="good">resolved</Badge> : null}
        {frozen ? null : (
          <IconButton
            size="sm"
            label="Copy the link to this thread"
            icon={<LinkIcon />}
            onClick={() => void copyLink(thread, slug)}
          />
        )}
        {active ? (
          <IconButton
            size="sm"
            label={resolved ? 'Reopen' : 'Resolve'}
            icon={resolved ? <RotateCcw /> : <Check />}
            onClick={() => void attempt(threads.resolve(thread.id, !resolved))}
          />
        ) : null}
      </header>
      {open ? (
        <div className="flex flex-col gap-3 p-2">
          <ul className="flex flex-col gap-3">
            {thread.comments.map((comment) => (
              <CommentItem key={comment.id} thread={thread.id} comment={comment} me={me} active={active} />
            ))}
          </ul>
          {active ? (
            <Composer label="Reply" button="Reply" send={(body) => threads.reply(thread.id, body)} />
          ) : null}
        </div>
      ) : (
        <button type="button" className="block w-full p-2 text-left" onClick={() => threads.open(thread.id)}>
          <span className="flex items-center gap-1.5">
            <span className="truncate font-medium">{thread.author.name}</span>
            <Ago time={thread.createdAt} />
            <span className="flex-1" />
            {thread.comments.length > 1 ? (
              <span className="flex items-center gap-0.5 text-faint text-xs">
                <MessageSquare aria-hidden className="size-3" /> {thread.comments.length}
              </span>
            ) : null}
          </span>
          <span className="line-clamp-2 text-muted">{first?.deleted ? 'deleted' : first?.body}</span>
        </button>
      )}
    </article>
  );
}

/** What the thread is anchored at, and whether that is still there: orphaned threads are kept and marked (rule T2). */
function usePlace(
  thread: Thread,
  frozen: boolean,
): {
  readonly text: string;
  readonly title: string;
  readonly gone: boolean;
  /** On a board that this page does not show. */
  readonly elsewhere: boolean;
} {
  const board = useMaybeBoard();
  const { data } = useProject();
  const models = useStore(data.store, (s) => s.models);
  const datasets = useStore(data.store, (s) => s.datasets);
  const unreadable = useStore(data.store, (s) => s.unreadable);
  const loaded = useStore(data.store, (s) => s.loaded);
  const { anchor } = thread;
  if (anchor.kind === 'view') {
    // In a snapshot a view's threads stand beside it.
    if (frozen)
      return {
        text: anchor.region ? 'a region of this view' : 'this view',
        title: 'The view that is shown',
        gone: false,
        elsewhere: false,
      };
    const here = board?.board.id === anchor.boardId;
    const state = here ? board?.session.items.store.getState() : undefined;
    const item = state?.byId.get(anchor.viewId);
    const hidden = state?.unreadable.some(({ id }) => id === anchor.viewId) ?? false;
    const text = hidden
      ? 'An item that cannot be shown'
      : item?.kind === 'view' && state
        ? titleOf(item.query, state.bindings)
        : item
          ? 'A note'
          : 'A view';
    const whole = here ? text : 'A view of another board';
    return {
      text: anchor.region ? `${whole}, a region` : whole,
      title: here ? text : 'Opens that board',
      gone: here && item === undefined && !hidden,
      elsewhere: !here,
    };
  }
  const address = readAddress(anchor.address);
  if (!address) return { text: anchor.address, title: anchor.address, gone: true, elsewhere: false };
  const model = 'model' in address ? models.find((m) => m.name === address.model) : null;
  const named = 'model' in address ? address.model : address.dataset;
  const hidden = [...unreadable.models, ...unreadable.datasets].some(({ name }) => name === named);
  const gone = hidden
    ? false
    : 'model' in address
      ? !model ||
        ('layer' in address &&
          !(layerNamed(model, address.layer) ?? groupsOf(model.graph).get(address.layer)))
      : !datasets.some((d) => d.name === address.dataset);
  return { text: shortName(address), title: anchor.address, gone: loaded && gone, elsewhere: false };
}

/** The board of a view; for a unit the board that is open, or the unit's page. */
function linkTo(thread: Thread, slug: string): string {
  const page =
    thread.anchor.kind === 'view'
      ? `/p/${slug}/boards/${thread.anchor.boardId}`
      : location.pathname.includes('/boards/')
        ? location.pathname
        : `/p/${slug}/u`;
  const search = new URLSearchParams();
  if (thread.anchor.kind === 'address') search.set('at', thread.anchor.address);
  search.set('thread', thread.id);
  return `${page}?${search}`;
}

async function copyLink(thread: Thread, slug: string): Promise<void> {
  await navigator.clipboard.writeText(new URL(linkTo(thread, slug), location.origin).href);
}
