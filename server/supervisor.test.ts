/** One process may die, whatever killed it: it is started again, and boards and their people go on. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { healthSchema } from '../core/api/index.ts';
import { createToken } from './api/account/tokens.ts';
import { Visitor } from './api/testing/harness.ts';
import { BoardClient } from './api/testing/socket.ts';
import { openStore } from './store/index.ts';
import { type Started, startServer } from './testing/start.ts';

// Each test starts several servers, which a busy machine takes its time for.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

const MAIN = fileURLToPath(new URL('./testing/faulty-main.ts', import.meta.url));
let folder: string;
let server: Started;
let url: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'interlayer-supervisor-'));
  server = startServer(MAIN, { INTERLAYER_DATA: folder });
  url = (await server.printed(/Interlayer is at {2}(\S+)\n/))[1] ?? '';
});
afterEach(async () => {
  server.child.kill('SIGTERM');
  await server.ended;
  await rm(folder, { recursive: true, force: true });
});

/** The process that serves says in the folder who it is. */
async function serving(): Promise<number> {
  return JSON.parse(await readFile(path.join(folder, 'server.json'), 'utf8')).pid;
}

function childrenOf(parent: number | undefined): number[] {
  const rows = spawnSync('ps', ['-eo', 'pid=,ppid=']).stdout.toString().trim().split('\n');
  return rows
    .map((row) => row.trim().split(/\s+/).map(Number))
    .flatMap(([pid, ppid]) => (ppid === parent && pid !== undefined ? [pid] : []));
}

const health = async () => healthSchema.parse(await (await fetch(`${url}/api/v1/health`)).json());

/** Resolves when the process that serves is another one and answers. */
async function replaced(restarts: number) {
  await expect
    .poll(async () => (await health().catch(() => null))?.process.restarts, { timeout: 30_000 })
    .toBe(restarts);
}

/** Two people with a board, as the command line would make them. */
async function furnish() {
  const store = await openStore({ dataDir: folder });
  const ada = await store.users.create({ email: 'ada@example.org', name: 'Ada', passwordHash: null });
  const ben = await store.users.create({ email: 'ben@example.org', name: 'Ben', passwordHash: null });
  const project = await store.projects.create({ slug: 'nets', name: 'Nets', ownerId: ada.id });
  await store.projects.setRole(project.id, ben.id, 'editor');
  const board = await store.boards.create({ projectId: project.id, title: 'Board', createdById: ada.id });
  const bench = { origin: url, base: `${url}/api/v1`, port: Number(new URL(url).port) };
  const visitors: Visitor[] = [];
  for (const user of [ada, ben]) {
    const { secret } = await createToken(store, user.id, { name: 'test' });
    visitors.push(new Visitor(bench, { authorization: `Bearer ${secret}` }));
  }
  await store.close();
  const open = (visitor: Visitor | undefined) => {
    if (!visitor) throw new Error('nobody');
    return BoardClient.open(bench, visitor, board.id);
  };
  return { ada: () => open(visitors[0]), ben: () => open(visitors[1]) };
}

test('a server that is killed comes back where it was: what was saved is there, and edits go on', async () => {
  const link = (await server.printed(/once at {2}(\S+)\n/))[1] ?? '';
  const people = await furnish();
  const [ada, ben] = [await people.ada(), await people.ben()];
  ada.doc.getMap('words').set('first', 'before');
  await ada.saved();
  process.kill(await serving(), 'SIGKILL');
  await Promise.all([ada.closed, ben.closed]);
  await replaced(1);
  const [adaAgain, benAgain] = [await people.ada(), await people.ben()];
  expect(adaAgain.doc.getMap('words').toJSON()).toEqual({ first: 'before' });
  adaAgain.doc.getMap('words').set('second', 'after');
  await adaAgain.saved();
  await benAgain.until('the edit', () => benAgain.doc.getMap('words').get('second') ?? null);
  for (const client of [ada, ben, adaAgain, benAgain]) client.leave();
  const claim = await fetch(`${url}/api/v1/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({
      ...{ token: new URL(link).searchParams.get('token'), email: 'eve@example.org', name: 'Eve' },
      password: 'a password, long enough',
    }),
  });
  // Ada owns a project already, so the link is used up; it is known all the same.
  expect(await claim.json()).toMatchObject({ error: { message: expect.stringContaining('already made') } });
});

test('an error that nobody caught is counted, boards are saved, and the process is replaced', async () => {
  const people = await furnish();
  const ada = await people.ada();
  ada.doc.getMap('words').set('first', 'just before');
  process.kill(await serving(), 'SIGUSR2');
  await ada.closed;
  await replaced(1);
  expect((await health()).process).toEqual({ restarts: 1, uncaught: 1 });
  await server.printed(/an error that nobody caught: the process is replaced/);
  await server.printed(/thrown by a test/);
  const again = await people.ada();
  for (const client of [ada, again]) client.leave();
});

test('what dies five times within a minute is given up, in words', async () => {
  await serving();
  const killed = new Set<number>();
  while (killed.size < 5) {
    // As soon as it is there: a slow machine must not take more than the minute.
    const [child] = childrenOf(server.child.pid).filter((pid) => !killed.has(pid));
    if (child === undefined) await delay(20);
    else {
      process.kill(child, 'SIGKILL');
      killed.add(child);
    }
  }
  const { code, output } = await server.ended;
  expect(code).toBe(1);
  expect(output).toContain(
    'ended 5 times within a minute, at last by signal SIGKILL, and is not started again',
  );
});

test.each(['SIGURG', 'SIGSTOP'] as const)(
  'a server that hangs or was stopped (%s) is ended and started again',
  async (signal) => {
    process.kill(await serving(), signal);
    await server.printed(/has not answered for 30 s: it hangs, and is ended/);
    await replaced(1);
  },
);

test('when the supervisor is killed nothing is left, not even what hangs, and the folder is free', async () => {
  const descendants = () => childrenOf(server.child.pid).flatMap((pid) => [pid, ...childrenOf(pid)]);
  await expect.poll(() => descendants().length, { timeout: 10_000 }).toBeGreaterThanOrEqual(2);
  const all = descendants();
  process.kill(await serving(), 'SIGURG');
  server.child.kill('SIGKILL');
  const lives = (pid: number) =>
    spawnSync('ps', ['-o', 'stat=', '-p', String(pid)])
      .stdout.toString()
      .trim();
  await expect.poll(() => all.filter((pid) => /^[^Z]/.test(lives(pid))), { timeout: 10_000 }).toEqual([]);
  server = startServer(MAIN, { INTERLAYER_DATA: folder });
  await server.printed(/Interlayer is at/);
});
