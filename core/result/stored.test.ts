/** Results of every version that was ever stored (fixtures/README.md). */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { storedResult } from './index.ts';

const fixture = async (name: string): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(join(import.meta.dirname, 'fixtures', name), 'utf8'));

test.each(['v1.json', 'v1.preprocessing.json', 'v1.what-if.json', 'v1.left-join.json'])(
  '%s is read as it was written',
  async (name) => {
    const stored = await fixture(name);
    expect(storedResult.read(stored, 'result r')).toEqual(stored);
  },
);

test('a result is written in the newest version, and read again', async () => {
  const read = storedResult.read(await fixture('v1.json'), 'result r');
  const written = JSON.parse(storedResult.write(read));
  expect(written.version).toBe(storedResult.newest);
  expect(storedResult.read(written, 'result r')).toEqual(read);
});

test('a result of a later version, or of a type that a later one added, is no damage', async () => {
  const stored = await fixture('v1.json');
  expect(() => storedResult.read({ ...stored, version: 99 }, 'result r')).toThrow(
    'Result r was written by a later version of Interlayer (version 99 of its shape; this one reads',
  );
  expect(() => storedResult.read({ ...stored, type: 'sankey' }, 'result r')).toThrow(
    'Result r was written by a later version of Interlayer (a result of the type sankey; this one reads',
  );
  expect(() => storedResult.read({ ...stored, title: 1 }, 'result r')).toThrow('result r is damaged');
});
