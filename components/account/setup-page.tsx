'use client';
import Link from 'next/link';
import { useLoad } from '@/components/shell/use-load.ts';
import { describeError, request } from '@/components/state/api.ts';
import { ErrorNote, Skeleton } from '@/components/ui/index.ts';
import { accountSchema, setupStateSchema } from '@/core/api/index.ts';
import { AccountForm } from './account-form.tsx';
import { Entrance } from './entrance.tsx';
import { signInWithPassword } from './sign-in.ts';

/** The one-time owner link leads here. */
export function SetupPage({ token }: { readonly token: string | null }) {
  const state = useLoad(() => request('GET', 'setup', setupStateSchema));
  if (state.error)
    return (
      <Entrance title="Make the owner's account">
        <ErrorNote>{state.error}</ErrorNote>
      </Entrance>
    );
  if (!state.data)
    return (
      <Entrance title="Make the owner's account">
        <Skeleton className="h-48" />
      </Entrance>
    );
  if (!state.data.needed)
    return (
      <Entrance title="There is an owner already">
        <p>
          The link that makes the owner&apos;s account works once.{' '}
          <Link href="/sign-in" className="text-accent underline">
            Sign in
          </Link>
          , or ask the owner for an invitation.
        </p>
      </Entrance>
    );
  if (!token)
    return (
      <Entrance title="Make the owner's account">
        <p>
          Open the one-time link that the server printed in its terminal when it started. It ends with a
          token.
        </p>
      </Entrance>
    );
  return (
    <Entrance
      title="Make the owner's account"
      foot="The owner manages members and projects. Others join by links that you give them."
    >
      <AccountForm
        action="Make account"
        onSubmit={async (account) => {
          try {
            await request('POST', 'setup', accountSchema, { body: { token, ...account } });
          } catch (error) {
            return describeError(error).message;
          }
          const problem = await signInWithPassword(account.email, account.password);
          if (!problem) window.location.assign('/');
          return problem;
        }}
      />
    </Entrance>
  );
}
