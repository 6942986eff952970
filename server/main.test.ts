/** The server as people start it: a process of its own. */
import { type ChildProcess, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { healthSchema, setupStateSchema } from '../core/api/index.ts';
import { type Started, startServer } from './testing/start.ts';

// Each test starts several servers, which a busy machine takes its time for.
vi.setConfig({ testTimeout: 180_000 });

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
let folder: string;
const running = new Set<ChildProcess>();
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'interlayer-main-'));
});
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

function start(env: Record<string, string>): Started {
  const server = startServer(MAIN, env);
  running.add(server.child);
  return server;
}

test('it prints its address and the owner’s link, answers, and stops in order when told to', async () => {
  const data = path.join(folder, 'first');
  const server = start({ INTERLAYER_DATA: data });
  const [, url = ''] = await server.printed(/Interlayer is at {2}(http:\/\/127\.0\.0\.1:\d+)\n/);
  const [, link = ''] = await server.printed(/once at {2}(\S+)\n/);
  expect(link).toMatch(new RegExp(`^${url}/setup\\?token=[\\w-]{43}$`));
  const health = healthSchema.parse(await (await fetch(`${url}/api/v1/health`)).json());
  expect(health).toMatchObject({
    ...{ status: 'ok', sync: { connections: 0 }, process: { restarts: 0, uncaught: 0 } },
  });
  const setup = await (await fetch(`${url}/api/v1/setup`)).json();
  expect(setupStateSchema.parse(setup)).toEqual({ needed: true });
  // Nobody else on the machine may read the key of the sessions.
  expect((await stat(path.join(data, 'secret'))).mode & 0o077).toBe(0);
  const secret = await readFile(path.join(data, 'secret'), 'utf8');

  const elsewhere = path.join(folder, 'second');
  const second = start({ INTERLAYER_DATA: elsewhere, PORT: new URL(url).port });
  const refused = await second.ended;
  expect(refused.code).toBe(1);
  expect(refused.output).toMatch(/port \d+ is in use.*PORT=\d+/);
  // Nothing was written before the port was had: no database, no secret.
  expect(await readdir(elsewhere)).toEqual(['server.lock']);

  server.child.kill('SIGTERM');
  expect(await server.ended).toMatchObject({ code: 0 });
  await expect(fetch(`${url}/api/v1/health`)).rejects.toThrow();

  const again = start({ INTERLAYER_DATA: data });
  const [, newLink = ''] = await again.printed(/once at {2}(\S+)\n/);
  expect(newLink.split('token=')[1]).not.toBe(link.split('token=')[1]);
  expect(await readFile(path.join(data, 'secret'), 'utf8')).toBe(secret);
  again.child.kill('SIGINT');
  expect(await again.ended).toMatchObject({ code: 0 });
});

test('a second start on the same folder and port is refused, and the link that the first one printed still works', async () => {
  const data = path.join(folder, 'shared');
  const server = start({ INTERLAYER_DATA: data });
  const [, link = ''] = await server.printed(/once at {2}(\S+)\n/);
  const { origin, port, searchParams } = new URL(link);
  const second = await start({ INTERLAYER_DATA: data, PORT: port }).ended;
  expect(second.code).toBe(1);
  expect(second.output).toContain(`Interlayer runs on the data folder ${data} already (process `);
  expect(second.output).toContain(`, ${origin}). Open that, or stop it, or set INTERLAYER_DATA`);
  const claimed = await fetch(`${origin}/api/v1/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({
      ...{ token: searchParams.get('token'), email: 'ada@example.org', name: 'Ada' },
      password: 'a password, long enough',
    }),
  });
  expect(claimed.status).toBe(201);
  server.child.kill('SIGTERM');
  await server.ended;
});

test('what keeps it from starting is said in words, with exit code 1', async () => {
  const file = path.join(folder, 'a-file');
  await writeFile(file, '');
  const cases: [Record<string, string>, RegExp][] = [
    [{ PORT: 'http' }, /PORT is "http": expected a whole number from 0 to 65535/],
    [{ INTERLAYER_DATA: path.join(file, 'data') }, /data folder .* cannot be written \(ENOTDIR\)/],
    [{ HOST: '203.0.113.7', INTERLAYER_DATA: path.join(folder, 'third') }, /no address 203\.0\.113\.7/],
  ];
  for (const [env, message] of cases) {
    const { code, output } = await start(env).ended;
    expect(output).toMatch(message);
    expect(output).not.toContain('    at ');
    expect(code).toBe(1);
  }
});

const disk = await mkdtemp(path.join(tmpdir(), 'interlayer-main-disk-'));
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'interlayer-test', disk]).status === 0;
afterAll(async () => {
  if (mounted) spawnSync('umount', ['-l', disk]);
  await rm(disk, { recursive: true, force: true });
});

test.skipIf(!mounted)(
  `a full disk is told at the start${mounted ? '' : ' (not run: no small disk can be mounted here)'}`,
  async () => {
    await writeFile(path.join(disk, 'filler'), new Uint8Array(1 << 20)).catch(() => undefined);
    const { code, output } = await start({ INTERLAYER_DATA: path.join(disk, 'data') }).ended;
    expect(output).toContain('the disk that holds its data is full. Free some space, then start again.');
    expect(output).not.toContain('    at ');
    expect(code).toBe(1);
  },
);
