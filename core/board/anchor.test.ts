/** Anchors of every version that was ever stored (fixtures/README.md). */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LaterVersion } from '../stored/index.ts';
import { storedAnchor } from './anchor.ts';

const fixture = async (name: string): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(join(import.meta.dirname, 'fixtures', name), 'utf8'));

test.each(['anchor.v1.address.json', 'anchor.v1.view.json', 'anchor.v1.versions.json'])(
  '%s is read as it was written, and written with its version',
  async (name) => {
    const { version: _, ...written } = await fixture(name);
    const read = storedAnchor.read(await fixture(name), 'the place of thread t');
    expect(read).toEqual(written);
    expect(JSON.parse(storedAnchor.write(read))).toEqual({ version: 1, ...written });
  },
);

test('an anchor of a later version, or of a kind that is not known here, is refused by name', () => {
  expect(() => storedAnchor.read({ version: 2, kind: 'address' }, 'the place of this thread')).toThrow(
    'The place of this thread was written by a later version of Interlayer (version 2 of its shape; this one reads version 1): update the server',
  );
  expect(() => storedAnchor.read({ kind: 'edge', from: 'a' }, 'the place of this thread')).toThrow(
    'The place of this thread was written by a later version of Interlayer (a place of the kind edge; this one reads address and view): update the server',
  );
  expect(() => storedAnchor.read({ kind: 'edge' }, 'x')).toThrow(LaterVersion);
});

test('an anchor without its parts is damaged', () => {
  expect(() => storedAnchor.read({ kind: 'view', boardId: 'b' }, 'the place of this thread')).toThrow(
    'the place of this thread is damaged',
  );
});
