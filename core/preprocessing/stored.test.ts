/** Choices and trials of every version that was ever stored (fixtures/README.md). */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { storedChoice, storedTrial } from './stored.ts';

const fixture = async (name: string): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(join(import.meta.dirname, 'fixtures', name), 'utf8'));

test.each([
  ['choice.v1.scale.json', storedChoice],
  ['choice.v1.all.json', storedChoice],
  ['choice.v1.versions.json', storedChoice],
  ['choice.v2.inputs.json', storedChoice],
  ['trial.v1.json', storedTrial],
  ['trial.v1.untried.json', storedTrial],
  ['trial.v1.versions.json', storedTrial],
] as const)('%s is read as it was written, and written with its version', async (name, shape) => {
  const { version: _, ...written } = await fixture(name);
  const stored = await fixture(name);
  expect(shape.read(stored, 'the preprocessing')).toEqual(written);
  const again = shape === storedChoice ? storedChoice.write(storedChoice.read(stored, '')) : null;
  const trial = shape === storedTrial ? storedTrial.write(storedTrial.read(stored, '')) : null;
  expect(JSON.parse(again ?? trial ?? '')).toEqual({ version: shape.newest, ...written });
});

test.each([storedChoice, storedTrial])('one of a later version is refused by name', (shape) => {
  expect(() => shape.read({ version: shape.newest + 1 }, 'the preprocessing of digits for net')).toThrow(
    `The preprocessing of digits for net was written by a later version of Interlayer (version ${shape.newest + 1} of its shape; this one reads ${shape.newest === 1 ? 'version 1' : `up to ${shape.newest}`}): update the server`,
  );
});
