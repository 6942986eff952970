import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashPassword } from '../app/secrets.ts';
import { handles } from '../auth/handles.ts';
import { type Bench, cookieOf, makeUser, startBench, Visitor, visitor } from '../testing/harness.ts';
import { cast } from '../testing/project.ts';
import { BoardClient } from '../testing/socket.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench({ limits: { password: { burst: 3, perMinute: 1 } } });
});
afterAll(() => bench.close());

const OLD = 'analytical engine';
const NEW = 'difference engine';

async function signedIn(name: string) {
  const { id } = await makeUser(bench, name);
  const user = await bench.store.users.update(id, { passwordHash: await hashPassword(OLD) });
  const browser = async () => {
    const { cookie } = await cookieOf(bench, user);
    return new Visitor(bench, { cookie, origin: bench.origin });
  };
  const signIn = async (password: string) =>
    (await handles().signInByPassword(user.email, password, '1.2.3.4'))?.id ?? null;
  return { user, here: await browser(), there: await browser(), signIn };
}

test('a person changes the own name, and everybody in their projects is told', async () => {
  const { project, editor, viewer } = await cast(bench);
  const board = await bench.store.boards.create({ projectId: project.id, title: 'B', createdById: null });
  const watcher = await BoardClient.open(bench, viewer, board.id);
  const changed = await editor.ask('PATCH', 'me', { name: '  Rear Admiral Hopper ' });
  expect(changed).toMatchObject({ status: 200, body: { user: { name: 'Rear Admiral Hopper' } } });
  await watcher.hear('project');
  watcher.leave();
  expect((await editor.ask('GET', 'me')).body).toMatchObject({ user: { name: 'Rear Admiral Hopper' } });
  const members = await viewer.ask('GET', `projects/${project.slug}/members`);
  expect(members.body).toContainEqual(expect.objectContaining({ name: 'Rear Admiral Hopper' }));
  expect((await editor.ask('PATCH', 'me', { name: ' ' })).body).toMatchObject({ error: { at: 'name' } });
});

test('the right current password sets the next one, ends all other sessions, and keeps this one', async () => {
  const { user, here, there, signIn } = await signedIn('Charles');
  expect((await here.ask('GET', 'me')).body).toMatchObject({ hasPassword: true });
  expect((await here.ask('POST', 'me/password', { current: OLD, next: NEW })).status).toBe(204);
  expect((await here.ask('GET', 'me')).status).toBe(200);
  expect((await there.ask('GET', 'me')).status).toBe(401);
  expect(await signIn(OLD)).toBeNull();
  expect(await signIn(NEW)).toBe(user.id);
});

test('a wrong current password or a short next one changes nothing, and says which', async () => {
  const { user, here, there, signIn } = await signedIn('Luigi');
  const wrong = await here.ask('POST', 'me/password', { current: 'a guess', next: NEW });
  expect(wrong).toMatchObject({ status: 403, body: { error: { code: 'forbidden', at: 'current' } } });
  const short = await here.ask('POST', 'me/password', { current: OLD, next: 'short' });
  expect(short).toMatchObject({ status: 400, body: { error: { at: 'next', message: /at least 10/ } } });
  expect((await there.ask('GET', 'me')).status).toBe(200);
  expect(await signIn(OLD)).toBe(user.id);
});

test('guesses at the own password are limited by person, whichever session they come from', async () => {
  const { here, there } = await signedIn('Guesser');
  const guess = (from: Visitor) => from.ask('POST', 'me/password', { current: 'a guess', next: NEW });
  for (const from of [here, there, here]) expect((await guess(from)).status).toBe(403);
  expect(await guess(there)).toMatchObject({ status: 429, body: { error: { code: 'rate_limited' } } });
  const right = await here.ask('POST', 'me/password', { current: OLD, next: NEW });
  expect(right.status).toBe(429);
});

test('a token changes no password, and an account without one is told so', async () => {
  const script = await visitor(bench, 'Script');
  const byToken = await script.ask('POST', 'me/password', { current: OLD, next: NEW });
  expect(byToken).toMatchObject({
    status: 403,
    body: { error: { message: 'A token cannot change the password. Sign in with a browser.' } },
  });
  const { cookie } = await cookieOf(bench, await makeUser(bench, 'By Provider'));
  const browser = new Visitor(bench, { cookie, origin: bench.origin });
  expect((await browser.ask('GET', 'me')).body).toMatchObject({ hasPassword: false });
  const none = await browser.ask('POST', 'me/password', { current: OLD, next: NEW });
  expect(none).toMatchObject({
    status: 409,
    body: { error: { message: 'This account has no password: its provider signs it in.' } },
  });
});
