/** Files that PyTorch wrote (goldens/make.py), and their numbers as PyTorch has them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { importModel } from '../index.ts';
import { type Workbench, workbench, zipOf } from '../testing/bench.ts';

const goldens = path.join(import.meta.dirname, 'goldens');
const listed = z.record(z.string(), z.object({ shape: z.array(z.number()), values: z.array(z.number()) }));
const { versions: _, ...files } = z
  .looseObject({ versions: z.unknown() })
  .parse(JSON.parse(readFileSync(path.join(goldens, 'values.json'), 'utf8')));

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});

const WARNED: Readonly<Record<string, readonly string[]>> = {
  'module.pt': [
    'The file holds a whole model of the class torch.nn.modules.container.Sequential, which is never built; its weights are read by their names.',
  ],
  'training.ckpt': ['The file holds tensors beside those of the model, which were left out: ema.'],
  'script.pt': [
    'The file is a TorchScript program, of which only the weights are read; its graph comes in as ONNX: model = torch.jit.load("script.pt"); torch.onnx.export(model, (x,), "model.onnx", dynamo=False).',
  ],
};

describe('what torch.save and torch.jit wrote', () => {
  it.each(Object.keys(files))('%s is read to the number', async (name) => {
    const golden = listed.parse(files[name]);
    const { manifest, weights } = await importModel(
      [bench.existing(path.join(goldens, name))],
      bench.context,
    );
    const found = new Map(
      weights.map(({ name: weight, shape, file }, at) => {
        const bytes = Uint8Array.from(readFileSync(file)).buffer;
        const numbers = manifest.weights[at]?.integers ? new Int32Array(bytes) : new Float32Array(bytes);
        return [weight.replace('/', '.'), { shape: [...shape], values: Array.from(numbers) }];
      }),
    );
    expect([...found.keys()].sort()).toEqual(Object.keys(golden).sort());
    for (const [weight, { shape, values }] of Object.entries(golden)) {
      expect(found.get(weight)?.shape).toEqual(shape);
      expect(found.get(weight)?.values).toEqual(values.map(Math.fround));
    }
    expect(manifest.warnings).toEqual([
      expect.stringMatching(/^These are weights without a graph/),
      ...(WARNED[name] ?? []),
    ]);
    expect(manifest.graph).toMatchObject({ vocabulary: 'torch', edges: [], inputs: [], outputs: [] });
  });

  it('has layers by the modules, with the classes that the file tells', async () => {
    const { manifest } = await importModel([bench.existing(path.join(goldens, 'module.pt'))], bench.context);
    expect(
      manifest.graph.layers.map(({ name, type, units, params, trainableParams }) => ({
        ...{ name, type, units, params, trainableParams },
      })),
    ).toEqual([
      { name: 'conv', type: 'Conv2d', units: 3, params: 27, trainableParams: 27 },
      { name: 'norm', type: 'BatchNorm2d', units: 3, params: 12, trainableParams: 6 },
      { name: 'head.1', type: 'Linear', units: 2, params: 26, trainableParams: 26 },
    ]);
    expect(manifest.graph.layers[0]?.weights[0]).toEqual({
      ...{ name: 'conv/weight', shape: [3, 2, 2, 2], axes: ['unit', 'input', 'y', 'x'] },
    });
  });

  it('is known when it was unpacked, as files of a zip without its ending are', async () => {
    const bytes = readFileSync(path.join(goldens, 'state.pt'));
    const { manifest } = await importModel([bench.upload('weights.zip', bytes)], bench.context);
    expect(manifest.graph.layers.map(({ name }) => name)).toEqual(['conv', 'norm', 'head.1']);
    const within = zipOf([{ name: 'run/best.pth', data: bytes }]);
    expect((await importModel([bench.upload('run.zip', within)], bench.context)).manifest.format).toBe(
      'torch',
    );
  });

  it('is weights alone where a safetensors file has no configuration beside it', async () => {
    const file = path.join(import.meta.dirname, '../huggingface/goldens/GPT2LMHeadModel/model.safetensors');
    const { manifest } = await importModel([bench.existing(file)], bench.context);
    expect(manifest.format).toBe('safetensors');
    expect(manifest.graph.layers.map(({ name }) => name)).toContain('transformer.h.0.attn.c_attn');
    expect(manifest.warnings).toEqual([expect.stringMatching(/^These are weights without a graph/)]);
    const data = path.join(import.meta.dirname, '../huggingface/goldens/GPT2LMHeadModel/golden.safetensors');
    await expect(importModel([bench.existing(data)], bench.context)).rejects.toThrow(
      'golden.safetensors: it holds weights without an architecture; send the model.json of the model together with it',
    );
  });
});
