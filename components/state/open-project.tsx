'use client';
import { useEffect, useState } from 'react';
import { type Me, meSchema } from '@/core/api/index.ts';
import { request } from './api.ts';
import { OpenProject } from './workspace.ts';

/** A project's parts for a page without a board: loaded once, asked anew when the window is looked at again. */
export function useOpenProject(project: string): OpenProject {
  const [opened, setOpened] = useState(() => new OpenProject(project));
  useEffect(() => {
    const own = opened.slug === project ? opened : new OpenProject(project);
    if (own !== opened) setOpened(own);
    void own.load();
    const reload = () => void own.threads.load();
    addEventListener('focus', reload);
    return () => removeEventListener('focus', reload);
  }, [project, opened]);
  return opened;
}

/** Who is signed in; null until it is known. */
export function useAccount(): Me | null {
  const [account, setAccount] = useState<Me | null>(null);
  useEffect(() => {
    let gone = false;
    request('GET', 'me', meSchema).then(
      (me) => !gone && setAccount(me),
      // Without it the page still reads; the failure of the page's own requests is shown there.
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, []);
  return account;
}
