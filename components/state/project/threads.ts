/** Threads of the project (rules T1 to T4): written through the server, told by the socket, never part of undo. */
import { z } from 'zod';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { type ServerMessage, type Thread, threadSchema } from '@/core/api/index.ts';
import type { Anchor } from '@/core/board/index.ts';
import { ApiError, act, describeError, path, request } from '../api.ts';
import { type Badges, badgesOf } from './badges.ts';

export interface ThreadsState {
  readonly threads: readonly Thread[];
  readonly badges: Badges;
  readonly loaded: boolean;
  readonly error: string | null;
  /** Thread shown open. */
  readonly open: string | null;
  /** Where a new thread is being written. */
  readonly draft: Anchor | null;
}

export class ThreadStore {
  readonly store: StoreApi<ThreadsState> = createStore(() => ({
    threads: [],
    badges: { byAddress: {}, byView: {} },
    loaded: false,
    error: null,
    open: null,
    draft: null,
  }));

  constructor(private readonly slug: string) {}

  readonly load = async (): Promise<void> => {
    try {
      const threads = await request('GET', path`projects/${this.slug}/threads`, z.array(threadSchema));
      this.set(threads);
      this.store.setState({ loaded: true, error: null });
    } catch (error) {
      this.store.setState({ error: describeError(error).message });
    }
  };

  readonly onMessage = (message: ServerMessage): void => {
    if (message.type === 'threads') void this.refresh(message.thread);
  };

  /** Fetches one thread again; one that is gone leaves the list. */
  async refresh(id: string): Promise<void> {
    const others = () => this.store.getState().threads.filter((thread) => thread.id !== id);
    try {
      const thread = await request('GET', path`threads/${id}`, threadSchema);
      this.set([...others(), thread]);
    } catch (error) {
      if (error instanceof ApiError && error.code === 'not_found') this.set(others());
      else this.store.setState({ error: describeError(error).message });
    }
  }

  async start(anchor: Anchor, body: string): Promise<Thread> {
    const thread = await request('POST', path`projects/${this.slug}/threads`, threadSchema, {
      body: { anchor, body },
    });
    this.set([...this.store.getState().threads.filter((t) => t.id !== thread.id), thread]);
    this.store.setState({ draft: null, open: thread.id });
    return thread;
  }

  reply(thread: string, body: string): Promise<void> {
    return this.change(thread, 'POST', path`threads/${thread}/comments`, { body });
  }
  edit(thread: string, comment: string, body: string): Promise<void> {
    return this.change(thread, 'PATCH', path`comments/${comment}`, { body });
  }
  remove(thread: string, comment: string): Promise<void> {
    return this.change(thread, 'DELETE', path`comments/${comment}`);
  }
  react(thread: string, comment: string, emoji: string, on: boolean): Promise<void> {
    return this.change(thread, on ? 'PUT' : 'DELETE', path`comments/${comment}/reactions/${emoji}`);
  }
  resolve(thread: string, resolved: boolean): Promise<void> {
    return this.change(
      thread,
      'POST',
      resolved ? path`threads/${thread}/resolve` : path`threads/${thread}/reopen`,
    );
  }

  /** Opens a thread and marks it as read; null closes. */
  open(id: string | null): void {
    this.store.setState({ open: id, ...(id === null ? {} : { draft: null }) });
    const thread = this.store.getState().threads.find((t) => t.id === id);
    if (id !== null && thread?.unread)
      void this.change(id, 'POST', path`threads/${id}/read`).catch(() => undefined);
  }
  draft(anchor: Anchor | null): void {
    this.store.setState({ draft: anchor, ...(anchor === null ? {} : { open: null }) });
  }

  private async change(
    thread: string,
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    route: string,
    body?: unknown,
  ): Promise<void> {
    await act(method, route, body === undefined ? {} : { body });
    await this.refresh(thread);
  }

  private set(threads: readonly Thread[]): void {
    const ordered = [...threads].sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
    this.store.setState({ threads: ordered, badges: badgesOf(ordered) });
  }
}

export type ThreadFilter = 'open' | 'mine' | 'unread' | 'resolved';

/** Rule T3. `mine`: threads in which this person wrote. */
export function filterThreads(
  threads: readonly Thread[],
  filter: ThreadFilter,
  user: string | null,
): Thread[] {
  switch (filter) {
    case 'open':
      return threads.filter((t) => t.resolvedAt === null);
    case 'resolved':
      return threads.filter((t) => t.resolvedAt !== null);
    case 'unread':
      return threads.filter((t) => t.unread);
    case 'mine':
      return threads.filter((t) => t.author.id === user || t.comments.some((c) => c.author.id === user));
  }
}
