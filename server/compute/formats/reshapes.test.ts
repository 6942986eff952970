/** Flatten and Reshape: as Keras computes them, or refused by the sizes that do not fit. */
import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { disposeModel } from './index.ts';
import { functional, type KerasConfig, type Workbench, workbench } from './testing/bench.ts';
import { finishModel } from './topology/model.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});

const build = (size: readonly (number | null)[], className: string, config: KerasConfig) =>
  finishModel(
    {
      ...{ format: 'keras', file: 'm.keras', keras3: true, weights: [] },
      architecture: functional([
        ['InputLayer', 'in', { batch_shape: [null, ...size] }],
        [className, 'it', config],
      ]),
    },
    bench.context,
  );

/** What the layer makes of 0, 1, 2, ... */
async function made(shape: readonly number[], className: string, config: KerasConfig, open = false) {
  const outcome = await build(
    shape.map((size) => (open ? null : size)),
    className,
    config,
  );
  const model = await bench.revive(outcome);
  const { tf } = bench;
  const given = tf.range(0, 2 * shape.reduce((a, b) => a * b, 1)).reshape([2, ...shape]);
  const out = model.predict(given) as Tensor;
  const result = { shape: out.shape, data: Array.from(out.dataSync()) };
  tf.dispose([given, out]);
  disposeModel(model);
  return { ...result, told: outcome.manifest.outputs[0]!.shape };
}
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('Flatten', () => {
  it.each<[string, number[], number[]]>([
    ['a row as it is', [3], [2, 3]],
    ['a picture', [2, 3, 2], [2, 12]],
  ])('%s', async (_, shape, out) => {
    const found = await made(shape, 'Flatten', {});
    expect(found).toEqual({ shape: out, data: upTo(2 * out[1]!), told: [null, out[1]] });
  });

  it('channels first are put last before, as Keras does, but for rows', async () => {
    const first = { data_format: 'channels_first' };
    const found = await made([2, 3], 'Flatten', first);
    expect(found.data).toEqual([0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11]);
    expect((await made([3], 'Flatten', first)).data).toEqual(upTo(6));
  });

  it('sizes that are open stay open until there are data', async () => {
    expect(await made([2, 3], 'Flatten', {}, true)).toEqual({
      ...{ shape: [2, 6], data: upTo(12), told: [null, null] },
    });
  });

  it('each step of a sequence', async () => {
    const layer = { class_name: 'Flatten', config: { name: 'f' } };
    expect(await made([2, 3], 'TimeDistributed', { layer })).toMatchObject({ shape: [2, 2, 3] });
  });
});

describe('Reshape', () => {
  it.each<[number[], (number | null)[], number[]]>([
    [[32], [4, 8], [4, 8]],
    [[32], [4, -1], [4, 8]],
    [[4, 8], [-1], [32]],
    [
      [4, 8],
      [2, -1, 4],
      [2, 4, 4],
    ],
    // As TensorFlow.js saves the open size.
    [[32], [null, 2], [16, 2]],
  ])('%j as %j', async (shape, target, out) => {
    expect(await made(shape, 'Reshape', { target_shape: target })).toEqual({
      ...{ shape: [2, ...out], data: upTo(64), told: [null, ...out] },
    });
  });

  it('of open sizes, once there are data', async () => {
    expect(await made([4, 3], 'Reshape', { target_shape: [-1, 6] }, true)).toEqual({
      ...{ shape: [2, 2, 6], data: upTo(24), told: [null, null, 6] },
    });
    await expect(made([4, 3], 'Reshape', { target_shape: [-1, 5] }, true)).rejects.toMatchObject({
      ...{ name: 'UserError', code: 'invalid' },
      message: expect.stringMatching(
        /^the layer it \(Reshape\) cannot make \[-1, 5\] of \[4, 3\]: the open size would be 12 \/ 5, and there are 12/,
      ),
    });
  });

  it.each<[number[], number[], RegExp]>([
    [
      [32],
      [5, 5],
      /^m\.keras: the layer it \(Reshape\) cannot make \[5, 5\] of \[32\]: that takes 25 numbers, and there are 32; give it a target_shape of as many$/,
    ],
    [[32], [-1, 5], /cannot make \[-1, 5\] of \[32\]: the open size would be 32 \/ 5, and there are 32/],
    [[2, 3], [4, -1, 3], /cannot make \[4, -1, 3\] of \[2, 3\]: the open size would be 6 \/ 12/],
  ])('%j is no %j', async (shape, target, said) => {
    await expect(build(shape, 'Reshape', { target_shape: target })).rejects.toMatchObject({
      ...{ name: 'UserError', code: 'invalid', message: expect.stringMatching(said) },
    });
  });

  it.each([[[-1, -1]], [[0, 4]], [[-2]], [[2.5]], ['4']])('target_shape %j is refused', async (target) => {
    await expect(build([4], 'Reshape', { target_shape: target })).rejects.toMatchObject({
      name: 'UserError',
      message: `m.keras: the layer it (Reshape) has target_shape=${JSON.stringify(target)}; a list of positive sizes, one of them -1 at most was expected`,
    });
  });
});
