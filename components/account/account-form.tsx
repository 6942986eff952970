'use client';
import { type FormEvent, useState } from 'react';
import { Button, ErrorNote, Field, Input } from '@/components/ui/index.ts';
import { PASSWORD_LENGTH } from '@/core/api/index.ts';

export interface NewAccount {
  readonly email: string;
  readonly name: string;
  readonly password: string;
}

/** Name, e-mail address and password of a new account. `onSubmit` resolves with what went wrong, or null. */
export function AccountForm({
  action,
  onSubmit,
}: {
  readonly action: string;
  onSubmit(account: NewAccount): Promise<string | null>;
}) {
  const [account, setAccount] = useState<NewAccount>({ email: '', name: '', password: '' });
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const short = account.password.length > 0 && account.password.length < PASSWORD_LENGTH;

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setError(await onSubmit(account));
    setBusy(false);
  }
  const set = (key: keyof NewAccount) => (event: { target: { value: string } }) =>
    setAccount((now) => ({ ...now, [key]: event.target.value }));

  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <Field label="Name" hint="Others see it on boards and comments.">
        {(control) => (
          <Input
            {...control}
            autoComplete="name"
            required
            autoFocus
            value={account.name}
            onChange={set('name')}
          />
        )}
      </Field>
      <Field label="E-mail">
        {(control) => (
          <Input
            {...control}
            type="email"
            autoComplete="email"
            required
            value={account.email}
            onChange={set('email')}
          />
        )}
      </Field>
      <Field
        label="Password"
        hint={`At least ${PASSWORD_LENGTH} characters${short ? `; ${account.password.length} so far` : ''}.`}
      >
        {(control) => (
          <Input
            {...control}
            type="password"
            autoComplete="new-password"
            required
            minLength={PASSWORD_LENGTH}
            value={account.password}
            onChange={set('password')}
          />
        )}
      </Field>
      {error && <ErrorNote>{error}</ErrorNote>}
      <Button type="submit" tone="primary" busy={busy}>
        {action}
      </Button>
    </form>
  );
}
