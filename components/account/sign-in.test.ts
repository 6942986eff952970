import { expect, test, vi } from 'vitest';
import { DISK_FULL } from '@/core/errors/index.ts';
import { signInWithPassword } from './sign-in.ts';

const answer = vi.fn();
vi.mock('next-auth/react', () => ({ signIn: () => answer() }));

test.each([
  [{ ok: true, status: 200, error: null }, null],
  [
    { ok: false, status: 401, error: 'CredentialsSignin' },
    'This e-mail address and password do not belong together. Check both, then try again.',
  ],
  [
    { ok: false, status: 401, error: 'rate_limited' },
    'Too many attempts. Wait a few minutes, then try again.',
  ],
  [{ ok: false, status: 401, error: 'disk_full' }, DISK_FULL],
  [
    { ok: false, status: 401, error: 'internal' },
    'Signing in did not work in the server. Try again; if it goes on, tell whoever runs it.',
  ],
  [
    { ok: false, status: 500, error: null },
    'Signing in did not work in the server. Try again; if it goes on, tell whoever runs it.',
  ],
])('%j is told as what it is', async (given, words) => {
  answer.mockResolvedValueOnce(given);
  expect(await signInWithPassword('ada@example.org', 'a password')).toBe(words);
});

test('no answer at all is the connection', async () => {
  answer.mockRejectedValueOnce(new TypeError('Failed to fetch'));
  expect(await signInWithPassword('ada@example.org', 'a password')).toBe(
    'The server cannot be reached. Check the connection, then try again.',
  );
});
