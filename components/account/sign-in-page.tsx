'use client';
import { signIn } from 'next-auth/react';
import { type FormEvent, useState } from 'react';
import { z } from 'zod';
import { safeNext, useLoad } from '@/components/shell/use-load.ts';
import { request } from '@/components/state/api.ts';
import { Button, ErrorNote, Field, Input } from '@/components/ui/index.ts';
import { authProviderSchema, setupStateSchema } from '@/core/api/index.ts';
import { Entrance } from './entrance.tsx';
import { SIGN_IN_FAULTS, signInWithPassword } from './sign-in.ts';

/** What next-auth says in `?error=` when a provider sent somebody back. */
const PROVIDER_ERRORS: Readonly<Record<string, string>> = {
  ...SIGN_IN_FAULTS,
  AccessDenied:
    'This account is not a member here. Ask for an invitation, open its link, and sign in from there.',
  OAuthAccountNotLinked:
    'There is an account with this e-mail address. Sign in as you did before; then open this page again and sign in here with the provider, which links both.',
};

export function SignInPage({
  next,
  error: code,
}: {
  readonly next: string | null;
  readonly error: string | null;
}) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(
    code ? (PROVIDER_ERRORS[code] ?? 'Signing in did not work. Try again.') : null,
  );
  const providers = useLoad(() => request('GET', 'auth/providers', z.array(authProviderSchema)));
  const setup = useLoad(() => request('GET', 'setup', setupStateSchema));
  const target = safeNext(next);

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    const problem = await signInWithPassword(email, password);
    setError(problem);
    if (problem) setBusy(false);
    else window.location.assign(target);
  }
  return (
    <Entrance title="Sign in" foot="No account? Ask a member for an invitation link.">
      {setup.data?.needed && (
        <ErrorNote tone="info" className="mb-4">
          There is no account yet. Open the one-time owner link that the server printed in its terminal.
        </ErrorNote>
      )}
      <form onSubmit={submit} className="flex flex-col gap-3">
        <Field label="E-mail">
          {(control) => (
            <Input
              {...control}
              type="email"
              autoComplete="username"
              required
              autoFocus
              value={email}
              onChange={(event) => setEmail(event.target.value)}
            />
          )}
        </Field>
        <Field label="Password">
          {(control) => (
            <Input
              {...control}
              type="password"
              autoComplete="current-password"
              required
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
        {error && <ErrorNote>{error}</ErrorNote>}
        <Button type="submit" tone="primary" busy={busy}>
          Sign in
        </Button>
      </form>
      {providers.data && providers.data.length > 0 && (
        <div className="mt-4 flex flex-col gap-2 border-t pt-4">
          {providers.data.map(({ id, name }) => (
            <Button key={id} onClick={() => void signIn(id, { callbackUrl: target })}>
              Sign in with {name}
            </Button>
          ))}
        </div>
      )}
    </Entrance>
  );
}
