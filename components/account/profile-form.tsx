'use client';
import { type FormEvent, useState } from 'react';
import { act, describeError, request } from '@/components/state/api.ts';
import { Button, ErrorNote, Field, Input } from '@/components/ui/index.ts';
import { type Me, meSchema, PASSWORD_LENGTH } from '@/core/api/index.ts';

/** The own name, and the password of who has one. */
export function ProfileForm({ me, onChanged }: { readonly me: Me; onChanged(): void }) {
  return (
    <div className="flex flex-col gap-5">
      <NameForm me={me} onChanged={onChanged} />
      {me.hasPassword ? (
        <PasswordForm email={me.user.email} onChanged={onChanged} />
      ) : (
        <p className="text-muted">A provider signs you in: there is no password here to change.</p>
      )}
    </div>
  );
}

/** What a form has come to: under way, done, or refused with a reason. */
type Outcome = { readonly busy: boolean; readonly done: string | null; readonly problem: string | null };
const NOTHING: Outcome = { busy: false, done: null, problem: null };

function useAttempt(onChanged: () => void) {
  const [outcome, setOutcome] = useState<Outcome>(NOTHING);
  async function attempt(work: () => Promise<unknown>, done: string): Promise<boolean> {
    setOutcome({ ...NOTHING, busy: true });
    try {
      await work();
    } catch (error) {
      setOutcome({ ...NOTHING, problem: describeError(error).message });
      return false;
    }
    setOutcome({ ...NOTHING, done });
    onChanged();
    return true;
  }
  return { outcome, attempt };
}

function OutcomeNote({ outcome }: { readonly outcome: Outcome }) {
  return (
    <>
      {outcome.problem !== null && <ErrorNote>{outcome.problem}</ErrorNote>}
      <p role="status" className="text-muted">
        {outcome.done}
      </p>
    </>
  );
}

function NameForm({ me, onChanged }: { readonly me: Me; onChanged(): void }) {
  const [name, setName] = useState(me.user.name);
  const { outcome, attempt } = useAttempt(onChanged);
  function submit(event: FormEvent) {
    event.preventDefault();
    void attempt(
      () => request('PATCH', 'me', meSchema, { body: { name: name.trim() } }),
      'Your name is changed.',
    );
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-2">
      <div className="flex items-end gap-2">
        <Field label="Your name" className="flex-1">
          {(control) => (
            <Input
              {...control}
              required
              maxLength={80}
              autoComplete="name"
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Button
          type="submit"
          busy={outcome.busy}
          disabled={name.trim() === '' || name.trim() === me.user.name}
        >
          Change name
        </Button>
      </div>
      <OutcomeNote outcome={outcome} />
    </form>
  );
}

function PasswordForm({ email, onChanged }: { readonly email: string; onChanged(): void }) {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const { outcome, attempt } = useAttempt(onChanged);
  const short = next.length > 0 && next.length < PASSWORD_LENGTH;
  async function submit(event: FormEvent) {
    event.preventDefault();
    const changed = await attempt(
      () => act('POST', 'me/password', { body: { current, next } }),
      'Your password is changed. You are signed out everywhere else.',
    );
    if (changed) {
      setCurrent('');
      setNext('');
    }
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-2">
      {/* Tells password managers whose password it is. */}
      <input type="text" autoComplete="username" value={email} readOnly hidden />
      <div className="flex items-start gap-2">
        <Field label="Current password" className="flex-1">
          {(control) => (
            <Input
              {...control}
              type="password"
              required
              autoComplete="current-password"
              value={current}
              onChange={(event) => setCurrent(event.target.value)}
            />
          )}
        </Field>
        <Field
          label="New password"
          className="flex-1"
          hint={`At least ${PASSWORD_LENGTH} characters${short ? `; ${next.length} so far` : ''}.`}
        >
          {(control) => (
            <Input
              {...control}
              type="password"
              required
              minLength={PASSWORD_LENGTH}
              autoComplete="new-password"
              value={next}
              onChange={(event) => setNext(event.target.value)}
            />
          )}
        </Field>
      </div>
      <OutcomeNote outcome={outcome} />
      <p className="text-muted text-sm">All your other sessions end. API tokens stay: revoke them below.</p>
      <Button
        type="submit"
        className="self-start"
        busy={outcome.busy}
        disabled={current === '' || next.length < PASSWORD_LENGTH}
      >
        Change password
      </Button>
    </form>
  );
}
