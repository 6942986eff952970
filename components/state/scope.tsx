'use client';
import { useEffect, useState } from 'react';
import { meSchema } from '@/core/api/index.ts';
import { request } from './api.ts';
import { ProjectScope } from './workspace.ts';

/** A project's parts for a page without a board: loaded once, asked anew when the window is looked at again. */
export function useScope(project: string): ProjectScope {
  const [scope, setScope] = useState(() => new ProjectScope(project));
  useEffect(() => {
    const own = scope.slug === project ? scope : new ProjectScope(project);
    if (own !== scope) setScope(own);
    void own.load();
    const again = () => void own.threads.load();
    addEventListener('focus', again);
    return () => removeEventListener('focus', again);
  }, [project, scope]);
  return scope;
}

/** This person's id, for their own comments and reactions; null until it is known. */
export function useMe(): string | null {
  const [id, setId] = useState<string | null>(null);
  useEffect(() => {
    let gone = false;
    request('GET', 'me', meSchema).then(
      (me) => !gone && setId(me.user.id),
      // Without it the page still reads; the failure of the page's own requests is shown there.
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, []);
  return id;
}
