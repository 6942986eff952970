/**
 * What a worker refuses by itself, and what it warns of where no other test does: plans are made by hand here, past the
 * checks that queries go through before they reach a worker.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Query } from '../../../core/algebra/index.ts';
import { encodeSafetensors, type NamedTensor } from '../../../core/result/index.ts';
import { loadBackend } from '../backend/backend.ts';
import type { QueryPlan } from '../contract.ts';
import { loadSplit } from '../data/examples.ts';
import { pictureMaker } from '../data/pictures.ts';
import { gradientOf } from '../network/gradients.ts';
import { loadModel } from '../network/model.ts';
import { dense, what } from '../testing/analysis.ts';
import { ask, blobsOf, engineOn } from '../testing/engines.ts';
import { ALL, planOf, splitOf, storeData, storeModel, temporaryFolders } from '../testing/fixtures.ts';
import { stored, toyData, toyModel } from '../testing/toy.ts';
import type { Engine } from './engine.ts';

const folders = temporaryFolders();
const blobs = blobsOf(folders);
const model = toyModel(folders);
const data = toyData(folders);
const bare = storeData(folders, { shape: [4, 4, 1], classes: [], scale: 16, x: stored.slice(0, 160) });
let engine: Engine;
beforeAll(async () => {
  engine = await engineOn('wasm', folders);
});
afterAll(async () => {
  engine.dispose();
  await folders.remove();
});

const about = (asked: Query['what'], rest: Partial<Query> = {}, of = data): QueryPlan =>
  planOf(model, of, { what: asked, input: ALL, ...rest });
const invalid = (message: string) => ({ name: 'UserError', code: 'invalid', message });

describe('a query is refused in one sentence', () => {
  const distance: Query = {
    ...{ kind: 'select', model: { kind: 'model', model: 'tiny', step: 1 }, what: what('predict') },
    input: {
      ...{ kind: 'slice', dataset: 'toy', split: 'test' },
      where: {
        op: '<',
        left: { kind: 'distance', to: { kind: 'name', name: 'x' }, layer: 'conv' },
        right: { kind: 'number', value: 1 },
      },
    },
  };
  test.each<[string, QueryPlan]>([
    ['stats() needs a layer', about(what('stats'))],
    ['top() needs a unit, as in top(conv#0, 9)', about(what('top', 'conv', 9))],
    ['calibration() takes 1 to 1000 bins, found 1001', about(what('calibration', 1001))],
    ['toy.test has no labels; classmeans() groups by them', about(what('classmeans', 'conv'), {}, bare)],
    ['toy.test has no labels; confusion() compares with them', about(what('confusion'), {}, bare)],
    [
      'ig places no points; use pca, umap or tsne',
      about(what('units', 'conv'), { using: { method: 'ig', params: {} } }),
    ],
    ['x is bound to no example', about(what('predict'), distance)],
    ['this query needs data: f(digits.test), for example', planOf(model, null, { what: what('predict') })],
  ])('%s', async (message, plan) => {
    await expect(ask(engine, plan)).rejects.toMatchObject(invalid(message));
  });

  test('numbers of weights that no page could show', async () => {
    const { graph } = model.manifest;
    const layers = graph.layers.map((layer) => ({
      ...layer,
      weights: layer.weights.map(({ name }) => ({ name, shape: [2 ** 13, 2 ** 14] })),
    }));
    const wide = { ...model, manifest: { ...model.manifest, graph: { ...graph, layers } } };
    await expect(ask(engine, planOf(wide, null, { what: what('weights', 'out') }))).rejects.toMatchObject({
      code: 'unsupported',
      message:
        'out.kernel has 134217728 numbers, at most 67108864 can be shown; ask for one unit: weights(out#0)',
    });
  });
});

describe('what is stored and does not fit is refused', () => {
  const split = (tensors: Record<string, NamedTensor>) => {
    const blob = folders.put(encodeSafetensors(tensors));
    return { ...data, splits: [{ name: 'test', size: 2, blob }] };
  };
  const f32 = (...shape: number[]): NamedTensor => ({
    ...{ dtype: 'F32', shape },
    data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
  });

  test('splits', async () => {
    await expect(loadSplit(data, 'train', blobs)).rejects.toMatchObject({
      code: 'not_found',
      message: 'no split train; this data set has test',
    });
    await expect(loadSplit(split({ x: f32(2, 16) }), 'test', blobs)).rejects.toMatchObject(
      invalid('the stored split test is damaged: x has shape [2, 16], not [2, 4, 4, 1]'),
    );
    await expect(loadSplit(split({ x: f32(2, 4, 4, 1), y: f32(3) }), 'test', blobs)).rejects.toMatchObject(
      invalid('the stored split test is damaged: y has shape [3]'),
    );
  });

  test('models', async () => {
    const { tf } = await loadBackend('wasm');
    const before = tf.memory().numTensors;
    const load = (topology: unknown) =>
      loadModel(tf, { ...model.manifest, topology }, model.checkpoint, blobs);
    await expect(load('none')).rejects.toMatchObject(invalid('the model has no topology'));
    const unknown = JSON.parse(JSON.stringify(model.manifest.topology).replace('Flatten', 'Crumple'));
    await expect(load(unknown)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(/^the model cannot be built: Unknown layer: Crumple/),
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('what TensorFlow.js has no gradient of is refused, and nothing is left behind', async () => {
  const { tf } = await loadBackend('wasm');
  const x = tf.tensor1d([1, 2, 3]);
  const before = tf.memory().numTensors;
  expect(() => gradientOf(tf, (at) => tf.cumprod(at), x)).toThrow(
    /^TensorFlow\.js cannot differentiate this model \(.*Cumprod.*\); use occlusion or shapley, which need none/,
  );
  expect(tf.memory().numTensors).toBe(before);
  x.dispose();
});

describe('an answer that is not all of the truth says so', () => {
  const warnings = async (plan: QueryPlan) => (await ask(engine, plan)).meta.warnings;

  test('too few steps for an attribution to be complete', async () => {
    const steps = (n: number) =>
      warnings(about({ kind: 'identity' }, { using: { method: 'ig', params: { steps: n } } }));
    expect((await steps(500)).join()).not.toMatch(/use more steps/);
    expect((await steps(1)).join()).toMatch(
      /The attributions miss more than 1 % of the target’s change \(\d+ of 600 examples\): use more steps\./,
    );
  });

  test('no more examples are compared than every pair of them can be', async () => {
    const many = storeData(folders, {
      ...{ shape: [4, 4, 1], classes: [], scale: 16 },
      x: Array.from({ length: 2500 * 16 }, (_, i) => stored[(i * 7) % stored.length]!),
    });
    expect(await warnings(about(what('similarity', 'conv', 'out'), {}, many))).toContain(
      '2000 of 2500 examples, evenly spaced: every pair of them is compared.',
    );
  });

  test('pictures are drawn smaller where there are many', async () => {
    const split = await splitOf(data, blobs);
    const examples = { split, indices: Int32Array.of(0, 1), address: 'toy.test', single: false };
    const notes = (budget: number) => pictureMaker(examples, 2, 1, budget)?.warnings;
    expect(notes(2 * 16)).toEqual([]);
    expect(notes(2 * 16 - 1)).toEqual(['Pictures are shown at 1/2 of their size.']);
    expect(notes(2)).toEqual(['Pictures are shown at 1/4 of their size.']);
  });

  test('changed inputs beyond the range of the data are drawn stretched', async () => {
    const found = await warnings(
      about(what('images'), {
        limit: 3,
        changes: [{ kind: 'noise', sd: 3, seed: 1 }],
      }),
    );
    expect(found.join()).toMatch(/Values lie outside of 0 to 16: the pictures were stretched to fit\./);
  });

  test('examples without a prediction count as wrong', async () => {
    const lost = storeModel(
      folders,
      [2],
      [dense('in', [2, 2], [1, 2, 3, 4], 'linear'), dense('out', [2, 2], [Number.NaN, 2, 3, 4], 'softmax')],
    );
    const points = storeData(folders, {
      ...{ shape: [2], classes: ['a', 'b'], scale: 1 },
      ...{ x: [1, 2, 3, 4, 5, 6, 7, 9], y: [0, 1, 0, 1] },
    });
    const found = await warnings(planOf(lost, points, { what: what('examples', 'in'), input: ALL }));
    expect(found.join()).toMatch(
      /4 of 4 examples have no prediction, since their scores are not finite; they count as wrong\./,
    );
  });
});
