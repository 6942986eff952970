/** Results of every version that was ever stored (fixtures/README.md). */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decodeSafetensors, receivedResultSchema, storedResult, withNamesOfOther } from './index.ts';

const bytesOf = async (name: string): Promise<Uint8Array> =>
  new Uint8Array(await readFile(join(import.meta.dirname, 'fixtures', name)));
const fixture = async (name: string): Promise<Record<string, unknown>> =>
  JSON.parse(new TextDecoder().decode(await bytesOf(name)));
const withoutVersion = ({ version: _, ...fields }: Record<string, unknown>) => fields;

test.each(['v1.json', 'v1.preprocessing.json'])('%s is read as it was written', async (name) => {
  const stored = await fixture(name);
  expect(storedResult.read(stored, 'result r')).toEqual(stored);
});

test.each([
  ['v1.json', 'v2.json'],
  ['v1.what-if.json', 'v2.what-if.json'],
  ['v1.left-join.json', 'v2.left-join.json'],
])('%s is read as %s, which is read as it was written', async (old, newer) => {
  const expected = await fixture(newer);
  expect(expected.version).toBe(2);
  expect(storedResult.read(expected, 'result r')).toEqual(withoutVersion(expected));
  expect(storedResult.read(await fixture(old), 'result r')).toEqual(withoutVersion(expected));
});

test('the second answer of version 1 says what it is, and its tensors are called by it', async () => {
  const whatIf = storedResult.read(await fixture('v1.what-if.json'), 'result r');
  expect(whatIf.other).toMatchObject({ kind: 'unchanged', changes: ['ablate(dense#0)'] });
  expect(whatIf.other?.record).toMatchObject({ layer: 'net@0/dense' });
  expect(Object.keys(whatIf.tensors)).toEqual(['counts', 'edges', 'other.counts', 'other.edges']);
  const leftJoin = storedResult.read(await fixture('v1.left-join.json'), 'result r');
  expect(leftJoin.other).toMatchObject({ kind: 'right', sides: { left: 'net@0', right: 'net@1' } });
  expect(leftJoin.other?.record).toMatchObject({ accuracy: 1 });
});

test.each(['what-if', 'left-join'])('an answer of version 1 is read as it arrives: %s', async (name) => {
  const expected = withoutVersion(await fixture(`v2.${name}.json`));
  expect(receivedResultSchema.parse(await fixture(`v1.${name}.json`))).toEqual(expected);
  expect(receivedResultSchema.parse(expected)).toEqual(expected);
});

test.each(['what-if', 'left-join'])(
  'the numbers of version 1 bear the names of version 2: %s',
  async (name) => {
    const [old, newer] = [await bytesOf(`v1.${name}.safetensors`), await bytesOf(`v2.${name}.safetensors`)];
    const renamed = withNamesOfOther(old);
    expect(renamed.byteLength).toBe(old.byteLength);
    expect(decodeSafetensors(renamed)).toEqual(decodeSafetensors(newer));
    expect(Object.keys(decodeSafetensors(renamed).tensors)).toContain('other.counts');
    // Nothing is to be done to a file of version 2, nor to what cannot be read.
    expect(withNamesOfOther(newer)).toBe(newer);
    for (const part of [old.subarray(0, 4), old.subarray(0, 40), old.subarray(8)])
      expect(withNamesOfOther(part)).toBe(part);
  },
);

test('a second answer that is none is damage', async () => {
  const stored = await fixture('v1.what-if.json');
  for (const before of ['none', { changes: 'all' }, { changes: [], against: { left: 'a' } }])
    expect(() => storedResult.read({ ...stored, before }, 'result r')).toThrow('result r is damaged');
});

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
