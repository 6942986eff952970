'use client';
import { signIn } from 'next-auth/react';
import { DISK_FULL } from '@/core/errors/index.ts';

const UNKNOWN_FAULT =
  'Signing in did not work in the server. Try again; if it goes on, tell whoever runs it.';
/** What the server says in `error`, by password or when a provider sent somebody back. */
export const SIGN_IN_FAULTS: Readonly<Record<string, string>> = {
  rate_limited: 'Too many attempts. Wait a few minutes, then try again.',
  disk_full: DISK_FULL,
  internal: UNKNOWN_FAULT,
};

/** Null when signed in, else what is wrong and what to do. */
export async function signInWithPassword(email: string, password: string): Promise<string | null> {
  try {
    const answer = await signIn('credentials', { email, password, redirect: false });
    if (answer?.ok && !answer.error) return null;
    const fault = SIGN_IN_FAULTS[answer?.error ?? ''];
    if (fault !== undefined) return fault;
    if (answer?.status !== 401) return UNKNOWN_FAULT;
    return 'This e-mail address and password do not belong together. Check both, then try again.';
  } catch {
    return 'The server cannot be reached. Check the connection, then try again.';
  }
}
