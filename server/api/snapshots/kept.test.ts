/** Snapshots of every version that was ever stored (fixtures/README.md). */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { storedKept } from './kept.ts';

test('what a snapshot of version 1 keeps is read as it was written, and written with its version', async () => {
  const stored = JSON.parse(await readFile(join(import.meta.dirname, 'fixtures/kept.v1.json'), 'utf8'));
  const read = storedKept.read(stored, 'snapshot s');
  expect(read).toEqual(stored);
  expect(storedKept.fields(read)).toEqual({ version: 1, ...stored });
});

test('a snapshot of a later version is refused by name, not taken for damaged', () => {
  expect(() => storedKept.read({ version: 2, everything: 'else' }, 'the snapshot The cause')).toThrow(
    'The snapshot The cause was written by a later version of Interlayer (version 2 of its shape; this one reads version 1): update the server',
  );
});
