'use client';
import { signIn } from 'next-auth/react';

/** Null when signed in, else what is wrong and what to do. */
export async function signInWithPassword(email: string, password: string): Promise<string | null> {
  try {
    const answer = await signIn('credentials', { email, password, redirect: false });
    if (answer?.ok && !answer.error) return null;
    if (answer?.status === 429 || answer?.error === 'rate_limited')
      return 'Too many attempts. Wait a few minutes, then try again.';
    return 'This e-mail address and password do not belong together. Check both, then try again.';
  } catch {
    return 'The server cannot be reached. Check the connection, then try again.';
  }
}
