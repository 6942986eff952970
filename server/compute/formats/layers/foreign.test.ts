/** Whose code a file's classes and functions are, how they are called, and in which numbers: said, or refused by name. */
import { beforeAll, describe, expect, test } from 'vitest';
import { graphOfLayers } from '../../network/layers/graph.ts';
import { Program } from '../../network/program.ts';
import { MODEL_OUTPUT } from '../../network/taps.ts';
import { disposeModel } from '../index.ts';
import { predict, type Workbench, workbench } from '../testing/bench.ts';
import type { SourceWeight } from '../topology/assign.ts';
import { finishModel } from '../topology/model.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});

interface SerializedObject {
  readonly class_name?: string;
  readonly module?: string | null;
  readonly registered_name?: string | null;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly kwargs?: Readonly<Record<string, unknown>>;
  readonly more?: unknown;
  readonly beside?: Readonly<Record<string, unknown>>;
  readonly input?: Readonly<Record<string, unknown>>;
}

const DENSE: readonly SourceWeight[] = [
  { name: 'it/kernel', shape: [4, 2], layer: ['it'], read: () => new Float32Array(8) },
  { name: 'it/bias', shape: [2], layer: ['it'], read: () => new Float32Array(2) },
];

/** As Keras 3 writes it: an input of 4 numbers, and a dense layer `it` of 2 units that is written so. */
function imported(
  written: SerializedObject,
  model: Readonly<Record<string, unknown>> = {},
  weights: readonly SourceWeight[] = DENSE,
) {
  const {
    class_name = 'Dense',
    module = 'keras.layers',
    registered_name = null,
    config,
    kwargs = {},
  } = written;
  const tensor = { class_name: '__keras_tensor__', config: { keras_history: ['in', 0, 0] } };
  return finishModel(
    {
      format: 'keras',
      file: 'it.keras',
      keras3: true,
      architecture: {
        module: 'keras.src.models.functional',
        class_name: 'Functional',
        registered_name: 'Functional',
        ...model,
        config: {
          name: 'model',
          layers: [
            {
              module: 'keras.layers',
              class_name: 'InputLayer',
              registered_name: null,
              config: { batch_shape: [null, 4], dtype: 'float32', name: 'in', ...written.input },
              name: 'in',
              inbound_nodes: [],
            },
            {
              module,
              class_name,
              registered_name,
              config: {
                name: 'it',
                trainable: true,
                ...(class_name === 'Dense' ? { units: 2 } : {}),
                ...config,
              },
              name: 'it',
              inbound_nodes: [
                { args: [tensor, ...(written.more === undefined ? [] : [written.more])], kwargs },
              ],
              ...written.beside,
            },
          ],
          input_layers: [['in', 0, 0]],
          output_layers: [['it', 0, 0]],
        },
      },
      weights,
    },
    bench.context,
  );
}
const rejects = (run: Promise<unknown>, message: RegExp) =>
  expect(run).rejects.toMatchObject({ code: 'unsupported', message: expect.stringMatching(message) });

describe('module and registration decide, not the name', () => {
  test.each([
    [
      'of a package',
      { module: null, registered_name: 'pkg>Dense' },
      /module null, registered_name "pkg>Dense"/,
    ],
    ['of a script', { module: '__main__', registered_name: 'Dense' }, /module "__main__"/],
    [
      'of another library',
      { module: 'keras_hub.src.layers', registered_name: 'keras_hub>Dense' },
      /keras_hub/,
    ],
    ['as Keras 2 wrote it', { class_name: 'Custom>Dense' }, /registered_name null/],
  ])('a class %s', async (_, written, told) => {
    const run = imported(written);
    await rejects(run, /the layer it \(.*Dense\) is not supported: it is a class of one's own/);
    await rejects(run, told);
  });

  test('a model of one’s own', async () => {
    await rejects(
      imported({}, { module: null, registered_name: 'pkg>Functional' }),
      /\(Functional\) is not supported: it is a class of one's own/,
    );
    await rejects(
      imported({}, { class_name: 'MyModel', module: null, registered_name: 'pkg>MyModel' }),
      /\(MyModel\) is not supported: it is a class of one's own/,
    );
  });

  test('a function or a layer of one’s own as activation', async () => {
    const own = (config: string) => ({
      module: 'builtins',
      class_name: 'function',
      config,
      registered_name: 'function',
    });
    for (const name of ['gelu', 'pkg>gelu', 'lrelu'])
      await rejects(
        imported({ config: { activation: own(name) } }),
        /the layer it uses the activation \S+, which is not computed here: it is a function of one's own \(module "builtins", registered_name "function"\)/,
      );
    const layer = { module: null, class_name: 'ELU', config: { alpha: 1 }, registered_name: 'pkg>ELU' };
    await rejects(
      imported({ config: { activation: layer } }),
      /the activation ELU.*registered_name "pkg>ELU"/,
    );
    const lambda = { value: ['4wEAAAAA', null, null] };
    await rejects(
      imported({ config: { activation: lambda } }),
      /the layer it uses the activation lambda, which is not computed here: it is Python code, which is never executed; use a function of Keras by its name, or layers$/,
    );
  });

  test('an activation with a key that is not known', async () => {
    const layer = {
      module: 'keras.layers',
      class_name: 'ELU',
      config: { alpha: 1, beta: 2 },
      registered_name: null,
    };
    await rejects(imported({ config: { activation: layer } }), /the activation ELU.*"beta":2/);
    const weighted = { module: 'keras.layers', class_name: 'PReLU', config: {}, registered_name: null };
    await rejects(
      imported({ config: { activation: weighted } }),
      /make it a layer of its own after this one/,
    );
  });

  test('initialisers, regularisers and losses of one’s own do not matter', async () => {
    const own = { module: null, class_name: 'Half', config: {}, registered_name: 'pkg>Half' };
    const { manifest } = await imported(
      {
        config: {
          kernel_initializer: own,
          kernel_regularizer: own,
          bias_constraint: own,
          activity_regularizer: own,
        },
      },
      { compile_config: { loss: own, metrics: [own] } },
    );
    expect(manifest.warnings).toEqual([]);
    expect(manifest.caveats).toBeUndefined();
  });
});

test('what is written beside a layer and is not known', async () => {
  await rejects(
    imported({ beside: { colour: 'red' } }),
    /the layer it \(Dense\) is written with colour="red"/,
  );
});

describe('calls', () => {
  test('as in training', async () => {
    await rejects(
      imported({ kwargs: { training: true } }),
      /it \(Dense\) is called with training=true: it acts/,
    );
    await imported({ kwargs: { training: false, mask: null } });
    await imported({ kwargs: { mask: [null, null] } });
  });
  test('with what is no tensor of the graph', async () => {
    await rejects(imported({ kwargs: { use_causal_mask: true } }), /is called with use_causal_mask=true/);
    const tensor = { class_name: '__keras_tensor__', config: { keras_history: ['in', 0, 0] } };
    await rejects(imported({ more: tensor }), /gets tensors beside its inputs/);
    await rejects(imported({ kwargs: { initial_state: [tensor] } }), /by keyword \(initial_state: /);
  });
});

test('operators on tensors are known in .h5 files too, which name no modules', async () => {
  const tensor = (name: string) => ({
    class_name: '__keras_tensor__',
    config: { keras_history: [name, 0, 0] },
  });
  const input = (name: string) => ({
    class_name: 'InputLayer',
    config: { batch_shape: [null, 2], dtype: 'float32', name },
    name,
    inbound_nodes: [],
  });
  const run = (class_name: string, args: unknown[]) =>
    finishModel(
      {
        format: 'keras',
        file: 'it.h5',
        keras3: true,
        architecture: {
          class_name: 'Functional',
          config: {
            name: 'model',
            layers: [
              input('a'),
              input('b'),
              { class_name, config: { name: 'it' }, name: 'it', inbound_nodes: [{ args, kwargs: {} }] },
            ],
            input_layers: [
              ['a', 0, 0],
              ['b', 0, 0],
            ],
            output_layers: [['it', 0, 0]],
          },
        },
        weights: [],
      },
      bench.context,
    );
  const outcome = await run('Subtract', [tensor('b'), tensor('a')]);
  expect(outcome.manifest.graph.layers.at(-1)?.config.operator).toBe(true);
  const model = await bench.revive(outcome);
  const [y] = predict(bench.tf, model, [
    { shape: [1, 2], data: [1, 2] },
    { shape: [1, 2], data: [10, 30] },
  ]);
  disposeModel(model);
  expect([...y!]).toEqual([9, 28]);
  await rejects(
    run('Bincount', [tensor('a'), tensor('b')]),
    /it is of the class Bincount.*it is an operator on tensors/,
  );
});

test('whole numbers of an input are numbers to every layer but Embedding', async () => {
  const { tf } = bench;
  const norm = { class_name: 'BatchNormalization', config: { scale: false, center: false } };
  const outcome = await imported({ ...norm, input: { dtype: 'int32' } }, {}, [
    { name: 'it/moving_mean', shape: [4], layer: ['it'], read: () => Float32Array.of(1, 1, 1, 1) },
    {
      name: 'it/moving_variance',
      shape: [4],
      layer: ['it'],
      read: () => Float32Array.of(0.249, 0.249, 0.249, 0.249),
    },
  ]);
  const model = await bench.revive(outcome);
  tf.tidy(() => {
    // Keras cuts fractions off where an input is of whole numbers.
    const [y] = new Program(tf, graphOfLayers(tf, model)).run(
      () => tf.tensor2d([[1, 2.7, 3, 0]]),
      [MODEL_OUTPUT],
    );
    expect([...y!.dataSync()].map((v) => Math.round(v * 1e4) / 1e4)).toEqual([0, 2, 4, -2]);
  });
  disposeModel(model);
});

describe('number types', () => {
  const policy = (name: string) => ({
    module: 'keras',
    class_name: 'DTypePolicy',
    config: { name },
    registered_name: null,
  });
  test.each([
    [
      'mixed_float16',
      /^it: the number type is mixed_float16\. Keras computes them in float16, with about 3 digits; here they are computed in float32/,
    ],
    ['bfloat16', /^it: the number type is bfloat16\. Keras computes them in bfloat16, with about 2 digits/],
    [
      'float64',
      /^it: the number type is float64\. Keras computes them in float64, with about 16 digits; here .* about 7/,
    ],
  ])('%s is said at the import and with every answer', async (name, sentence) => {
    const { manifest } = await imported({ config: { dtype: policy(name) } });
    expect(manifest.caveats).toEqual([expect.stringMatching(sentence)]);
    expect(manifest.warnings).toEqual(manifest.caveats);
  });
  test('quantised layers', async () => {
    const quantized = {
      module: 'keras.dtype_policies',
      class_name: 'QuantizedDTypePolicy',
      config: { mode: 'int8', source_name: 'float32' },
      registered_name: null,
    };
    await rejects(
      imported({ config: { dtype: quantized } }),
      /it \(Dense\) is quantised \(int8\): .*before quantize\(\)/,
    );
    const map = { module: 'keras', class_name: 'DTypePolicyMap', config: {}, registered_name: null };
    await rejects(imported({ config: { dtype: map } }), /DTypePolicyMap/);
    await rejects(imported({ input: { dtype: 'string' } }), /in \(InputLayer\) has the number type "string"/);
  });
});
