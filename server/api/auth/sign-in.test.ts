import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { UserError } from '../../../core/errors/index.ts';
import { hashPassword, passwordMatches } from '../app/secrets.ts';
import { createInvite } from '../projects/invites.ts';
import { type Bench, cookieOf, makeUser, startBench } from '../testing/harness.ts';
import { type Cast, cast } from '../testing/project.ts';
import { ADDRESS_HEADER, type Handles, handles } from './handles.ts';
import { authOptions, inviteIn, safeRedirect } from './options.ts';

let bench: Bench;
let people: Cast;
beforeAll(async () => {
  bench = await startBench({ limits: { signIn: { burst: 3, perMinute: 1 } } });
  people = await cast(bench);
});
afterAll(() => bench.close());

test('passwords are kept as scrypt with their own salt, and compared whole', async () => {
  const [one, two] = await Promise.all([
    hashPassword('analytical engine'),
    hashPassword('analytical engine'),
  ]);
  expect(one).toMatch(/^scrypt\$16384\$8\$5\$[\w-]{22}\$[\w-]{43}$/);
  expect(one).not.toBe(two);
  expect(await passwordMatches('analytical engine', one)).toBe(true);
  expect(await passwordMatches('Analytical engine', one)).toBe(false);
  // The same letters, written with a combining mark.
  expect(await passwordMatches('é'.repeat(10), await hashPassword('e\u0301'.repeat(10)))).toBe(true);
  for (const hash of [null, '', 'scrypt$', 'plain']) expect(await passwordMatches('', hash)).toBe(false);
});

test('right e-mail and password give the account, whatever the case of the address', async () => {
  const passwordHash = await hashPassword('analytical engine');
  const ada = await bench.store.users.create({ email: 'ada@example.org', name: 'Ada', passwordHash });
  const signIn = async (email: string, password: string) =>
    (await handles().signInByPassword(email, password, '1.2.3.4'))?.id ?? null;
  expect(await signIn(' Ada@Example.org ', 'analytical engine')).toBe(ada.id);
  expect(await signIn('ada@example.org', 'difference engine')).toBeNull();
  expect(await signIn('nobody@example.org', 'analytical engine')).toBeNull();
});

test('an unknown address takes as long as a wrong password', async () => {
  const passwordHash = await hashPassword('a long password');
  await bench.store.users.create({ email: 'slow@example.org', name: 'Slow', passwordHash });
  const best = async (email: string) => {
    const times: number[] = [];
    for (let k = 0; k < 3; k++) {
      const begun = performance.now();
      await handles().signInByPassword(email, 'wrong', `10.0.0.${email.length}`);
      times.push(performance.now() - begun);
    }
    return Math.min(...times);
  };
  const [known, unknown] = [await best('slow@example.org'), await best('not-there@example.org')];
  // Without the dummy hash an unknown address would be tens of times faster.
  expect(unknown / known).toBeGreaterThan(0.4);
});

test('guesses at a password are limited by address and e-mail', async () => {
  const guess = (email: string, address: string) => handles().signInByPassword(email, 'wrong', address);
  for (let k = 0; k < 3; k++) expect(await guess('limited@example.org', '9.9.9.9')).toBeNull();
  await expect(guess('Limited@example.org', '9.9.9.9')).rejects.toThrow(UserError);
  await expect(guess('limited@example.org', '9.9.9.9')).rejects.toMatchObject({ code: 'rate_limited' });
  expect(await guess('limited@example.org', '8.8.8.8')).toBeNull();
});

test('an OAuth identity enters when linked, invited, or vouched for to who is signed in, and not otherwise', async () => {
  const { signInByOAuth, userOfIdentity } = handles();
  const member = await makeUser(bench, 'Old Member');
  const identity = (
    subject: string,
    email: string | null,
    emailVerified = false,
    invite: string | null = null,
    signedInAs: string | null = null,
  ) => ({
    ...{ provider: 'oidc', subject, email, emailVerified, name: 'New', invite, signedInAs },
  });
  expect(await signInByOAuth(identity('1', 'stranger@example.org', true))).toBe('uninvited');
  expect(await signInByOAuth(identity('1', 'stranger@example.org', true, 'a wrong invitation'))).toBe(
    'uninvited',
  );
  expect(await bench.store.users.byEmail('stranger@example.org')).toBeNull();
  expect(await signInByOAuth(identity('2', member.email, false))).toBe('taken');
  expect(await userOfIdentity('oidc', '2')).toBeNull();
  // Somebody else may have made the account under that address, and would share it.
  expect(await signInByOAuth(identity('2', member.email, true))).toBe('taken');
  expect(await signInByOAuth(identity('2', member.email, true, null, 'somebody else'))).toBe('taken');
  expect(await signInByOAuth(identity('2', member.email, false, null, member.id))).toBe('taken');
  expect(await userOfIdentity('oidc', '2')).toBeNull();
  expect(await signInByOAuth(identity('2', ` ${member.email.toUpperCase()}`, true, null, member.id))).toBe(
    'welcome',
  );
  expect(await userOfIdentity('oidc', '2')).toBe(member.id);
  // Linked: the address no longer matters.
  expect(await signInByOAuth(identity('2', 'changed@example.org'))).toBe('welcome');

  const owner = { user: await makeUser(bench, 'Host'), sessionId: null, tokenId: null };
  const { url } = await createInvite(bench.app, people.project, owner, {
    ...{ role: 'commenter', expiresInHours: 1, maxUses: 1 },
  });
  const invite = inviteIn(url);
  expect(await signInByOAuth(identity('3', 'guest@example.org', false, invite))).toBe('welcome');
  const guest = await bench.store.users.byEmail('guest@example.org');
  expect(await bench.store.projects.role(people.project.id, guest?.id ?? '')).toBe('commenter');
  expect(guest?.passwordHash).toBeNull();
  expect(await signInByOAuth(identity('4', 'late@example.org', false, invite))).toBe('uninvited');
  const { url: open } = await createInvite(bench.app, people.project, owner, {
    ...{ role: 'viewer', expiresInHours: 1 },
  });
  for (const address of ['not an address', `${'a'.repeat(500)}@example.org`, '', null])
    expect(await signInByOAuth(identity('5', address, true, inviteIn(open)))).toBe('uninvited');
});

test('an invitation is found in the page to come back to, and nowhere else', () => {
  expect(inviteIn('https://lab.example/invite/abc_-1')).toBe('abc_-1');
  expect(inviteIn('/invite/abc')).toBe('abc');
  for (const no of [undefined, '', '/', '/invite/', '/invite/a/b', '/p/invite/abc', 'not a url at all:'])
    expect(inviteIn(no)).toBeNull();
});

test('after signing in one stays on this server', () => {
  const base = 'https://lab.example';
  const to = (url: string) => safeRedirect(url, base, [base, 'http://localhost:3000']);
  expect(to('/p/digits')).toBe('https://lab.example/p/digits');
  expect(to('http://localhost:3000/x')).toBe('http://localhost:3000/x');
  for (const evil of [
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    'javascript:alert(1)',
    'x',
  ])
    expect(to(evil)).toBe(base);
});

test('the session cookie is http-only, lax, and bears ids only; a session that was ended says nothing', async () => {
  const user = await makeUser(bench, 'Cookie');
  const options = authOptions(handles(), {
    headers: new Headers({ 'user-agent': 'a browser' }),
    cookie: () => undefined,
  });
  expect(options.cookies?.sessionToken).toMatchObject({
    name: 'interlayer.session',
    options: { httpOnly: true, sameSite: 'lax', path: '/', secure: false },
  });
  const { jwt, session } = options.callbacks ?? {};
  await bench.store.users.linkIdentity(user.id, 'oidc', 'cookie');
  const account = { type: 'oauth', provider: 'oidc', providerAccountId: 'cookie' } as const;
  const token = await jwt?.({
    token: { name: 'Cookie', email: user.email },
    user: { id: user.id, email: user.email },
    account,
  });
  expect(token).toEqual({ sub: user.id, sid: expect.any(String) });
  const row = await bench.store.sessions.byId(String(token?.sid));
  expect(row).toMatchObject({ userId: user.id, userAgent: 'a browser' });
  const shown = async () =>
    session?.({
      ...{
        session: { expires: '2099-01-01T00:00:00.000Z' },
        token: token ?? {},
        newSession: null,
        trigger: 'update',
      },
      user: { id: '', email: '', emailVerified: null },
    });
  expect(await shown()).toEqual({ expires: '2099-01-01T00:00:00.000Z', user: {} });
  await bench.store.sessions.revoke(row?.id ?? '');
  expect(await shown()).toEqual({ expires: new Date(0).toISOString() });
});

let places = 0;
/** What the provider of passwords does with what is typed, each time at another place. */
function byPassword(given: Partial<Handles> = {}) {
  const options = authOptions(
    { ...handles(), ...given },
    {
      headers: new Headers({ 'user-agent': 'a browser', [ADDRESS_HEADER]: `7.7.7.${places++}` }),
      cookie: () => undefined,
    },
  );
  const provider = z
    .object({ options: z.object({ authorize: z.custom<(raw: unknown) => Promise<unknown>>() }) })
    .parse(options.providers[0]);
  return provider.options.authorize({ email: 'by-password@example.org', password: 'analytical engine' });
}

test('signing in by password begins the session, or says in one word why not', async () => {
  const passwordHash = await hashPassword('analytical engine');
  const user = await bench.store.users.create({
    ...{ email: 'by-password@example.org', name: 'By Password', passwordHash },
  });
  const signedIn = z.object({ id: z.string(), sid: z.string() }).parse(await byPassword());
  expect(signedIn.id).toBe(user.id);
  expect(await bench.store.sessions.byId(signedIn.sid)).toMatchObject({
    ...{ userId: user.id, userAgent: 'a browser' },
  });
  const failing = (error: Error) => byPassword({ openSession: () => Promise.reject(error) });
  await expect(
    failing(Object.assign(new Error('SQLITE_FULL: database or disk is full'), { code: 'SQLITE_FULL' })),
  ).rejects.toThrow(/^disk_full$/);
  await expect(failing(new Error('a secret of the server'))).rejects.toThrow(/^internal$/);
  await expect(
    byPassword({ signInByPassword: () => Promise.reject(new UserError('rate_limited', 'Wait.')) }),
  ).rejects.toThrow(/^rate_limited$/);
  expect(await failing(new UserError('unauthenticated', 'The password was changed.'))).toBeNull();
});

test('a provider links an account in the browser that is signed in to it, and nowhere else', async () => {
  const user = await makeUser(bench, 'Linked');
  const { cookie, sessionId } = await cookieOf(bench, user);
  const value = cookie.slice(cookie.indexOf('=') + 1);
  const asked: (string | null)[] = [];
  const signIn = (cookies: Record<string, string>) => {
    const signInByOAuth: Handles['signInByOAuth'] = async ({ signedInAs, name }) => {
      asked.push(signedInAs, name);
      return 'welcome';
    };
    const options = authOptions(
      { ...handles(), signInByOAuth },
      { headers: new Headers(), cookie: (name) => cookies[name] },
    );
    const account = { type: 'oauth', provider: 'oidc', providerAccountId: '9' } as const;
    const profile = { name: ' \u202eE\u0000ve ' };
    return options.callbacks?.signIn?.({ user: { id: '9' }, account, profile });
  };
  await signIn({ 'interlayer.session': value });
  await signIn({});
  await signIn({ 'interlayer.session': `${value.slice(0, -3)}AAA` });
  await bench.store.sessions.revoke(sessionId);
  await signIn({ 'interlayer.session': value });
  expect(asked).toEqual([user.id, 'Eve', null, 'Eve', null, 'Eve', null, 'Eve']);
});

test('what fails while a provider signs somebody in is said in one word, never in its own', async () => {
  const options = authOptions(
    { ...handles(), signInByOAuth: () => Promise.reject(new Error('a secret of the server')) },
    { headers: new Headers(), cookie: () => undefined },
  );
  const account = { type: 'oauth', provider: 'oidc', providerAccountId: '9' } as const;
  expect(await options.callbacks?.signIn?.({ user: { id: '9' }, account })).toBe('/sign-in?error=internal');
});
