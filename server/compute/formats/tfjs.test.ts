import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeSafetensors } from '../../../core/result/index.ts';
import { disposeModel, importModel } from './index.ts';
import {
  type ModelJson,
  predict,
  smallModel,
  type Workbench,
  workbench,
  type ZipEntry,
  zipOf,
} from './testing/bench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});

const loose = (entries: readonly ZipEntry[]) =>
  entries.map(({ name, data }) => bench.upload(path.basename(name), data));
const edited = (edit: (json: ModelJson) => unknown) =>
  importModel(loose(smallModel({}, edit)), bench.context);
const rejects = (run: Promise<unknown>, code: string, message: RegExp) =>
  expect(run).rejects.toMatchObject({ name: 'UserError', code, message: expect.stringMatching(message) });

/** A functional model of `layers`, each given as [class, name, inputs, config]. */
function functional(
  layers: [string, string, [string, number, number][][], object?][],
  output: string,
): object {
  return {
    class_name: 'Model',
    config: {
      name: 'drawn',
      layers: layers.map(([class_name, name, calls, config]) => ({
        class_name,
        name,
        config: { ...config, name },
        inbound_nodes: calls.map((refs) => refs.map((ref) => [...ref, {}])),
      })),
      input_layers: [['in', 0, 0]],
      output_layers: [[output, 0, 0]],
    },
  };
}
const input: [string, string, [string, number, number][][], object] = [
  'InputLayer',
  'in',
  [],
  { batch_input_shape: [null, 3] },
];
const bare = (architecture: object) =>
  importModel([bench.upload('model.json', JSON.stringify(architecture)), noWeights()], bench.context);
const noWeights = () => bench.upload('weights.safetensors', encodeSafetensors({}));

describe('TensorFlow.js models', () => {
  it('answers as tf.loadLayersModel does, from loose files and from a zip of the folder', async () => {
    const { tf } = bench;
    const x = { shape: [2, 3], data: [0.1, -0.4, 0.9, 1.5, 0.2, -0.7] };
    const entries = smallModel();
    const json = JSON.parse(String(entries[0]!.data));
    const plain = await tf.loadLayersModel(
      tf.io.fromMemory({
        modelTopology: json.modelTopology,
        weightSpecs: json.weightsManifest[0].weights,
        weightData: Uint8Array.from(Buffer.concat(entries.slice(1).map(({ data }) => Buffer.from(data))))
          .buffer,
      }),
    );
    const [expected] = predict(tf, plain, [x]);
    for (const files of [loose(entries), [bench.upload('small.zip', zipOf(entries))]]) {
      const outcome = await importModel(files, bench.context);
      const model = await bench.revive(outcome);
      expect(predict(tf, model, [x])[0]).toEqual(expected);
      disposeModel(model);
      expect(outcome.manifest.format).toBe('tfjs-layers');
      expect(outcome.manifest.weights.map(({ name }) => name)).toEqual([
        'hidden/kernel',
        'hidden/bias',
        'out/kernel',
        'out/bias',
      ]);
      expect(outcome.manifest.graph.layers.map(({ name, units }) => [name, units])).toEqual([
        ['hidden_input', 3],
        ['hidden', 4],
        ['out', 2],
      ]);
    }
  });

  it('takes the weights from a safetensors file beside a bare topology', async () => {
    const { modelTopology } = JSON.parse(String(smallModel()[0]!.data));
    const fill = (shape: number[]) => ({
      dtype: 'F32' as const,
      shape,
      data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i / 10),
    });
    const weights = encodeSafetensors({
      'out/bias': fill([2]),
      'hidden/kernel': fill([3, 4]),
      'out/kernel': fill([4, 2]),
      'hidden/bias': fill([4]),
    });
    const files = [
      bench.upload('model.json', JSON.stringify(modelTopology)),
      bench.upload('12.safetensors', weights),
    ];
    const outcome = await importModel(files, bench.context);
    const bytes = readFileSync(outcome.weights[0]!.file);
    expect(bytes.readFloatLE(4 * 11)).toBeCloseTo(1.1);
  });

  it('reads quantised weights: value = code x scale + min', async () => {
    const entries = smallModel({}, (json) => {
      json.weightsManifest[0]!.paths = ['q.bin'];
      for (const weight of json.weightsManifest[0]!.weights)
        Object.assign(weight, { quantization: { dtype: 'uint8', scale: 0.5, min: -3 } });
      return json;
    });
    const files = [
      ...loose(entries.slice(0, 1)),
      bench.upload(
        'q.bin',
        Uint8Array.from({ length: 26 }, (_, i) => i),
      ),
    ];
    const { weights } = await importModel(files, bench.context);
    expect(readFileSync(weights[1]!.file).readFloatLE(0)).toBe(12 * 0.5 - 3);
  });

  it('goes on with weights that are not numbers, and names layer and count', async () => {
    const { manifest } = await importModel(loose(smallModel({ weights: [1, Number.NaN, 2] })), bench.context);
    expect(manifest.warnings[0]).toBe(
      'The layer hidden has 4 of 12 numbers in hidden/kernel that are NaN or infinite; whatever comes after it is not a number either.',
    );
    await rejects(
      importModel(loose(smallModel({ weights: [Number.NaN] })), bench.context),
      'invalid',
      /all weights are NaN/,
    );
  });
});

describe('what is wrong is named', () => {
  it('missing, short and foreign shards', async () => {
    const entries = smallModel();
    await rejects(
      importModel(loose(entries.slice(0, 2)), bench.context),
      'invalid',
      /group1-shard2of2\.bin is missing/,
    );
    const short = [entries[0]!, entries[1]!, { ...entries[2]!, data: Buffer.alloc(9) }];
    await rejects(importModel(loose(short), bench.context), 'invalid', /hidden\/bias \[4\] ends at byte 64/);
    const long = [entries[0]!, entries[1]!, { ...entries[2]!, data: Buffer.alloc(99) }];
    await rejects(importModel(loose(long), bench.context), 'invalid', /belong to another model/);
    await rejects(importModel(loose(entries.slice(1)), bench.context), 'unsupported', /send the model\.json/);
  });

  it('weights that are missing or of another shape', async () => {
    await rejects(
      edited((json) => {
        json.weightsManifest[0]!.weights[0] = { name: 'hidden/kernel', shape: [4, 3], dtype: 'float32' };
        return json;
      }),
      'invalid',
      /hidden\/kernel has the shape \[4, 3\]; the layer hidden needs \[3, 4\]/,
    );
    await rejects(
      edited((json) => {
        json.weightsManifest[0]!.weights[3]!.name = 'other/thing';
        return json;
      }),
      'invalid',
      /weight out\/bias \[2\] of the layer out is missing/,
    );
  });

  it('unknown layers, activations and modes, with what to do', async () => {
    const change = (class_name: string, config: object) =>
      edited((json) => {
        const [, last] = json.modelTopology.config.layers;
        json.modelTopology.config.layers[1] = {
          class_name,
          config: class_name === 'Dense' ? { ...last!.config, ...config } : { name: 'out', ...config },
        };
        return json;
      });
    await rejects(
      change('Fancy', {}),
      'unsupported',
      /layer out is of the class Fancy, which is not supported: .+/,
    );
    await rejects(
      change('Dense', { activation: 'sparsemax' }),
      'unsupported',
      /layer out uses the activation sparsemax.*use one of/,
    );
    await rejects(
      change('Dense', { colour: 'red' }),
      'unsupported',
      /layer out \(Dense\) has colour="red", a key that is not known for Dense/,
    );
    await rejects(change('Dense', { units: 'three' }), 'unsupported', /has units="three"; a positive whole/);
    await rejects(
      change('Dense', { lora_rank: 2 }),
      'unsupported',
      /has lora_rank=2, which is not computed here/,
    );
    await rejects(
      change('Conv3D', { dilation_rate: 2, strides: 2 }),
      'unsupported',
      /has strides and a dilation rate above 1, which Keras does not compute either/,
    );
    await rejects(
      change('UpSampling2D', { interpolation: 'bicubic' }),
      'unsupported',
      /interpolation="bicubic"; "nearest" or "bilinear" was expected/,
    );
  });

  it('a graph model, other frameworks, two models at once, and JSON that is no model', async () => {
    const graph = bench.upload('model.json', '{"format":"graph-model","modelTopology":{"node":[]}}');
    await rejects(importModel([graph], bench.context), 'invalid', /it lists no weights/);
    await rejects(importModel([bench.upload('net.pt', 'x')], bench.context), 'unsupported', /PyTorch/);
    await rejects(
      importModel([bench.upload('notes.txt', 'x')], bench.context),
      'unsupported',
      /found notes\.txt\. Send/,
    );
    const two = [
      bench.upload('a.json', '{"modelTopology":1}'),
      bench.upload('b.json', '{"modelTopology":1}'),
    ];
    await rejects(importModel(two, bench.context), 'invalid', /b\.json: a second model beside a\.json/);
    await rejects(
      importModel([bench.upload('a.json', '{"modelTopology":')], bench.context),
      'invalid',
      /not valid JSON/,
    );
    await rejects(
      importModel([bench.upload('a.json', '{"modelTopology":[1]}')], bench.context),
      'invalid',
      /not an object/,
    );
  });

  it('architectures that are no graph: cycles, references to nothing, loose ends, equal names', async () => {
    const circle = functional(
      [
        input,
        [
          'Add',
          'a',
          [
            [
              ['in', 0, 0],
              ['b', 0, 0],
            ],
          ],
        ],
        ['Activation', 'b', [[['a', 0, 0]]], { activation: 'relu' }],
      ],
      'b',
    );
    await rejects(bare(circle), 'invalid', /the layers a, b wait for each other in a circle/);
    const self = functional(
      [
        input,
        [
          'Add',
          'a',
          [
            [
              ['in', 0, 0],
              ['a', 0, 0],
            ],
          ],
        ],
      ],
      'a',
    );
    await rejects(bare(self), 'invalid', /circle/);
    const nothing = functional([input, ['Flatten', 'a', [[['ghost', 0, 0]]]]], 'a');
    await rejects(bare(nothing), 'invalid', /the layer ghost, which does not exist/);
    const late = functional([input, ['Flatten', 'a', [[['in', 7, 0]]]]], 'a');
    await rejects(bare(late), 'invalid', /call 7 of the layer in/);
    const loose = functional([input, ['Flatten', 'a', [[['in', 0, 0]]]], ['Flatten', 'b', []]], 'a');
    await rejects(bare(loose), 'invalid', /the layer b \(Flatten\) is connected to nothing/);
    const twice = functional(
      [input, ['Flatten', 'a', [[['in', 0, 0]]]], ['Flatten', 'a', [[['in', 0, 0]]]]],
      'a',
    );
    await rejects(bare(twice), 'invalid', /two layers of drawn are named a/);
  });

  it('models nested without end, or called without end', async () => {
    let deep: object = functional([input, ['Flatten', 'a', [[['in', 0, 0]]]]], 'a');
    for (let depth = 0; depth < 40; depth++)
      deep = functional([input, ['Model', 'a', [[['in', 0, 0]]], Reflect.get(deep, 'config')]], 'a');
    await rejects(bare(deep), 'invalid', /nested more than/);
    let wide: object = functional([input, ['Flatten', 'a', [[['in', 0, 0]]]]], 'a');
    for (let depth = 0; depth < 12; depth++) {
      const calls = Array.from({ length: 30 }, (): [string, number, number][] => [['in', 0, 0]]);
      wide = functional([input, ['Model', 'a', calls, Reflect.get(wide, 'config')]], 'a');
    }
    await rejects(bare(wide), 'invalid', /called more than/);
    const text = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    await rejects(
      importModel(
        [
          bench.upload('model.json', `{"modelTopology":{"class_name":"Model","config":${text}}}`),
          noWeights(),
        ],
        bench.context,
      ),
      'invalid',
      /./,
    );
  });

  it('stops when it is cancelled', async () => {
    const abort = new AbortController();
    abort.abort();
    const run = importModel(loose(smallModel()), { ...bench.context, signal: abort.signal });
    await rejects(run, 'cancelled', /cancelled/);
  });
});
