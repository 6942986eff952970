/** Two servers on one data folder lose edits: only one may have it, and it must be free as soon as that one is gone. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import os, { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockFolder } from './folder-lock.ts';

const HOLDER = fileURLToPath(new URL('../testing/hold-folder.ts', import.meta.url));
let folder: string;
const children = new Set<ChildProcess>();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlayer-lock-'));
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
  await rm(folder, { recursive: true, force: true });
});

/** A process that holds the folder. */
async function holder(of = folder): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', HOLDER, of], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.add(child);
  const [said] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  expect(String(said)).toBe('held\n');
  return child;
}

test('a second start is refused in words, in the same process and in another', async () => {
  const lock = await lockFolder(folder);
  lock.tell('http://127.0.0.1:3000');
  await expect(lockFolder(folder)).rejects.toThrow(
    `Interlayer runs on the data folder ${folder} already (process ${process.pid} on ${os.hostname()}, http://127.0.0.1:3000). Open that, or stop it, or set INTERLAYER_DATA to another folder.`,
  );
  lock.release();
  const child = await holder();
  await expect(lockFolder(folder)).rejects.toThrow(`process ${child.pid} on`);
});

test('a server that was killed leaves nothing that keeps the next one out, not for a moment', async () => {
  for (let round = 0; round < 3; round++) {
    const child = await holder();
    child.kill('SIGKILL');
    await once(child, 'exit');
    const started = performance.now();
    const lock = await lockFolder(folder);
    expect(performance.now() - started).toBeLessThan(500);
    lock.release();
  }
});

test('what an end leaves behind is taken over: a dead process, another machine, a torn file', async () => {
  const dead = spawn(process.execPath, ['-e', '']);
  await once(dead, 'exit');
  const left = [
    JSON.stringify({ pid: dead.pid, host: os.hostname(), address: 'http://127.0.0.1:1' }),
    JSON.stringify({ pid: 1, host: 'a-machine-that-is-gone', address: null }),
    '{"pid": 12',
  ];
  for (const text of left) {
    await writeFile(join(folder, 'server.json'), text);
    const lock = await lockFolder(folder);
    expect(JSON.parse(await readFile(join(folder, 'server.json'), 'utf8'))).toMatchObject({
      pid: process.pid,
    });
    lock.release();
    await expect(stat(join(folder, 'server.json'))).rejects.toThrow('ENOENT');
  }
});

test('a copy of the folder is a folder of its own', async () => {
  const child = await holder();
  const copy = `${folder}-copy`;
  await cp(folder, copy, { recursive: true, preserveTimestamps: true });
  try {
    const lock = await lockFolder(copy);
    lock.release();
    await expect(lockFolder(folder)).rejects.toThrow(`process ${child.pid} on`);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
});

test('where the file system does not lock, a server that is alive is known by its beats', async () => {
  // No lock is held here; only the file of a server on another machine is being touched.
  const file = join(folder, 'server.json');
  await writeFile(
    file,
    JSON.stringify({ pid: 4711, host: 'another-machine', address: 'http://10.0.0.7:3000' }),
  );
  const beats = setInterval(() => void utimes(file, new Date(), new Date()), 500);
  try {
    await expect(lockFolder(folder)).rejects.toThrow('process 4711 on another-machine, http://10.0.0.7:3000');
  } finally {
    clearInterval(beats);
  }
});

test('a server touches its file while it runs', async () => {
  const lock = await lockFolder(folder);
  const file = join(folder, 'server.json');
  const { mtimeMs } = await stat(file);
  await expect.poll(async () => (await stat(file)).mtimeMs, { timeout: 5_000 }).not.toBe(mtimeMs);
  lock.release();
});
