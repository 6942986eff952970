/** Dot and UnitNormalization of short vectors, over any axes, and a Reshape before weights: as Keras computes them. */
import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '../backend/backend.ts';
import { gradientOf } from '../network/gradients.ts';
import { graphOfLayers } from '../network/layers/graph.ts';
import { Program } from '../network/program.ts';
import { MODEL_OUTPUT } from '../network/taps.ts';
import { BACKENDS } from '../testing/engines.ts';
import { disposeModel } from './index.ts';
import { functional, INPUT, type KerasLayer, tensor, type Workbench, workbench } from './testing/bench.ts';
import { finishModel } from './topology/model.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});

const row = (size: number): KerasLayer => ['InputLayer', 'in', { batch_shape: [null, size] }];
const imported = (layers: readonly KerasLayer[]) =>
  finishModel(
    { format: 'keras', file: 'm.keras', architecture: functional(layers), keras3: true, weights: [] },
    bench.context,
  );
const weighted = (layers: readonly KerasLayer[], shape: readonly number[]) =>
  finishModel(
    {
      format: 'keras',
      file: 'm.keras',
      architecture: functional(layers),
      keras3: true,
      weights: [
        { name: 'kernel', shape, layer: ['out'], read: () => new Float32Array(shape[0]! * shape[1]!) },
      ],
    },
    bench.context,
  );

describe.each(BACKENDS)('on %s', (name) => {
  async function run(layers: readonly KerasLayer[], shape: number[], data: readonly number[]) {
    const { tf } = await loadBackend(name);
    const model = await bench.revive(await imported(layers));
    const program = new Program(tf, graphOfLayers(tf, model));
    const x = tf.tensor([...data], shape);
    const first = (p: Tensor) => program.run(() => p, [MODEL_OUTPUT])[0] ?? p;
    const y = tf.tidy(() => first(x).clone());
    const slope = gradientOf(tf, first, x);
    const made = { shape: y.shape, values: [...y.dataSync()], slope: [...slope.dataSync()] };
    tf.dispose([x, y, slope]);
    disposeModel(model);
    return made;
  }

  it('UnitNormalization keeps the direction of vectors as short as 1e-10', async () => {
    const made = await run([row(2), ['UnitNormalization', 'out']], [3, 2], [3e-8, 4e-8, 0, 1e-10, 0, 0]);
    expect(made.values.map((value) => Math.round(value * 1e5) / 1e5)).toEqual([0.6, 0.8, 0, 1, 0, 0]);
    expect(made.slope.every(Number.isFinite)).toBe(true);
  });

  it('Dot of vectors as short as 1e-6 is their cosine; a vector of zeros has none', async () => {
    const both = { inbound_nodes: [{ args: [[tensor('in'), tensor('turned')]], kwargs: {} }] };
    const made = await run(
      [
        row(2),
        ['Rescaling', 'turned', { scale: [-1, 1] }],
        ['Dot', 'out', { axes: 1, normalize: true }, both],
      ],
      [3, 2],
      [3e-6, 4e-6, 0.3, 0.4, 0, 0],
    );
    expect(made.shape).toEqual([3, 1]);
    expect(made.values.map((value) => Math.round(value * 1e5) / 1e5)).toEqual([0.28, 0.28, 0]);
    expect(made.slope.every(Number.isFinite)).toBe(true);
  });

  it('Dot sums over the axes that it is told, of tensors of different ranks too', async () => {
    const input: KerasLayer = ['InputLayer', 'in', { batch_shape: [null, 2, 3] }];
    const both = (a: string, b: string) => ({
      inbound_nodes: [{ args: [[tensor(a), tensor(b)]], kwargs: {} }],
    });
    const x = [1, 2, 3, 4, 5, 6];
    // x x^T, the matrix times the mean of its rows, and as NumPy's einsum('nij,nik->njk').
    expect(
      await run([input, ['Dot', 'out', { axes: [2, -1] }, both('in', 'in')]], [1, 2, 3], x),
    ).toMatchObject({ shape: [1, 2, 2], values: [14, 32, 32, 77] });
    expect(
      await run(
        [input, ['GlobalAveragePooling1D', 'mean'], ['Dot', 'out', { axes: [2, 1] }, both('in', 'mean')]],
        [1, 2, 3],
        x,
      ),
    ).toMatchObject({ shape: [1, 2], values: [23, 54.5] });
    expect(await run([input, ['Dot', 'out', { axes: 1 }, both('in', 'in')]], [1, 2, 3], x)).toMatchObject({
      shape: [1, 3, 3],
      values: [17, 22, 27, 22, 29, 36, 27, 36, 45],
    });
  });
});

describe('the shape of', () => {
  it('a Reshape whose last size is left open is reckoned, so that weights fit behind it', async () => {
    const layers: KerasLayer[] = [
      INPUT,
      ['Reshape', 'shaped', { target_shape: [8, -1] }],
      ['Dense', 'out', { units: 3, use_bias: false }],
    ];
    const { manifest } = await weighted(layers, [4, 3]);
    expect(manifest.graph.layers.map(({ outputShape }) => outputShape)).toEqual([
      [null, 4, 4, 2],
      [null, 8, 4],
      [null, 8, 3],
    ]);
  });

  it('a Dot over axes of different sizes does not fit', () =>
    expect(
      imported([
        row(4),
        ['Dense', 'less', { units: 3 }],
        [
          'Dot',
          'out',
          { axes: 1 },
          { inbound_nodes: [{ args: [[tensor('in'), tensor('less')]], kwargs: {} }] },
        ],
      ]),
    ).rejects.toThrow('Dot sums over axes of different sizes, 1 of [null,4] and 1 of [null,3]'));
});
