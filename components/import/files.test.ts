import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { nameSchema } from '@/core/api/index.ts';
import { type DroppedFile, importsIn, kindOf, nameFor } from './files.ts';

const dropped = (path: string, content: Uint8Array<ArrayBuffer> | string = ''): DroppedFile => ({
  path,
  file: new File([content], path.split('/').at(-1) ?? path),
});

describe('what was dropped', () => {
  test.each([
    ['model.keras', 'model'],
    ['old.h5', 'model'],
    ['net/model.json', 'model'],
    ['train-images-idx3-ubyte.gz', 'dataset'],
    ['arrays.npz', 'dataset'],
    ['table.csv', 'dataset'],
    ['cats/1.png', 'dataset'],
    ['thesis.pdf', null],
  ] as const)('%s is a %s', async (path, kind) => {
    expect(await kindOf([dropped(path)])).toBe(kind);
  });

  test('a zip is judged by the names in it', async () => {
    const zip = (names: string[]) =>
      zipSync(
        Object.fromEntries(names.map((name) => [name, new Uint8Array([1])])),
      ) as Uint8Array<ArrayBuffer>;
    expect(await kindOf([dropped('a.zip', zip(['net/model.json', 'net/group1-shard1of1.bin']))])).toBe(
      'model',
    );
    expect(await kindOf([dropped('a.zip', zip(['cat/1.png', 'dog/2.png']))])).toBe('dataset');
    expect(await kindOf([dropped('a.zip', 'no zip at all')])).toBe('dataset');
  });
});

test('what was dropped together is one import for each model and zip, and one for the data', () => {
  const groups = (...paths: string[]) =>
    importsIn(paths.map((path) => dropped(path))).map((group) => group.map(({ path }) => path));
  expect(groups('price.keras', 'x.npy', 'y.npy')).toEqual([['price.keras'], ['x.npy', 'y.npy']]);
  expect(groups('a.keras', 'b.h5', 'c.zip')).toEqual([['a.keras'], ['b.h5'], ['c.zip']]);
  expect(
    groups('net/model.json', 'net/group1-shard1of2.bin', 'net/group1-shard2of2.bin', 'test.csv'),
  ).toEqual([['net/model.json', 'net/group1-shard1of2.bin', 'net/group1-shard2of2.bin'], ['test.csv']]);
  expect(groups('a/1.png', 'b/2.png')).toEqual([['a/1.png', 'b/2.png']]);
  expect(groups('net/model.json', 'net/w.bin', 'net/graph.png')).toEqual([
    ['net/model.json', 'net/w.bin', 'net/graph.png'],
  ]);
});

describe('its name', () => {
  test.each([
    ['My Model (final).keras', 'My-Model-final'],
    ['net/model.json', 'net'],
    ['model.json', 'model'],
    ['train-images-idx3-ubyte.gz', 'train-images-idx3-ubyte'],
    ['2024-überfit.h5', 'uberfit'],
    ['???.npz', 'import'],
  ])('%s becomes %s', (path, name) => {
    const found = nameFor([dropped(path)], []);
    expect(found).toBe(name);
    expect(nameSchema.safeParse(found).success).toBe(true);
  });

  test('a name that is taken gets a number', () => {
    expect(nameFor([dropped('net.keras')], ['net', 'net-2'])).toBe('net-3');
  });
});
