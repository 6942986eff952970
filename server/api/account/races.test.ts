/** Secrets that work once, asked by twenty at the same moment: one gets in, and nothing is left of the others. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createdInviteSchema } from '../../../core/api/index.ts';
import { hashPassword, hashSecret } from '../app/secrets.ts';
import { handles } from '../auth/handles.ts';
import { type Bench, cookieOf, makeUser, startBench, Visitor, visitor } from '../testing/harness.ts';
import { offerSetup } from './setup.ts';

/** What is tried here is what happens when the limit on attempts does not. */
const OFTEN = { burst: 1000, perMinute: 1000 };
const TWENTY = Array.from({ length: 20 }, (_, k) => k);

let bench: Bench;
beforeAll(async () => {
  bench = await startBench({ limits: { register: OFTEN, setup: OFTEN, signInAddress: OFTEN } });
});
afterAll(() => bench.close());

const count = (answers: readonly { status: number }[], status: number) =>
  answers.filter((answer) => answer.status === status).length;

test('the set-up link', async () => {
  const token = await offerSetup(bench.store, 'a token for twenty');
  const answers = await Promise.all(
    TWENTY.map((k) => {
      const person = { email: `setup${k}@example.org`, name: `S${k}`, password: 'analytical engine' };
      return new Visitor(bench).ask('POST', 'setup', { ...person, token });
    }),
  );
  expect(count(answers, 201)).toBe(1);
  expect(await bench.store.users.count()).toBe(1);
});

describe('an invitation for one', () => {
  async function invitation(): Promise<{ secret: string; slug: string; owner: Visitor }> {
    const owner = await visitor(bench, `Owner ${Math.random().toString(36).slice(2)}`);
    const { slug } = (await owner.ask('POST', 'projects', { name: 'Raced' })).body as { slug: string };
    const made = await owner.ask('POST', `projects/${slug}/invites`, { role: 'editor', maxUses: 1 });
    return { owner, slug, secret: createdInviteSchema.parse(made.body).url.split('/').at(-1) ?? '' };
  }
  const members = async (owner: Visitor, slug: string) =>
    ((await owner.ask('GET', `projects/${slug}/members`)).body as unknown[]).length;

  test('makes one account of twenty registrations', async () => {
    const { secret, slug, owner } = await invitation();
    const before = await bench.store.users.count();
    const answers = await Promise.all(
      TWENTY.map((k) =>
        new Visitor(bench).ask('POST', 'register', {
          ...{ email: `racer${k}@example.org`, name: `R${k}`, password: 'analytical engine', invite: secret },
        }),
      ),
    );
    expect(count(answers, 201)).toBe(1);
    expect(count(answers, 404)).toBe(19);
    expect(await bench.store.users.count()).toBe(before + 1);
    expect(await members(owner, slug)).toBe(2);
    const standing = await Promise.all(TWENTY.map((k) => bench.store.users.byEmail(`racer${k}@example.org`)));
    expect(standing.filter((user) => user !== null)).toHaveLength(1);
  });

  test('takes in one of twenty who have accounts', async () => {
    const { secret, slug, owner } = await invitation();
    const people = await Promise.all(TWENTY.map((k) => visitor(bench, `Has account ${k}`)));
    const answers = await Promise.all(people.map((person) => person.ask('POST', `invites/${secret}/accept`)));
    expect(count(answers, 200)).toBe(1);
    expect(await members(owner, slug)).toBe(2);
  });

  test('makes one account of twenty identities of a provider', async () => {
    const { secret, slug, owner } = await invitation();
    const before = await bench.store.users.count();
    const verdicts = await Promise.all(
      TWENTY.map((k) =>
        handles().signInByOAuth({
          signedInAs: null,
          ...{ provider: 'github', subject: `s${k}`, email: `oauth${k}@example.org`, emailVerified: true },
          ...{ name: `O${k}`, invite: secret },
        }),
      ),
    );
    expect(verdicts.filter((verdict) => verdict === 'welcome')).toHaveLength(1);
    expect(verdicts.filter((verdict) => verdict === 'uninvited')).toHaveLength(19);
    expect(await bench.store.users.count()).toBe(before + 1);
    expect(await members(owner, slug)).toBe(2);
  });

  test('an e-mail address that is taken uses nothing up', async () => {
    const { secret, owner, slug } = await invitation();
    const user = await makeUser(bench, 'Taken');
    const register = (email: string) =>
      bench.store.invites.register(hashSecret(secret), { email, name: 'X', passwordHash: null });
    await expect(register(user.email)).rejects.toThrow(/There is an account with the e-mail address/);
    expect(await members(owner, slug)).toBe(1);
    expect(await register('free@example.org')).toMatchObject({ member: { role: 'editor' } });
    expect(await register('late@example.org')).toBeNull();
  });
});

describe('a password', () => {
  test('is changed by one of twenty who know the old one', async () => {
    const user = await makeUser(bench, 'Much wanted');
    const old = await hashPassword('analytical engine');
    await bench.store.users.update(user.id, { passwordHash: old });
    const changes = await Promise.all(
      TWENTY.map((k) => bench.store.users.changePassword(user.id, { from: old, to: `hash ${k}` }, null)),
    );
    expect(changes.filter((changed) => changed)).toHaveLength(1);
    expect((await bench.store.users.byId(user.id))?.passwordHash).toBe(`hash ${changes.indexOf(true)}`);
  });

  test('that was changed begins no session, however early it was found right', async () => {
    const user = await makeUser(bench, 'Guessed');
    const old = await hashPassword('analytical engine');
    await bench.store.users.update(user.id, { passwordHash: old });
    const found = await handles().signInByPassword(user.email, 'analytical engine', '10.1.1.1');
    await bench.store.users.changePassword(user.id, { from: old, to: 'another' }, null);
    await expect(handles().openSession(user.id, '', found?.passwordHash ?? null)).rejects.toThrow(
      /The password was changed a moment ago\. Sign in with it\./,
    );
    expect(await bench.store.sessions.ofUser(user.id)).toEqual([]);
  });
});

test('a session that is being ended makes no token that outlives it unseen', async () => {
  const user = await makeUser(bench, 'Leaving');
  const { cookie, sessionId } = await cookieOf(bench, user);
  const browser = new Visitor(bench, { cookie, origin: bench.origin });
  await bench.store.sessions.revoke(sessionId);
  const token = { userId: user.id, name: 't', prefix: 'il_', secretHash: 'h', expiresAt: null, sessionId };
  await expect(bench.store.tokens.create(token)).rejects.toThrow(/This session was ended\. Sign in again\./);
  expect((await browser.ask('POST', 'me/tokens', { name: 'late' })).status).toBe(401);
  expect(await bench.store.tokens.ofUser(user.id)).toEqual([]);
});
