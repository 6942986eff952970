/** A full disk is told as such, costs nobody anything that was said to be saved, and is over when there is space again. */
import { spawnSync } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { appendFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { DISK_FULL, isDiskFull } from '../../core/errors/index.ts';
import { SAVE_FAILING_FULL } from '../sync/close-reasons.ts';
import { type Bench, startBench, visitor } from './testing/harness.ts';
import { BoardClient } from './testing/socket.ts';

const disk = await mkdtemp(path.join(tmpdir(), 'interlayer-disk-'));
const image = `${disk}.ext4`;
await writeFile(image, '');
await truncate(image, 12 * 2 ** 20);
const ran = (command: string, ...words: string[]) => spawnSync(command, words).status === 0;
/** Where it can be had ext4, on which a full disk has no room for a folder either; else memory. */
const mounted =
  ((ran('mkfs.ext4', '-q', '-m', '0', '-O', '^has_journal', image) &&
    ran('mount', '-o', 'loop', image, disk)) ||
    ran('mount', '-t', 'tmpfs', '-o', 'size=12m', 'interlayer-test', disk)) &&
  statfsSync(disk).blocks * statfsSync(disk).bsize < 16 * 2 ** 20;
afterAll(async () => {
  if (mounted) spawnSync('umount', ['-l', disk]);
  await rm(disk, { recursive: true, force: true });
  await rm(image, { force: true });
});

test('it is known by the words of the system, of SQLite and of PostgreSQL, however deep they lie', () => {
  const coded = (code: string, message = 'failed') => Object.assign(new Error(message), { code });
  for (const code of ['ENOSPC', 'EDQUOT', 'SQLITE_FULL', '53100']) expect(isDiskFull(coded(code))).toBe(true);
  expect(isDiskFull(new Error('outer', { cause: new Error('inner', { cause: coded('ENOSPC') }) }))).toBe(
    true,
  );
  expect(isDiskFull(new Error('SqliteError: database or disk is full'))).toBe(true);
  expect(isDiskFull(coded('EACCES'))).toBe(false);
  expect(isDiskFull('ENOSPC')).toBe(false);
});

/** Takes the last of the space, and gives it back. */
async function fill(): Promise<() => Promise<void>> {
  const filler = path.join(disk, 'filler');
  // Large pieces, then small ones: a file system keeps some blocks for what it knows of the file.
  for (const piece of [2 ** 20, 2 ** 12])
    while (
      await appendFile(filler, new Uint8Array(piece)).then(
        () => true,
        () => false,
      )
    );
  expect(statfsSync(disk).bavail).toBe(0);
  return () => rm(filler);
}

test.skipIf(!mounted)(`on a small disk${mounted ? '' : ' (not run: none can be mounted here)'}`, async () => {
  const bench: Bench = await startBench({ folder: path.join(disk, 'data') });
  const project = await bench.store.projects.create({ slug: 'nets', name: 'Nets', ownerId: null });
  const ada = await visitor(bench, 'Ada', { projectId: project.id, role: 'owner' });
  const board = await bench.store.boards.create({ projectId: project.id, title: 'B', createdById: null });
  const client = await BoardClient.open(bench, ada, board.id);
  const words = client.doc.getMap('words');
  words.set('before', 'x'.repeat(10_000));
  await client.saved();

  const free = await fill();
  const full = { status: 503, body: { error: { code: 'overloaded', message: DISK_FULL } } };
  expect(await ada.upload('projects/nets/models', { 'm.keras': new Uint8Array(1 << 20) })).toMatchObject(
    full,
  );
  // The connection of an upload that was broken off is closed, in a moment.
  await delay(200);
  // The database writes into space that it has as long as there is some.
  let created = await ada.ask('POST', 'projects/nets/boards', { title: 'Another' });
  for (let i = 0; i < 200 && created.status === 201; i++)
    created = await ada.ask('POST', 'projects/nets/boards', { title: 'x'.repeat(80) });
  expect(created).toMatchObject(full);
  // A statement that brings its own transaction, whose commit fails.
  expect(await ada.ask('POST', `boards/${board.id}/duplicate`)).toMatchObject(full);
  expect(await ada.ask('DELETE', `boards/${board.id}`)).toMatchObject(full);
  await expect(bench.store.blobs.put(new Uint8Array(1 << 20))).rejects.toSatisfy(isDiskFull);
  words.set('meanwhile', 'y'.repeat(200_000));
  const { message } = await client.hear('save-failing');
  expect(message.message).toBe(SAVE_FAILING_FULL);

  await free();
  await client.saved();
  expect((await ada.ask('POST', 'projects/nets/boards', { title: 'Another' })).status).toBe(201);
  const reader = await BoardClient.open(bench, ada, board.id);
  expect(reader.doc.getMap('words').toJSON()).toEqual(words.toJSON());
  client.leave();
  reader.leave();
  await bench.close();
});
