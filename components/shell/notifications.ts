'use client';
import { useCallback, useEffect, useRef, useState } from 'react';
import { z } from 'zod';
import { act, describeError, path, request } from '@/components/state/api.ts';
import { type Notification, notificationSchema } from '@/core/api/index.ts';

const POLL_MS = 30_000;

/** Where a notification's thread is shown: on its board when it is anchored to a view, else on its unit's page. */
export function linkOf({ project, anchor, thread }: Notification): string {
  const query = new URLSearchParams(
    anchor.kind === 'view' ? { view: anchor.viewId, thread } : { at: anchor.address, thread },
  );
  const place = anchor.kind === 'view' ? path`boards/${anchor.boardId}` : 'u';
  return `/p/${encodeURIComponent(project)}/${place}?${query}`;
}

export interface Notifications {
  /** Newest first; null until they were loaded once. */
  readonly list: readonly Notification[] | null;
  readonly unread: number;
  readonly error: string | null;
  load(): void;
  markRead(ids: readonly string[]): Promise<void>;
}

/** Asks again each half minute while the page is looked at, when it is looked at again, and when `listen` says so. */
export function useNotifications(listen?: (reload: () => void) => () => void): Notifications {
  const [list, setList] = useState<readonly Notification[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  const latest = useRef(0);
  const load = useCallback(() => {
    const mine = ++latest.current;
    request('GET', 'me/notifications', z.array(notificationSchema)).then(
      (found) => {
        if (mine !== latest.current) return;
        setList(found);
        setError(null);
      },
      (failure: unknown) => mine === latest.current && setError(describeError(failure).message),
    );
  }, []);
  useEffect(() => {
    const poll = () => {
      if (document.visibilityState === 'visible') load();
    };
    load();
    const timer = setInterval(poll, POLL_MS);
    window.addEventListener('focus', poll);
    document.addEventListener('visibilitychange', poll);
    return () => {
      latest.current += 1;
      clearInterval(timer);
      window.removeEventListener('focus', poll);
      document.removeEventListener('visibilitychange', poll);
    };
  }, [load]);
  useEffect(() => listen?.(load), [listen, load]);
  const markRead = async (ids: readonly string[]) => {
    const now = new Date().toISOString();
    setList((old) => old?.map((n) => (ids.includes(n.id) ? { ...n, readAt: n.readAt ?? now } : n)) ?? null);
    try {
      await Promise.all(ids.map((id) => act('POST', path`me/notifications/${id}/read`)));
    } catch (failure) {
      setError(describeError(failure).message);
    }
    load();
  };
  return { list, unread: list?.filter((n) => n.readAt === null).length ?? 0, error, load, markRead };
}
