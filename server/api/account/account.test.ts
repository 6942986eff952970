import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createdInviteSchema, createdTokenSchema } from '../../../core/api/index.ts';
import { type Bench, cookieOf, makeUser, startBench, Visitor, visitor } from '../testing/harness.ts';
import { offerSetup } from './setup.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());

const ADA = { email: 'ada@example.org', name: 'Ada', password: 'analytical engine' };

describe('the first account', () => {
  test('is made by the printed link, once', async () => {
    const stranger = new Visitor(bench);
    await bench.store.projects.create({ slug: 'early', name: 'Early', ownerId: null });
    const token = await offerSetup(bench.store, 'a token for this test');
    expect(token).toBe('a token for this test');
    expect((await stranger.ask('GET', 'setup')).body).toEqual({ needed: true });
    const wrong = await stranger.ask('POST', 'setup', { ...ADA, token: 'wrong' });
    expect(wrong.status).toBe(403);
    expect(wrong.body).toMatchObject({ error: { code: 'forbidden', message: /link/ } });
    const right = await stranger.ask('POST', 'setup', { ...ADA, token });
    expect(right.status).toBe(201);
    expect(right.body).toEqual({ id: expect.any(String), email: ADA.email, name: ADA.name });
    expect((await stranger.ask('GET', 'setup')).body).toEqual({ needed: false });
    const again = await stranger.ask('POST', 'setup', { ...ADA, email: 'b@example.org', token });
    expect(again.status).toBe(403);
    expect(await offerSetup(bench.store, undefined)).toBeNull();
    const ada = await bench.store.users.byEmail(ADA.email);
    const early = await bench.store.projects.bySlug('early');
    expect(await bench.store.projects.role(early?.id ?? '', ada?.id ?? '')).toBe('owner');
  });

  test('needs a password of ten characters, and says so', async () => {
    const answer = await new Visitor(bench).ask('POST', 'setup', { ...ADA, password: 'short', token: 'x' });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ error: { at: 'password', message: /at least 10/ } });
  });
});

describe('sign-up by invitation', () => {
  test('makes an account and a member; a used-up link does not', async () => {
    const owner = await visitor(bench, 'Owner');
    const project = await owner.ask('POST', 'projects', { name: 'Ünïted Front' });
    expect(project.body).toMatchObject({ slug: 'united-front', role: 'owner' });
    const made = await owner.ask('POST', 'projects/united-front/invites', { role: 'editor', maxUses: 1 });
    expect(made.status).toBe(201);
    const { url } = createdInviteSchema.parse(made.body);
    expect(url).toMatch(new RegExp(`^http://127.0.0.1:${bench.port}/invite/[\\w-]{43}$`));
    const secret = url.split('/').at(-1);
    const stranger = new Visitor(bench);
    expect((await stranger.ask('GET', `invites/${secret}`)).body).toMatchObject({
      project: 'Ünïted Front',
      role: 'editor',
    });
    const grace = { email: 'Grace@Example.org', name: 'Grace', password: 'a moth in the relay' };
    const registered = await stranger.ask('POST', 'register', { ...grace, invite: secret });
    expect(registered).toMatchObject({ status: 201, body: { email: 'grace@example.org' } });
    const late = await stranger.ask('POST', 'register', { ...grace, email: 'l@example.org', invite: secret });
    expect(late).toMatchObject({
      status: 404,
      body: {
        error: { message: /^This invitation is unknown, expired, revoked or used up\. Ask for a new one\.$/ },
      },
    });
    const members = await owner.ask('GET', 'projects/united-front/members');
    expect(members.body).toMatchObject([{ role: 'owner' }, { email: 'grace@example.org', role: 'editor' }]);
  });

  test('a revoked link lets nobody in', async () => {
    const owner = await visitor(bench, 'Second owner');
    await owner.ask('POST', 'projects', { name: 'Shut' });
    const made = await owner.ask('POST', 'projects/shut/invites', { role: 'viewer' });
    const { invite, url } = createdInviteSchema.parse(made.body);
    expect((await owner.ask('DELETE', `projects/shut/invites/${invite.id}`)).status).toBe(204);
    const guest = await visitor(bench, 'Guest');
    const secret = url.split('/').at(-1);
    expect((await guest.ask('POST', `invites/${secret}/accept`)).status).toBe(404);
    expect((await new Visitor(bench).ask('GET', `invites/${secret}`)).status).toBe(404);
  });
});

describe('sessions and tokens', () => {
  test('a session that was ended opens nothing any more, and is gone from the list', async () => {
    const user = await makeUser(bench, 'Tony');
    const [here, there] = [await cookieOf(bench, user), await cookieOf(bench, user)];
    const browser = new Visitor(bench, { cookie: here.cookie, origin: bench.origin });
    const other = new Visitor(bench, { cookie: there.cookie, origin: bench.origin });
    expect((await browser.ask('GET', 'me/sessions')).body).toMatchObject([
      { current: expect.any(Boolean) },
      { current: expect.any(Boolean) },
    ]);
    expect((await other.ask('GET', 'me')).body).toMatchObject({ sessionId: there.sessionId });
    expect((await browser.ask('DELETE', `me/sessions/${there.sessionId}`)).status).toBe(204);
    expect((await other.ask('GET', 'me')).status).toBe(401);
    expect((await browser.ask('GET', 'me/sessions')).body).toMatchObject([
      { id: here.sessionId, current: true },
    ]);
    const stranger = await visitor(bench, 'Not Tony');
    expect((await stranger.ask('DELETE', `me/sessions/${here.sessionId}`)).status).toBe(404);
    expect((await browser.ask('GET', 'me')).status).toBe(200);
  });

  test('a token is shown once, works, is listed without its secret, and dies when revoked', async () => {
    const user = await makeUser(bench, 'Barbara');
    const { cookie } = await cookieOf(bench, user);
    const browser = new Visitor(bench, { cookie, origin: bench.origin });
    const made = await browser.ask('POST', 'me/tokens', { name: 'laptop' });
    expect(made.status).toBe(201);
    const { id, secret } = createdTokenSchema.parse(made.body);
    expect(secret).toMatch(/^il_[\w-]{43}$/);
    const script = new Visitor(bench, { authorization: `Bearer ${secret}` });
    expect((await script.ask('GET', 'me')).body).toMatchObject({
      sessionId: null,
      user: { name: 'Barbara' },
    });
    expect((await script.ask('POST', 'me/tokens', { name: 'child' })).status).toBe(403);
    const listed = await browser.ask('GET', 'me/tokens');
    expect(listed.body).toMatchObject([{ id, name: 'laptop', prefix: secret.slice(0, 8) }]);
    expect(JSON.stringify(listed.body)).not.toContain(secret);
    const thief = await visitor(bench, 'Thief');
    expect((await thief.ask('DELETE', `me/tokens/${id}`)).status).toBe(404);
    expect((await browser.ask('DELETE', `me/tokens/${id}`)).status).toBe(204);
    expect((await script.ask('GET', 'me')).status).toBe(401);
  });

  test('a cookie made with another key, or for a session of another person, is a stranger’s', async () => {
    const [one, two] = [await makeUser(bench, 'One'), await makeUser(bench, 'Two')];
    const { sessionId } = await cookieOf(bench, one);
    const { encode } = await import('next-auth/jwt');
    const forged = await encode({ token: { sub: two.id, sid: sessionId }, secret: bench.app.authSecret });
    const foreign = await encode({
      token: { sub: one.id, sid: sessionId },
      secret: 'another key altogether',
    });
    for (const jwt of [forged, foreign, 'nonsense', '']) {
      const visitor = new Visitor(bench, { cookie: `interlayer.session=${jwt}` });
      expect(await visitor.ask('GET', 'me')).toMatchObject({
        status: 401,
        body: { error: { message: 'Sign in first.' } },
      });
    }
  });
});

describe('requests that another site caused', () => {
  test('a write by cookie needs this origin; a read does not; a token needs none', async () => {
    const user = await makeUser(bench, 'Victim');
    const { cookie } = await cookieOf(bench, user);
    const write = (headers: Record<string, string>) =>
      new Visitor(bench, { cookie, ...headers }).ask('POST', 'projects', { name: 'Mine' });
    for (const origin of [null, 'https://evil.example', 'null']) {
      const answer = await write(origin === null ? {} : { origin });
      expect(answer.status).toBe(403);
      const from = origin ?? 'an unnamed origin';
      expect(answer.body).toMatchObject({
        error: { message: expect.stringContaining(`This request came from ${from}; ${bench.origin}`) },
      });
    }
    expect((await write({ origin: bench.origin })).status).toBe(201);
    expect((await new Visitor(bench, { cookie }).ask('GET', 'me')).status).toBe(200);
    const script = await visitor(bench, 'Script');
    expect((await script.ask('POST', 'projects', { name: 'Theirs' })).status).toBe(201);
  });

  test('a stranger’s write from another origin is refused as well', async () => {
    const answer = await new Visitor(bench, { origin: 'https://evil.example' }).ask('POST', 'setup', {
      ...ADA,
      token: 'x',
    });
    expect(answer.status).toBe(403);
  });
});
