'use client';
import Link from 'next/link';
import { useState } from 'react';
import { useLoad } from '@/components/shell/use-load.ts';
import { ApiError, describeError, path, request } from '@/components/state/api.ts';
import { Button, ErrorNote, Skeleton } from '@/components/ui/index.ts';
import {
  acceptedInviteSchema,
  accountSchema,
  invitationSchema,
  type Me,
  meSchema,
} from '@/core/api/index.ts';
import { AccountForm } from './account-form.tsx';
import { Entrance } from './entrance.tsx';
import { signInWithPassword } from './sign-in.ts';

/** Null for a visitor who is not signed in. */
async function fetchAccount(): Promise<Me | null> {
  try {
    return await request('GET', 'me', meSchema);
  } catch (error) {
    if (error instanceof ApiError && error.code === 'unauthenticated') return null;
    throw error;
  }
}

export function InvitePage({ token }: { readonly token: string }) {
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const state = useLoad(async () => ({
    invitation: await request('GET', path`invites/${token}`, invitationSchema),
    me: await fetchAccount(),
  }));

  /** Null when accepted, else what is wrong. */
  async function accept(): Promise<string | null> {
    try {
      const { slug } = await request('POST', path`invites/${token}/accept`, acceptedInviteSchema);
      window.location.assign(`/p/${slug}`);
      return null;
    } catch (problem) {
      return describeError(problem).message;
    }
  }

  if (state.error)
    return (
      <Entrance title="Invitation">
        <ErrorNote>{state.error}</ErrorNote>
        <p className="mt-3 text-muted">Ask whoever sent the link for a new one.</p>
      </Entrance>
    );
  if (!state.data)
    return (
      <Entrance title="Invitation">
        <Skeleton className="h-32" />
      </Entrance>
    );
  const { invitation, me } = state.data;
  const article = /^[aeiou]/.test(invitation.role) ? 'an' : 'a';
  return (
    <Entrance title={`Join ${invitation.project}`}>
      <p className="mb-4">
        You are invited as {article} <strong>{invitation.role}</strong>.
      </p>
      {me ? (
        <div className="flex flex-col gap-3">
          {error && <ErrorNote>{error}</ErrorNote>}
          <Button
            tone="primary"
            busy={busy}
            onClick={async () => {
              setBusy(true);
              setError(await accept());
              setBusy(false);
            }}
          >
            Join as {me.user.name}
          </Button>
        </div>
      ) : (
        <>
          <AccountForm
            action="Make account and join"
            onSubmit={async (account) => {
              try {
                await request('POST', 'register', accountSchema, { body: { invite: token, ...account } });
              } catch (problem) {
                return describeError(problem).message;
              }
              const problem = await signInWithPassword(account.email, account.password);
              if (!problem) window.location.assign(`/p/${invitation.slug}`);
              return problem;
            }}
          />
          <p className="mt-4 text-muted text-sm">
            Have an account?{' '}
            <Link
              href={`/sign-in?next=${encodeURIComponent(`/invite/${token}`)}`}
              className="text-accent underline"
            >
              Sign in
            </Link>{' '}
            and join with it.
          </p>
        </>
      )}
    </Entrance>
  );
}
