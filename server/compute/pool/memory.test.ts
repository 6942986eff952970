/**
 * What questions take, against what was estimated: the peak of the resident memory of a real worker, as Linux counts
 * it, beyond what it had before its first job. Over models whose layers are wide, one for each way to be so.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from '../../../core/algebra/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import type { QueryPlan } from '../contract.ts';
import { batchSize, bytesPerExample } from '../inference/forward.ts';
import { BACKENDS } from '../testing/engines.ts';
import {
  type Folders,
  type StoredModel,
  storeData,
  storeModel,
  temporaryFolders,
} from '../testing/fixtures.ts';
import { type Ground, planFor } from '../testing/plans.ts';
import { FILTERS, random, toyModel } from '../testing/toy.ts';
import { estimateBytes } from './admission.ts';
import { createPool } from './pool.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());

const MB = 2 ** 20;
const next = random(7);
const numbers = (count: number) => Array.from({ length: count }, () => Math.fround(next() - 0.5));
const dense = (name: string, from: number, units: number, activation = 'softmax') => ({
  ...{ type: 'Dense', name, config: { units, activation, use_bias: false }, output: [units] },
  weights: [{ name: 'kernel', shape: [from, units], values: numbers(from * units) }],
});
const conv = (name: string, side: number, from: number, filters: number) => ({
  ...{ type: 'Conv2D', name, output: [side, side, filters] },
  config: {
    ...{ filters, kernel_size: [3, 3], strides: [1, 1], padding: 'same', data_format: 'channels_last' },
    ...{ dilation_rate: [1, 1], activation: 'relu', use_bias: false },
  },
  weights: [{ name: 'kernel', shape: [3, 3, from, filters], values: numbers(9 * from * filters) }],
});

/** Pictures that grow on their way. */
const pictures = (own: Folders): StoredModel =>
  storeModel(
    own,
    [32, 32, 3],
    [
      {
        type: 'UpSampling2D',
        name: 'up',
        config: { size: [32, 32], data_format: 'channels_last' },
        output: [1024, 1024, 3],
      },
      conv('conv', 1024, 3, 12),
      {
        type: 'GlobalAveragePooling2D',
        name: 'pool',
        config: { data_format: 'channels_last' },
        output: [12],
      },
      dense('out', 12, 3),
    ],
  );
/** A vector that is repeated. */
const sequence = (own: Folders): StoredModel =>
  storeModel(
    own,
    [8],
    [
      { type: 'RepeatVector', name: 'repeat', config: { n: 4_000_000 }, output: [4_000_000, 8] },
      { type: 'GlobalAveragePooling1D', name: 'pool', config: { data_format: 'channels_last' }, output: [8] },
      dense('out', 8, 3),
    ],
  );
/** Weights that outweigh everything. */
const weighty = (own: Folders): StoredModel =>
  storeModel(own, [512], [dense('wide', 512, 8000, 'relu'), dense('out', 8000, 3)]);

const data = (shape: number[], n: number) =>
  storeData(folders, {
    ...{ shape, classes: ['a', 'b', 'c'], scale: 255, y: Array.from({ length: n }, (_, i) => i % 3) },
    x: Array.from({ length: n * shape.reduce((a, b) => a * b, 1) }, () => Math.floor(next() * 256)),
  });
const GROUNDS: Record<string, { ground: Ground; layer: string }> = {
  pictures: {
    ground: { models: { m: [pictures(folders)] }, datasets: { d: data([32, 32, 3], 6) } },
    layer: 'conv',
  },
  sequence: {
    ground: { models: { m: [sequence(folders)] }, datasets: { d: data([8], 6) } },
    layer: 'repeat',
  },
  weighty: {
    ground: { models: { m: [weighty(folders)] }, datasets: { d: data([512], 3000) } },
    layer: 'wide',
  },
};
/** One of each kind that keeps something of its own. */
const questions = (layer: string) => [
  `select activation(${layer}) from m(d.test[1])`,
  `select histogram(${layer}) from m(d.test)`,
  `select examples(${layer}) from m(d.test)`,
  // Of layers of millions of numbers it takes minutes.
  ...(layer === 'wide' ? [`select similarity(${layer}, out) from m(d.test)`] : []),
  // TensorFlow.js adds up the gradient of a repetition part by part, here four million times.
  ...(layer === 'repeat'
    ? []
    : [
        'select * from m(d.test[1]) using ig(steps=4)',
        `select ${layer} from m(d.test[1]) using gradient`,
        'select predict() from m(d.test[confidence > 0.1]) with pgd(0.1, 2)',
      ]),
];
/** Node's own heap, and what allocators keep. */
const FIXED = 96 * MB;

function peak(pid: number): number {
  const line = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1]) * 1024;
}
const counted = existsSync('/proc/self/clear_refs');

describe.skipIf(!counted).each(BACKENDS.slice(0, 1))('on %s', (backend) => {
  test.each(Object.entries(GROUNDS))(
    '%s: at most twice the estimate',
    { timeout: 600_000 },
    async (_, of) => {
      const wrong: string[] = [];
      for (const text of questions(of.layer)) {
        const plan = planned(of.ground, text);
        if (plan === null) continue;
        const estimate = estimateBytes({ kind: 'query', plan });
        const taken = await takenBy(backend, plan);
        const line = `${text}: ${Math.round(taken / MB)} MiB taken, ${Math.round(estimate / MB)} estimated`;
        if (taken > 2 * estimate + FIXED) wrong.push(line);
      }
      expect(wrong).toEqual([]);
    },
  );
});

/** Null for what this model cannot be asked. */
function planned(ground: Ground, text: string): QueryPlan | null {
  try {
    return planFor(ground, parse(text));
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

/** A fresh worker each time: memory that an earlier question gave back would hide what this one takes. */
async function takenBy(backend: 'native' | 'wasm', plan: QueryPlan): Promise<number> {
  const pool = createPool({
    ...{ workers: 1, blobs: folders.blobs, spool: folders.spool, memoryBytes: 6 * 2 ** 30, backend },
    entry: {
      file: path.join(import.meta.dirname, '..', 'worker.ts'),
      args: [],
      execArgv: ['--import', 'tsx'],
    },
  });
  try {
    await expect.poll(() => pool.status().workers, { timeout: 60_000 }).toBe(1);
    const pid = pool.pids()[0]!;
    const before = peak(pid);
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
    await pool.run({ kind: 'query', plan });
    return peak(pid) - before;
  } finally {
    await pool.close();
  }
}

describe('what is too large is refused before it starts, with figures and what to do', () => {
  const wide = (type: string, output: number[], config: Record<string, unknown> = {}) =>
    storeModel(folders, output.length === 2 ? [8] : [32, 32, 3], [
      { type, name: 'wide', config, output },
      { type: 'Flatten', name: 'flat', config: {}, output: [output.reduce((a, b) => a * b, 1)] },
    ]);
  test.each([
    ['RepeatVector', [1e8, 8]],
    ['UpSampling2D', [100_000, 10_000, 3]],
    ['ZeroPadding2D', [60_000, 60_000, 3]],
  ])('%s', async (type, output) => {
    const shape = output.length === 2 ? [8] : [32, 32, 3];
    const ground: Ground = { models: { m: [wide(type, output)] }, datasets: { d: data(shape, 2) } };
    const pool = createPool({
      ...{
        workers: 1,
        blobs: folders.blobs,
        spool: folders.spool,
        memoryBytes: 8 * 2 ** 30,
        backend: 'wasm',
      },
      entry: {
        file: path.join(import.meta.dirname, '..', 'worker.ts'),
        args: [],
        execArgv: ['--import', 'tsx'],
      },
    });
    const texts = [
      'select activation(wide) from m(d.test[0])',
      'select * from m(d.test[0]) using ig(steps=2)',
    ];
    for (const text of texts) {
      const plan = planned(ground, text);
      if (!plan) throw new Error(`${text} was not let pass`);
      const asked = pool.run({ kind: 'query', plan });
      await expect(asked).rejects.toMatchObject({
        code: 'overloaded',
        message: expect.stringMatching(
          /^this needs about \d+\.\d GiB of memory, \d\.\d GiB are allowed; ask about fewer examples \(limit 1000\) or a smaller layer, or give the server more memory$/,
        ),
      });
    }
    await pool.close();
  });

  test('a size that the model leaves open is counted as the example’s own', () => {
    const model = toyModel(folders);
    const open = {
      ...model.manifest,
      graph: {
        ...model.manifest.graph,
        layers: model.manifest.graph.layers.map((layer) => ({
          ...layer,
          outputShape: layer.outputShape.map((size, i) => (i === 1 || i === 2 ? null : size)),
        })),
      },
    };
    expect(bytesPerExample(open, [1000, 500, 1])).toBeGreaterThan(4 * 1000 * 500 * FILTERS);
    expect(batchSize(open, [1000, 500, 1])).toBeLessThan(12);
  });
});
