import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startBench, visitor } from '../testing/harness.ts';
import { keptSecret, sweepSpool } from './data-folder.ts';

async function temporary(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'interlayer-data-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** As an upload and a worker leave them that were killed. */
async function crashed(spool: string): Promise<void> {
  await mkdir(path.join(spool, 'upload-1', 'nested'), { recursive: true });
  await writeFile(path.join(spool, 'upload-1', 'nested', 'half.keras'), 'half a model');
  await writeFile(path.join(spool, '1.safetensors'), 'half a result');
}

test('what a crash left in the spool folder is gone once the server has started; the rest stays', async () => {
  const folder = await temporary();
  await crashed(path.join(folder, 'spool'));
  await writeFile(path.join(folder, 'secret'), 'kept');
  const bench = await startBench({ folder });
  onTestFinished(() => bench.close());
  expect(await readdir(path.join(folder, 'spool'))).toEqual([]);
  expect(await readFile(path.join(folder, 'secret'), 'utf8')).toBe('kept');
  expect(bench.logged.join('')).toMatch(/"left":2.*spool folder/);
});

test('a second server that cannot have the port leaves the first one’s spool alone', async () => {
  const first = await startBench();
  onTestFinished(() => first.close());
  await crashed(path.join(first.folder, 'spool'));
  const second = startBench({ folder: first.folder, env: { PORT: String(first.port) } });
  await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
  expect(await readdir(path.join(first.folder, 'spool'))).toHaveLength(2);
  expect((await (await visitor(first, 'Still Here')).ask('GET', 'me')).status).toBe(200);
});

test('a spool folder that is a link stays one', async () => {
  const [folder, disk] = [await temporary(), await temporary()];
  await crashed(disk);
  await symlink(disk, path.join(folder, 'spool'));
  expect(sweepSpool(folder)).toBe(2);
  expect(await readdir(disk)).toEqual([]);
  expect(existsSync(path.join(folder, 'spool'))).toBe(true);
  expect(sweepSpool(folder)).toBe(0);
});

test('the secret is made once, and one that somebody has cut short is refused', async () => {
  const folder = await temporary();
  const secret = await keptSecret(folder);
  expect(secret.length).toBeGreaterThan(32);
  expect(await keptSecret(folder)).toBe(secret);
  await writeFile(path.join(folder, 'secret'), secret.slice(0, 31));
  await expect(keptSecret(folder)).rejects.toThrow(
    /secret is too short to be a secret\. Delete it, and a new one is made; everybody must then sign in again\.$/,
  );
});
