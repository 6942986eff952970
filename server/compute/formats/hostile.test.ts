/** Files that are wrong, by accident or by intent: always a UserError that names the file, never a crash or a wait. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../core/errors/index.ts';
import { importDataset, importModel } from './index.ts';
import { npy, png, smallModel, type Workbench, workbench, zipOf } from './testing/bench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});

const goldens = path.join(import.meta.dirname, 'goldens');
const picture = png(4, 4, (x, y) => [x * 40, y * 40, 90]);

/** One good file of each kind: the rest of this file breaks them. */
const SOUND: Record<string, { name: string; bytes: Buffer; kind: 'model' | 'dataset' }> = {
  h5: { name: 'm.h5', bytes: readFileSync(path.join(goldens, 'branched.h5')), kind: 'model' },
  keras: { name: 'm.keras', bytes: readFileSync(path.join(goldens, 'nested.keras')), kind: 'model' },
  'tfjs in a zip': { name: 'm.zip', bytes: zipOf(smallModel()), kind: 'model' },
  idx: { name: 'train-images-idx3-ubyte', bytes: idx(8, [20, 3, 2]), kind: 'dataset' },
  'idx.gz': { name: 'train-images-idx3-ubyte.gz', bytes: gzipSync(idx(8, [20, 3, 2])), kind: 'dataset' },
  npy: { name: 'x.npy', bytes: npy('<f4', [6, 5], Buffer.alloc(120, 1)), kind: 'dataset' },
  npz: {
    name: 'd.npz',
    bytes: zipOf([
      { name: 'x.npy', data: npy('|u1', [6, 4, 4], Buffer.alloc(96, 77)) },
      { name: 'y.npy', data: npy('<i8', [6], Buffer.alloc(48)) },
    ]),
    kind: 'dataset',
  },
  safetensors: {
    name: 'd.safetensors',
    bytes: readFileSync(
      path.join(import.meta.dirname, '../../../examples/digits/digits.safetensors'),
    ).subarray(0),
    kind: 'dataset',
  },
  pictures: {
    name: 'p.zip',
    bytes: zipOf([
      { name: 'train/a/1.png', data: picture },
      { name: 'train/b/1.png', data: picture },
    ]),
    kind: 'dataset',
  },
};

function idx(type: number, shape: number[]): Buffer {
  const header = Buffer.from([0, 0, type, shape.length]);
  const sizes = Buffer.alloc(4 * shape.length);
  for (const [at, size] of shape.entries()) sizes.writeUInt32BE(size, 4 * at);
  return Buffer.concat([
    header,
    sizes,
    Buffer.alloc(
      shape.reduce((a, b) => a * b, 1),
      7,
    ),
  ]);
}

function run(kind: 'model' | 'dataset', name: string, bytes: Uint8Array | string): Promise<unknown> {
  const files = [bench.upload(name, bytes)];
  return kind === 'model' ? importModel(files, bench.context) : importDataset(files, bench.context);
}

async function failure(promise: Promise<unknown>): Promise<UserError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof UserError))
    throw error ?? new Error('expected a UserError, but the import succeeded');
  return error;
}

describe.each(Object.entries(SOUND))('%s', (_, { name, bytes, kind }) => {
  it('imports when it is whole', async () => {
    await run(kind, name, bytes);
  });

  it('cut off at every tenth is an error that names the file', async () => {
    for (let tenth = 0; tenth < 10; tenth++) {
      const error = await failure(
        run(kind, name, bytes.subarray(0, Math.floor((bytes.length * tenth) / 10))),
      );
      expect(['invalid', 'unsupported', 'too_large']).toContain(error.code);
      expect(error.message.startsWith(name)).toBe(true);
    }
  });

  it('of another kind of content is an error', async () => {
    for (const wrong of [Buffer.from('hello, world'), Buffer.alloc(300), Buffer.alloc(300, 255)])
      expect((await failure(run(kind, name, wrong))).message.startsWith(name)).toBe(true);
  });
});

describe('random corruption', () => {
  // Damaged HDF5 can take ten seconds to give up on, and is tried in bulk by hand: a few cases here.
  it.each(Object.entries(SOUND))(
    'of %s gives a UserError or an import, nothing else',
    async (kindName, sound) => {
      const hdf5 = kindName === 'h5' || kindName === 'keras';
      const before = bench.tf.memory().numTensors;
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), {
            minLength: 1,
            maxLength: 12,
          }),
          async (changes) => {
            const bytes = Buffer.from(sound.bytes);
            for (const [where, value] of changes) bytes[Math.floor(where * (bytes.length - 1))] = value;
            try {
              await run(sound.kind, sound.name, bytes);
            } catch (error) {
              if (!(error instanceof UserError)) throw error;
            }
          },
        ),
        { numRuns: hdf5 ? 4 : 40, seed: 11 },
      );
      expect(bench.tf.memory().numTensors).toBe(before);
    },
  );
});

describe('archives', () => {
  it('refuses an archive that unpacks to far more than it is', async () => {
    const bomb = zipOf([{ name: 'x.npy', data: Buffer.alloc(40 * 2 ** 20) }]);
    expect(bomb.length).toBeLessThan(100_000);
    expect((await failure(run('dataset', 'bomb.zip', bomb))).code).toBe('too_large');
    expect((await failure(run('dataset', 'bomb.npz', bomb))).code).toBe('too_large');
  });

  it('refuses an entry that holds more than its header says', async () => {
    const liar = zipOf([{ name: 'x.npy', data: Buffer.alloc(2 ** 20), claimed: 100 }]);
    expect((await failure(run('dataset', 'liar.zip', liar))).code).toBe('invalid');
  });

  it.each(['../evil.npy', 'a/../../evil.npy', '/etc/evil.npy', '..\\evil.npy', 'C:\\evil.npy'])(
    'refuses the entry name %s, and writes nothing',
    async (name) => {
      const before = readdirSync(bench.context.spool).length;
      const error = await failure(
        run('dataset', 'z.zip', zipOf([{ name, data: npy('|u1', [1], Buffer.alloc(1)) }])),
      );
      expect(error.code).toBe('invalid');
      expect(readdirSync(bench.context.spool).length).toBe(before);
    },
  );

  it('refuses symbolic links', async () => {
    const link = zipOf([{ name: 'x.npy', data: '/etc/hosts', mode: 0o120777, store: true }]);
    expect((await failure(run('dataset', 'z.zip', link))).message).toMatch(/x\.npy is a symbolic link/);
  });

  it('refuses what is named .zip and is none, an empty archive, and an empty file', async () => {
    expect((await failure(run('model', 'm.zip', 'PK? no'))).message).toMatch(/not a zip archive/);
    expect((await failure(run('model', 'm.zip', zipOf([])))).message).toMatch(/holds no files/);
    expect((await failure(run('model', 'm.h5', ''))).message).toBe('m.h5: the file is empty');
    expect((await failure(importModel([], bench.context))).code).toBe('invalid');
  });
});

describe('headers that promise too much are refused before memory is taken', () => {
  it.each([
    ['idx', 'a-images-idx3-ubyte', Buffer.concat([Buffer.from([0, 0, 8, 3]), Buffer.alloc(12, 255)])],
    ['npy', 'x.npy', npy('<f8', [2 ** 31, 2 ** 20], Buffer.alloc(8))],
    ['png', 'p.zip', zipOf([{ name: 'a/x.png', data: png(2 ** 30, 2 ** 30, null) }])],
    [
      'safetensors',
      'd.safetensors',
      safetensorsHeader({ x: { dtype: 'F32', shape: [2 ** 40], data_offsets: [0, 2 ** 42] } }),
    ],
  ])('%s', async (_, name, bytes) => {
    const before = process.memoryUsage().arrayBuffers;
    await failure(run('dataset', name, bytes));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50e6);
  });

  it('a model whose layers ask for far more numbers than its file holds', async () => {
    const error = await failure(run('model', 'm.zip', zipOf(smallModel({ units: 2 ** 30 }))));
    expect(error.message).toMatch(/architecture and weights do not belong together/);
  });
});

function safetensorsHeader(header: object): Buffer {
  const text = Buffer.from(JSON.stringify(header));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([size, text]);
}
