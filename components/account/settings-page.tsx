'use client';
import { Copy, Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { z } from 'zod';
import { PageFrame } from '@/components/shell/page-frame.tsx';
import { toSignIn, useLoad } from '@/components/shell/use-load.ts';
import { act, describeError, path, request } from '@/components/state/api.ts';
import {
  Badge,
  Button,
  ErrorNote,
  Field,
  IconButton,
  Input,
  Select,
  Skeleton,
} from '@/components/ui/index.ts';
import { When } from '@/components/ui/when.tsx';
import { createdTokenSchema, meSchema, sessionSchema, tokenSchema } from '@/core/api/index.ts';
import { describeAgent } from './agent.ts';
import { ProfileForm } from './profile-form.tsx';

const EXPIRY = [
  { value: '30', label: 'in 30 days' },
  { value: '365', label: 'in a year' },
  { value: 'never', label: 'never' },
] as const;
type Expiry = (typeof EXPIRY)[number]['value'];

export function SettingsPage() {
  const { data, error, reload } = useLoad(async () => {
    const [me, sessions, tokens] = await Promise.all([
      request('GET', 'me', meSchema),
      request('GET', 'me/sessions', z.array(sessionSchema)),
      request('GET', 'me/tokens', z.array(tokenSchema)),
    ]);
    return { me, sessions, tokens };
  });
  const [problem, setProblem] = useState<string | null>(null);
  const [name, setName] = useState('');
  const [expiry, setExpiry] = useState<Expiry>('365');
  const [secret, setSecret] = useState<string | null>(null);

  async function attempt(work: () => Promise<void>) {
    try {
      await work();
      setProblem(null);
    } catch (failure) {
      setProblem(describeError(failure).message);
    }
    reload();
  }
  function createToken(event: FormEvent) {
    event.preventDefault();
    void attempt(async () => {
      const made = await request('POST', 'me/tokens', createdTokenSchema, {
        body: { name: name.trim(), ...(expiry === 'never' ? {} : { expiresInDays: Number(expiry) }) },
      });
      setSecret(made.secret);
      setName('');
    });
  }
  return (
    <PageFrame me={data?.me ?? null} trail={[{ label: 'Settings' }]}>
      <div className="mx-auto flex max-w-[720px] flex-col gap-8 px-6 py-8">
        <h1 className="font-semibold text-xl">Settings</h1>
        {(error ?? problem) && <ErrorNote>{error ?? problem}</ErrorNote>}
        {!data && !error && <Skeleton className="h-48" />}
        {data && (
          <>
            <section aria-labelledby="account">
              <h2 id="account" className="mb-2 font-semibold text-lg">
                Account
              </h2>
              <ProfileForm me={data.me} onChanged={reload} />
            </section>
            <section aria-labelledby="sessions">
              <h2 id="sessions" className="mb-1 font-semibold text-lg">
                Sessions
              </h2>
              <p className="mb-2 text-muted">Where you are signed in. End those that you do not know.</p>
              <ul aria-label="Sessions" className="divide-y rounded-md border bg-surface">
                {data.sessions.map((session) => (
                  <li key={session.id} className="flex items-center gap-3 px-4 py-2">
                    <span className="min-w-0 flex-1 truncate" title={session.userAgent}>
                      {describeAgent(session.userAgent)}
                    </span>
                    {session.current && <Badge tone="accent">this one</Badge>}
                    <span className="text-muted text-sm">
                      seen <When time={session.lastSeenAt} />
                    </span>
                    <Button
                      size="sm"
                      onClick={() =>
                        void attempt(async () => {
                          await act('DELETE', path`me/sessions/${session.id}`);
                          if (session.current) toSignIn();
                        })
                      }
                    >
                      End
                    </Button>
                  </li>
                ))}
              </ul>
            </section>
            <section aria-labelledby="tokens">
              <h2 id="tokens" className="mb-1 font-semibold text-lg">
                API tokens
              </h2>
              <p className="mb-2 text-muted">
                For scripts and the command line. A token may do what you may do; its secret is shown once.
              </p>
              <form onSubmit={createToken} className="mb-3 flex items-end gap-2">
                <Field label="Name of the token" className="flex-1">
                  {(control) => (
                    <Input
                      {...control}
                      required
                      placeholder="training script"
                      value={name}
                      onChange={(event) => setName(event.target.value)}
                    />
                  )}
                </Field>
                <Field label="Expires" className="w-32">
                  {(control) => (
                    <Select<Expiry> {...control} value={expiry} options={EXPIRY} onChange={setExpiry} />
                  )}
                </Field>
                <Button type="submit" tone="primary" disabled={!name.trim()}>
                  Make token
                </Button>
              </form>
              {secret && (
                <ErrorNote
                  tone="info"
                  className="mb-3"
                  action={
                    <IconButton
                      size="sm"
                      label="Copy the token"
                      icon={<Copy />}
                      onClick={() => void navigator.clipboard.writeText(secret)}
                    />
                  }
                >
                  Copy it now; it is not shown again.
                  <code className="mt-1 block break-all font-mono text-sm">{secret}</code>
                </ErrorNote>
              )}
              {data.tokens.length === 0 ? (
                <p className="text-muted">No token yet.</p>
              ) : (
                <ul aria-label="API tokens" className="divide-y rounded-md border bg-surface">
                  {data.tokens.map((token) => (
                    <li key={token.id} className="flex items-center gap-3 px-4 py-2">
                      <span className="min-w-0 flex-1 truncate">
                        {token.name} <code className="font-mono text-muted text-sm">{token.prefix}…</code>
                      </span>
                      <span className="text-muted text-sm">
                        {token.lastUsedAt ? (
                          <>
                            used <When time={token.lastUsedAt} />
                          </>
                        ) : (
                          'never used'
                        )}
                      </span>
                      <IconButton
                        size="sm"
                        label={`Revoke ${token.name}`}
                        icon={<Trash2 />}
                        onClick={() => void attempt(() => act('DELETE', path`me/tokens/${token.id}`))}
                      />
                    </li>
                  ))}
                </ul>
              )}
            </section>
          </>
        )}
      </div>
    </PageFrame>
  );
}
