/** Manifests of every version that was ever stored (fixtures/README.md). */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  storedCheckpointManifest,
  storedDatasetManifest,
  storedModelManifest,
  withImportersCaveat,
} from './index.ts';

const fixture = async (name: string): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(join(import.meta.dirname, 'fixtures', name), 'utf8'));

test('a model of version 1 is read as it was written; what the first importer read says so', async () => {
  const first = await fixture('model.v1.json');
  const read = storedModelManifest.read(first, 'model net');
  expect(read).toEqual(first);
  expect(withImportersCaveat(read).caveats).toHaveLength(1);
  const later = await fixture('model.v1.caveats.json');
  expect(storedModelManifest.read(later, 'model net')).toEqual(later);
  expect(withImportersCaveat(storedModelManifest.read(later, 'model net')).caveats).toEqual(later.caveats);
  expect(JSON.parse(storedModelManifest.write(read))).toEqual({ version: 1, ...first });
});

test('a checkpoint of version 1 is read as it was written', async () => {
  const stored = await fixture('checkpoint.v1.json');
  expect(storedCheckpointManifest.read(stored, 'checkpoint 1')).toEqual(stored);
});

test('a data set of version 1 keeps the divisor that it was imported with', async () => {
  const { scale: _, ...bytes } = await fixture('dataset.v1.json');
  expect(storedDatasetManifest.read(await fixture('dataset.v1.json'), 'data set d')).toEqual({
    ...bytes,
    ...{ importer: 1, dtype: 'U8', range: [0, 255], declaredScale: 255 },
  });
  const { scale: __, ...fractions } = await fixture('dataset.v1.fractions.json');
  expect(storedDatasetManifest.read(await fixture('dataset.v1.fractions.json'), 'data set d')).toEqual({
    ...fractions,
    ...{ importer: 1, dtype: 'F32', range: null, declaredScale: null },
  });
});

test('a data set of version 2 is read as it was written', async () => {
  const { version: _, ...stored } = await fixture('dataset.v2.json');
  expect(storedDatasetManifest.read(await fixture('dataset.v2.json'), 'data set d')).toEqual(stored);
});

test('a data set of version 3 is read as it was written', async () => {
  const { version: _, ...stored } = await fixture('dataset.v3.arrays.json');
  const read = storedDatasetManifest.read(await fixture('dataset.v3.arrays.json'), 'data set d');
  expect(read).toEqual(stored);
  expect(JSON.parse(storedDatasetManifest.write(read))).toEqual({ version: 3, ...stored });
});

test('a manifest of a later version is not damaged; one whose divisor is none is', async () => {
  const later = { ...(await fixture('dataset.v2.json')), version: 4, dtype: 'F16' };
  expect(() => storedDatasetManifest.read(later, 'data set d')).toThrow(
    'Data set d was written by a later version of Interlayer (version 4 of its shape; this one reads up to 3)',
  );
  const damaged = { ...(await fixture('dataset.v1.json')), scale: 0 };
  expect(() => storedDatasetManifest.read(damaged, 'data set d')).toThrow('data set d is damaged');
});
