/** Architectures and files of models with one fault each: the sentence that names it. Layers are in layer-refusals.test.ts. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readHdf5 } from './files/hdf5thread.ts';
import { importModel } from './index.ts';
import {
  functional,
  INPUT,
  type KerasConfig,
  type KerasLayer,
  sequential,
  smallModel,
  tensor,
  type Workbench,
  workbench,
  type ZipEntry,
  zipOf,
} from './testing/bench.ts';
import { finishModel } from './topology/model.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});

const build = (architecture: unknown, weights: Parameters<typeof finishModel>[0]['weights'] = []) =>
  finishModel({ format: 'keras', file: 'm.keras', architecture, keras3: true, weights }, bench.context);
const refused = (promise: Promise<unknown>, message: RegExp | string) =>
  expect(promise).rejects.toMatchObject({
    name: 'UserError',
    message: typeof message === 'string' ? `m.keras: ${message}` : expect.stringMatching(message),
  });
const dense = { class_name: 'Dense', config: { name: 'd', units: 2 } };

describe('an architecture is refused where it does not hold together', () => {
  const D: KerasLayer = ['Dense', 'd', { units: 2 }];
  const call = (inbound_nodes: unknown): KerasConfig =>
    functional([INPUT, ['Dense', 'd', { units: 2 }, { inbound_nodes }]]);
  const inner = (
    layers: readonly KerasLayer[],
    over: KerasConfig = {},
    beside: KerasConfig = {},
  ): KerasLayer => {
    const { config } = functional(layers, over) as { config: KerasConfig };
    return ['Functional', 'inner', { ...config, name: 'inner' }, beside];
  };
  const deep = (depth: number): KerasConfig => ({
    class_name: 'Sequential',
    config: {
      name: `s${depth}`,
      build_input_shape: [null, 2],
      layers: [depth === 0 ? dense : deep(depth - 1)],
    },
  });

  it.each<[string | RegExp, unknown]>([
    [/^m\.keras: the architecture is not a Keras layer: class_name: /, { config: {} }],
    [
      /the layer d \(Dense\) is written with extra=1, which is not known, so that what it changes would be left out/,
      functional([INPUT, ['Dense', 'd', { units: 2 }, { extra: 1 }]]),
    ],
    [
      `the layer d (Dense) is not supported: it is a class of one's own (module "my.code", registered_name "My>Dense"), whose Python code is not in the file; rebuild it from layers of Keras`,
      functional([INPUT, ['Dense', 'd', { units: 2 }, { module: 'my.code', registered_name: 'My>Dense' }]]),
    ],
    [
      'the inputs of net are not given as [layer, call, tensor]',
      functional([INPUT, D], { input_layers: [['in', 0]] }),
    ],
    [
      'the outputs of net are not given as [layer, call, tensor]',
      functional([INPUT, D], { output_layers: 'd' }),
    ],
    [
      'the model net was saved before its input shape was known; call model.build(input_shape) and save it again',
      sequential([dense]),
    ],
    ['the model net has no layers', sequential([])],
    [/models are nested more than 16 deep/, deep(20)],
    [
      'the model has more than 20000 layers',
      sequential(
        Array.from({ length: 20_001 }, (_, i) => ({
          class_name: 'Identity',
          config: { name: `i${i}`, batch_shape: [null, 2] },
        })),
      ),
    ],
    ['the inputs of the layer d (Dense) are neither a list nor {args, kwargs}', call([7])],
    ['the inputs of the layer d (Dense) are not [name, call, tensor]', call([[['in', 'first', 0]]])],
    ['the inputs of the layer d (Dense) are not [name, call, tensor, {}]', call([[['in', 0, 0, 7]]])],
    [
      'the layer d (Dense) gets tensors beside its inputs: a mask, an initial state or the values of an attention, with which no layer is computed here; rebuild that part without them, or cut the model before it',
      call([{ args: [tensor('in'), tensor('in')], kwargs: {} }]),
    ],
    [
      'the layer d (Dense) gets tensors by keyword (initial_state: a mask, an initial state or the values of an attention), with which no layer is computed here; rebuild that part without them, or cut the model before it',
      call([{ args: [tensor('in')], kwargs: { initial_state: [tensor('in')] } }]),
    ],
    [
      'the layer d (Dense) gets its inputs by keyword (inputs); give them without it: layer(x)',
      call([{ args: [], kwargs: { inputs: tensor('in') } }]),
    ],
    [
      'the layer d (Dense) is given its tensors by name (a, b); give them as a list',
      call([{ args: [{ a: tensor('in'), b: tensor('in') }], kwargs: {} }]),
    ],
    [
      'the layer d (Dense) is called with a constant (2.5), which layers do not take; put the constant into a layer of its own, such as Rescaling',
      call([{ args: [2.5], kwargs: {} }]),
    ],
    ['a call of the layer d has no inputs', call([{ args: [], kwargs: {} }])],
    ['the layer d (Dense) is connected to nothing', call([])],
    ['the input d of net is not an input layer', functional([INPUT, D], { input_layers: [['d', 0, 0]] })],
    [
      'net refers to the layer x, which does not exist',
      functional([INPUT, D], { input_layers: [['x', 0, 0]] }),
    ],
    [
      'the outputs of net refers to call 1 of the layer d, which does not exist',
      functional([INPUT, D], { output_layers: [['d', 1, 0]] }),
    ],
    [
      'the input other feeds no output; leave it out of the model',
      functional([['InputLayer', 'other', { batch_shape: [null, 2] }], INPUT, D]),
    ],
    [
      'the input layer other is not among the inputs of net',
      functional(
        [
          ['InputLayer', 'other', { batch_shape: [null, 4] }],
          ['InputLayer', 'in', { batch_shape: [null, 4] }],
          ['Add', 'd', {}, { inbound_nodes: [{ args: [[tensor('other'), tensor('in')]], kwargs: {} }] }],
        ],
        { input_layers: [['in', 0, 0]] },
      ),
    ],
    [
      'the model inner takes 2 inputs and is given fewer',
      functional([
        INPUT,
        inner([
          ['InputLayer', 'a', { batch_shape: [null, 4] }],
          ['InputLayer', 'b', { batch_shape: [null, 4] }],
          ['Add', 'd', {}, { inbound_nodes: [{ args: [[tensor('a'), tensor('b')]], kwargs: {} }] }],
        ]),
      ]),
    ],
    ['the input in has no shape; save the model after it was built', functional([['InputLayer', 'in'], D])],
    [
      /TensorFlow\.js cannot build this architecture: /,
      functional([INPUT, ['Conv1D', 'c', { filters: 2, kernel_size: 3 }]]),
    ],
    [
      /a weight named \S+ has the shape \[\?, 2\]; is the input shape known\?/,
      functional([['InputLayer', 'in', { batch_shape: [null, null] }], D]),
    ],
    [
      'the operator sum (Add) gets tensors of the shapes [2, 4, 4, 2] and [2, 2], which do not fit',
      functional([
        INPUT,
        ['InputLayer', 'row', { batch_shape: [null, 2] }],
        [
          'Add',
          'sum',
          {},
          {
            module: 'keras.src.ops.numpy',
            inbound_nodes: [{ args: [tensor('in'), tensor('row')], kwargs: {} }],
          },
        ],
      ]),
    ],
  ])('%s', (message, architecture) => refused(build(architecture), message));

  const weight = (name: string, ...shape: number[]) => ({
    ...{ name: `d/${name}`, shape, layer: ['d'] },
    read: () => new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1),
  });
  const net = functional([
    ['InputLayer', 'in', { batch_shape: [3, 4] }],
    ['Dense', 'idle', { units: 2 }],
    ['Dense', 'd', { units: 2 }, { inbound_nodes: [{ args: [tensor('in')], kwargs: {} }] }],
  ]);

  it('weights that are too few, or hold fewer numbers than their shape', async () => {
    await refused(
      build(net, [weight('kernel', 4, 2)]),
      'd holds 1 tensors, its layer needs 2: d/bias [2] is missing',
    );
    const short = { ...weight('kernel', 4, 2), read: () => new Float32Array(7) };
    await refused(
      build(net, [short, weight('bias', 2)]),
      'the weight d/kernel holds 7 numbers; its shape needs 8',
    );
    await refused(
      build(net, [weight('kernel', -1, 2)]),
      'd/kernel has the shape [-1, 2], whose sizes are not whole numbers',
    );
  });

  it('what is left out, and a batch size that does not hold, is told', async () => {
    const { manifest } = await build(net, [
      weight('kernel', 4, 2),
      weight('bias', 2),
      { ...weight('kernel', 1), name: 'x/kernel', layer: ['x'] },
    ]);
    expect(manifest.warnings).toEqual([
      'in fixes the batch size to 3; any size is accepted here.',
      'The layers idle feed no output and were left out.',
      '1 tensors of the file belong to no layer and were left out: x/kernel.',
    ]);
  });
});

describe('files of models', () => {
  const importOf = (name: string, bytes: Uint8Array | string) =>
    importModel([bench.upload(name, bytes)], bench.context);
  const edited = (edit: (json: { weightsManifest: unknown; [key: string]: unknown }) => unknown): Buffer =>
    zipOf(smallModel({}, (json) => edit({ ...json })));
  const said = (promise: Promise<unknown>, message: RegExp) =>
    expect(promise).rejects.toMatchObject({ name: 'UserError', message: expect.stringMatching(message) });

  it.each<[RegExp, string]>([
    [/^m\.pb: a TensorFlow SavedModel keeps no layers to look into; save the Keras model/, 'm.pb'],
    [/^m\.ort: this is onnxruntime's own copy of a model; send the \.onnx file/, 'm.ort'],
    [/^m\.tflite: TensorFlow Lite models keep no layers to look into; send the \.keras/, 'm.tflite'],
    [
      /^m\.pt: it is not of torch\.save \(no zip with a pickle in it, and no file of before PyTorch 1\.6\); save the weights with torch\.save\(/,
      'm.pt',
    ],
    [/^m\.bin: these are weight shards without their architecture/, 'm.bin'],
  ])('%s', (message, name) => said(importOf(name, 'x'), message));

  it('model.json', async () => {
    await said(
      importOf(
        'm.zip',
        edited((json) => ({ ...json, weightsManifest: 7 })),
      ),
      /^small\/model\.json: not a valid model\.json: weightsManifest: /,
    );
    const bits = JSON.stringify;
    const typed = (from: string, to: string): ZipEntry[] =>
      smallModel({}, (json) => JSON.parse(bits(json).replace(from, to)));
    await said(
      importOf('m.zip', zipOf(typed('"dtype":"float32"', '"dtype":"float8"'))),
      /the weight hidden\/kernel has the number type float8, which is not known/,
    );
    await said(
      importOf('m.zip', zipOf(typed('"shape":[4,2]', '"shape":[400,2]'))),
      /the weight out\/kernel \[400, 2\] ends at byte \d+, but .* hold \d+ bytes; a shard is cut off or missing/,
    );
    const bare = smallModel({}, ({ modelTopology }) => ({ modelTopology }));
    const two = ['a', 'b'].map((name) => ({ name: `small/${name}.safetensors`, data: 'x' }));
    await said(
      importOf('m.zip', zipOf([...bare, ...two])),
      /^small\/b\.safetensors: a second file of weights beside small\/a\.safetensors; send one/,
    );
  });

  it('.keras', async () => {
    const whole = (entries: readonly ZipEntry[]) => importOf('m.keras', zipOf(entries));
    await said(
      whole([{ name: 'metadata.json', data: '{}' }]),
      /^m\.keras: it holds metadata\.json, but no config\.json; a \.keras file holds config\.json and model\.weights\.h5$/,
    );
    await said(whole([{ name: 'config.json', data: '{' }]), /^m\.keras: config\.json is not valid JSON \(/);
  });

  it('.h5', async () => {
    const golden = readFileSync(path.join(import.meta.dirname, 'goldens', 'branched.h5'));
    // Names in the file, replaced by others of the same length.
    const renamed = (from: string, to: string) =>
      Buffer.from(golden.toString('latin1').replaceAll(from, to), 'latin1');
    await said(
      importOf('m.h5', renamed('layer_names', 'lager_names')),
      /^m\.h5: it lists no layers \(layer_names in model_weights\); it was not saved to the end$/,
    );
    await said(
      importOf('m.h5', renamed('weight_names', 'height_names')),
      /^m\.h5: the weights of the layer \S+ are missing \(model_weights\/\S+\)$/,
    );
  });

  it('.h5 that asks for more memory than it may', async () => {
    const golden = readFileSync(path.join(import.meta.dirname, 'goldens', 'branched.h5'));
    const limits = {
      ...{ tensorBytes: 2 ** 30, attributeBytes: 2 ** 26, memoryBytes: 2 ** 31, entries: 10_000 },
    };
    const few = await readHdf5(golden, { ...limits, tensorBytes: 100 }, 20_000);
    expect(Object.values(few.tensors)).toContainEqual({
      code: 'too_large',
      message: 'its tensors unpack to more than 100 bytes',
    });
    const short = await readHdf5(golden, { ...limits, attributeBytes: 1 }, 20_000);
    expect(short.groups['']?.attributes.model_config ?? short.groups['/']?.attributes.model_config).toEqual({
      code: 'invalid',
      message: expect.stringMatching(/^the attribute model_config of \S* ?says it has \d+ bytes$/),
    });
    // One long text, named 4,000 times: 64 KB in the file, 256 MB in memory.
    const shared = readFileSync(path.join(import.meta.dirname, 'goldens', 'shared-text.h5'));
    const many = await readHdf5(shared, limits, 20_000);
    expect(many.groups['/']?.attributes.model_config).toEqual({
      code: 'too_large',
      message: 'its attributes hold more text than 67108864 bytes',
    });
    const little = await readHdf5(shared, { ...limits, memoryBytes: 2 ** 27 }, 20_000);
    expect(little.groups['/']?.attributes.model_config).toEqual({
      code: 'invalid',
      message: 'the attribute model_config of / cannot be read; the file is damaged or cut off',
    });
  });
});
