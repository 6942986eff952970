/** Every layer class of Keras, with every argument set to something else: as Keras, or refused by name. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { LayersModel, Tensor } from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { UserError } from '../../../../core/errors/index.ts';
import { loadBackend } from '../../backend/backend.ts';
import { gradientOf } from '../../network/gradients.ts';
import { graphOfLayers } from '../../network/layers/graph.ts';
import { Program } from '../../network/program.ts';
import { MODEL_OUTPUT } from '../../network/taps.ts';
import { BACKENDS } from '../../testing/engines.ts';
import type { Tf } from '../../tf.ts';
import { disposeModel } from '../index.ts';
import { type Workbench, workbench } from '../testing/bench.ts';
import { finishModel, type RawModel } from '../topology/model.ts';
import { CLASSES } from './classes/index.ts';

const numbers = z.array(z.number());
const goldens = z
  .object({
    shapes: z.record(z.string(), numbers),
    classes: z.record(
      z.string(),
      z.object({
        inputs: z.array(z.string()),
        module: z.string(),
        config: z.record(z.string(), z.unknown()),
        cases: z.array(
          z.object({
            case: z.string(),
            set: z.record(z.string(), z.unknown()),
            weights: z.array(z.tuple([z.string(), numbers])).optional(),
            outputs: z.array(z.object({ shape: numbers, data: z.array(z.number().nullable()) })).optional(),
            gradient: numbers.optional(),
            keras: z.string().optional(),
          }),
        ),
      }),
    ),
  })
  .parse(
    JSON.parse(
      readFileSync(path.join(import.meta.dirname, '..', 'goldens', 'layers.json'), 'utf8').replaceAll(
        'NaN',
        'null',
      ),
    ),
  );
type Golden = (typeof goldens.classes)[string];
type Case = Golden['cases'][number];

/** The formulas of make_layers.py. */
function formula(count: number, salt: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) =>
    Math.fround((((i + 1) * (7817 + 96 * salt)) % 1009) / 504.5 - 1),
  );
}
function inputOf(kind: string, salt: number): { shape: number[]; data: Float64Array } {
  const shape = goldens.shapes[kind]!;
  const plain = formula(sizeOf(shape), salt);
  return {
    shape,
    data: kind === 'tokens' ? plain.map((v) => Math.abs(roundEven(v * 9))) : plain.map((v) => 2 * v),
  };
}
/** As NumPy rounds. */
function roundEven(value: number): number {
  const near = Math.round(value);
  return Math.abs(value % 1) === 0.5 && near % 2 !== 0 ? near - 1 : near;
}
function weightOf(name: string, shape: readonly number[], salt: number): Float32Array {
  const values = formula(sizeOf(shape), salt + 20);
  const last = name.split('/').at(-1) ?? '';
  return Float32Array.from(values, (v) =>
    /variance|_scale|count/.test(last) ? Math.abs(v) + 0.25 : v * 0.75,
  );
}
const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

function rawModel(name: string, { inputs, module, config }: Golden, one: Case): RawModel {
  const tensor = (i: number) => ({
    class_name: '__keras_tensor__',
    config: { keras_history: [`in${i}`, 0, 0] },
  });
  const given = inputs.map((_, i) => tensor(i));
  const several = /MultiHead|Group(ed)?Query/.test(name);
  return {
    format: 'keras',
    file: 'it.keras',
    keras3: true,
    architecture: {
      module: 'keras.src.models.functional',
      class_name: 'Functional',
      registered_name: 'Functional',
      config: {
        name: 'model',
        layers: [
          ...inputs.map((kind, i) => ({
            module: 'keras.layers',
            class_name: 'InputLayer',
            config: {
              batch_shape: [null, ...goldens.shapes[kind]!.slice(1)],
              dtype: 'float32',
              name: `in${i}`,
            },
            registered_name: null,
            name: `in${i}`,
            inbound_nodes: [],
          })),
          {
            module,
            class_name: name,
            config: { ...config, ...one.set, name: 'it' },
            registered_name: null,
            name: 'it',
            inbound_nodes: [{ args: several ? given : given.length > 1 ? [given] : given, kwargs: {} }],
          },
        ],
        input_layers: inputs.map((_, i) => [`in${i}`, 0, 0]),
        output_layers: (one.outputs ?? [0]).map((_, i) => ['it', 0, i]),
      },
    },
    weights: (one.weights ?? []).map(([weight, shape], salt) => ({
      name: `it/${weight}`,
      shape,
      layer: ['it'],
      read: () => weightOf(weight, shape, salt),
    })),
  };
}

/** Computed here, of all classes that Keras has: what is missing is refused whole. */
const REFUSED = [
  ...['AutoContrast', 'CategoryEncoding', 'CenterCrop', 'ContrastLimitedAdaptiveHistogramEqualization'],
  ...[
    'ConvLSTM1D',
    'ConvLSTM3D',
    'Discretization',
    'EinsumDense',
    'Equalization',
    'HashedCrossing',
    'Hashing',
  ],
  ...['IntegerLookup', 'Lambda', 'MaxNumBoundingBoxes', 'MelSpectrogram', 'Pipeline', 'RNN', 'RandomCrop'],
  ...['ReversibleEmbedding', 'STFTSpectrogram', 'Solarization', 'SpectralNormalization'],
];

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});

it('knows or refuses each class of Keras', () => {
  const unknown = Object.keys(goldens.classes).filter((name) => !Object.hasOwn(CLASSES, name));
  expect(unknown.filter((name) => !REFUSED.includes(name))).toEqual([]);
  expect(REFUSED.filter((name) => !unknown.includes(name))).toEqual([]);
});

describe.each(BACKENDS)('on %s', (backend) => {
  const refusals: string[] = [];
  it.each(Object.keys(goldens.classes))('%s', async (name) => {
    const { tf } = await loadBackend(backend);
    const golden = goldens.classes[name]!;
    const faults: string[] = [];
    for (const one of golden.cases) {
      // What Keras itself cannot compute has no answer to compare with.
      if (!one.outputs) continue;
      const fault = await compare(name, golden, one).catch(
        (error: Error) => `threw ${error.stack?.slice(0, 400)}`,
      );
      if (fault) faults.push(`${one.case}: ${fault}`);
    }
    expect(faults).toEqual([]);

    async function compare(className: string, layer: Golden, one: Case): Promise<string | null> {
      const before = tf.memory().numTensors;
      let outcome: Awaited<ReturnType<typeof finishModel>>;
      try {
        outcome = await finishModel(rawModel(className, layer, one), { ...bench.context, tf });
      } catch (error) {
        if (!(error instanceof UserError)) return `threw ${error instanceof Error ? error.stack : error}`;
        refusals.push(`${className} ${one.case}: ${error.message}`);
        // Of what a wrapper holds, that layer's own.
        if (!/the layer (it|forward_rnn|lambda) /.test(error.message))
          return `is refused without its name: ${error.message}`;
        if (one.case === 'plain' && Object.hasOwn(CLASSES, className) && one.outputs)
          return `is refused as it is by default: ${error.message}`;
        if (/cannot build/.test(error.message)) return `is refused by TensorFlow.js: ${error.message}`;
        return tf.memory().numTensors === before ? null : 'leaks when it is refused';
      }
      const model = await bench.revive(outcome);
      try {
        return compareNumbers(tf, model, layer, one);
      } finally {
        disposeModel(model);
      }
    }
  });
  afterAll(() => {
    if (process.env.SHOW_REFUSALS) console.log(refusals.join('\n'));
  });
});

function compareNumbers(tf: Tf, model: LayersModel, { inputs }: Golden, one: Case): string | null {
  const outputs = one.outputs ?? [];
  const tensors = inputs.map((kind, i) => {
    const { shape, data } = inputOf(kind, i);
    return tf.tensor(Float32Array.from(data), shape);
  });
  const made = [model.predict(tensors.length > 1 ? tensors : tensors[0]!)].flat() as Tensor[];
  try {
    for (const [at, wanted] of outputs.entries()) {
      const own = made[at]!;
      if (own.shape.join() !== wanted.shape.join())
        return `output ${at} has the shape ${own.shape}, in Keras ${wanted.shape}`;
      const worst = distance(own.dataSync(), wanted.data);
      if (!(worst < 1e-5)) return `output ${at} differs by ${worst}`;
    }
    if (!one.gradient || inputs.length > 1 || outputs.length > 1) return null;
    const program = new Program(tf, graphOfLayers(tf, model));
    const gradient = gradientOf(
      tf,
      (x) => {
        const [y] = program.run(() => x, [MODEL_OUTPUT]);
        return tf.mul(y!, tf.tensor(Float32Array.from(formula(y!.size, 5)), y!.shape));
      },
      tensors[0]!,
    );
    const worst = distance(gradient.dataSync(), one.gradient);
    gradient.dispose();
    return worst < 1e-4 ? null : `its gradient differs by ${worst}`;
  } finally {
    tf.dispose([tensors, made]);
  }
}

/** Largest difference, relative where numbers are above 1. */
function distance(ours: ArrayLike<number>, theirs: readonly (number | null)[]): number {
  if (ours.length !== theirs.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (const [i, wanted] of theirs.entries()) {
    const own = ours[i]!;
    if (wanted === null) {
      if (!Number.isNaN(own)) return Number.POSITIVE_INFINITY;
      continue;
    }
    worst = Math.max(worst, Math.abs(own - wanted) / Math.max(1, Math.abs(wanted)));
    if (Number.isNaN(own)) return Number.NaN;
  }
  return worst;
}
