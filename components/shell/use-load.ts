'use client';
import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiError, describeError } from '@/components/state/api.ts';

export interface Loaded<T> {
  readonly data: T | null;
  readonly error: string | null;
  reload(): void;
}

/** Loads once shown and on `reload`; a visitor who is not signed in goes to the sign-in page and comes back. */
export function useLoad<T>(load: () => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ data: T | null; error: string | null }>({ data: null, error: null });
  const latestLoad = useRef(load);
  latestLoad.current = load;
  const request = useRef(0);
  const reload = useCallback(() => {
    request.current += 1;
    const mine = request.current;
    latestLoad.current().then(
      (data) => mine === request.current && setState({ data, error: null }),
      (error: unknown) => {
        if (error instanceof ApiError && error.code === 'unauthenticated') return toSignIn();
        if (mine === request.current) setState((now) => ({ ...now, error: describeError(error).message }));
      },
    );
  }, []);
  useEffect(() => {
    reload();
    return () => {
      request.current += 1;
    };
  }, [reload]);
  return { ...state, reload };
}

export function toSignIn(): void {
  const here = window.location.pathname + window.location.search;
  window.location.assign(`/sign-in${here === '/' ? '' : `?next=${encodeURIComponent(here)}`}`);
}

/** A path of this site, or the start page: never another site (open redirect). */
export function safeNext(next: string | null | undefined): string {
  const here = 'http://here.invalid';
  if (!next?.startsWith('/') || !URL.canParse(next, here)) return '/';
  // As the browser reads it, without the tabs and line breaks that hide a second slash.
  const { origin, pathname, search, hash } = new URL(next, here);
  return origin === here && !pathname.startsWith('//') ? `${pathname}${search}${hash}` : '/';
}
