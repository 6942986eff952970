/** Attributions against Keras's GradientTape and the shap package, from goldens/make_attributions.py. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Query, Target, Using } from '../../../../core/algebra/index.ts';
import {
  attributionRecordSchema,
  decodeSafetensors,
  type NamedTensor,
} from '../../../../core/result/index.ts';
import type { Engine } from '../../engine/engine.ts';
import { ask, BACKENDS, engineOn } from '../../testing/engines.ts';
import { planOf, type StoredModel, storeData, temporaryFolders } from '../../testing/fixtures.ts';
import { importGolden } from '../../testing/goldens.ts';

const goldens = path.join(import.meta.dirname, '..', '..', 'goldens');
const folders = temporaryFolders();
afterAll(() => folders.remove());

/**
 * Of the largest magnitude: float32 rounds at 6e-8 of a value, sums over some hundred products in another order part by
 * 1e-6 of the largest of them, and a gradient goes through a few such layers twice.
 */
const TOLERANCE = 2e-5;

interface Golden {
  readonly tensors: Readonly<Record<string, NamedTensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}
const read = (name: string): Golden =>
  decodeSafetensors(readFileSync(path.join(goldens, `attributions_${name}.safetensors`)));

function parse(name: string, k: number): { target: Target; what: Query['what']; method: string } {
  const [target = '', ...rest] = name.split('.');
  const method = rest.at(-1) ?? '';
  const layer = rest.length > 1 ? rest[0] : undefined;
  return {
    target: target === 'loss' ? { kind: 'loss' } : { kind: target === 'logit' ? 'logit' : 'class', index: k },
    what: layer === undefined ? { kind: 'identity' } : { kind: 'layer', layer },
    method,
  };
}

const METHODS: Readonly<Record<string, Using>> = {
  gradient: { method: 'gradient', params: { baseline: 0.25 } },
  gradient_x_input: { method: 'gradient_x_input', params: { baseline: 0.25 } },
  ig: { method: 'ig', params: { baseline: 0.25, steps: 64 } },
  guided_backprop: { method: 'guided_backprop', params: { baseline: 0.25 } },
  gradcam: { method: 'gradcam', params: { baseline: 0.25 } },
  exact_shapley: { method: 'exact_shapley', params: { baseline: 0.25 } },
  kernel_shapley: { method: 'exact_shapley', params: { baseline: 0.25 } },
};

describe.each(BACKENDS)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await engineOn(backend, folders);
  });
  afterAll(() => engine.dispose());

  describe.each(['convolutional', 'branched', 'tabular'])('the %s network', (network) => {
    const { tensors, metadata } = read(network);
    const { x, baseline: _, ...questions } = tensors;
    let model: StoredModel;
    beforeAll(async () => {
      model = await importGolden(
        path.join(goldens, `attributions_${network}.keras`),
        engine.backend,
        folders,
      );
    });

    test.each(Object.keys(questions))('%s is that of Python', async (name) => {
      expect(metadata).toMatchObject({ keras: expect.any(String), shap: expect.any(String), steps: '64' });
      const { target, what, method } = parse(name, Number(metadata.class));
      const using = METHODS[method];
      const expected = questions[name];
      if (!x || !using || !expected) throw new Error('the golden lacks something');
      const [rows = 0, ...shape] = x.shape;
      const data = storeData(folders, {
        shape,
        classes: ['a', 'b', 'c', 'd'].slice(0, shape.length === 1 ? 3 : 4),
        scale: 1,
        x: [...x.data],
        y: new Array<number>(rows).fill(1),
      });
      const size = expected.data.length / rows;
      const largest = Math.max(...[...expected.data].map(Math.abs));
      expect(largest).toBeGreaterThan(1e-3);
      for (let index = 0; index < rows; index++) {
        const input = { kind: 'example', dataset: 'toy', split: 'test', index } as const;
        const { tensors: found } = await ask(engine, planOf(model, data, { what, input, target, using }));
        const values = found.values;
        if (!values) throw new Error('no values');
        const own = [...expected.data.subarray(index * size, (index + 1) * size)];
        const flat = what.kind === 'layer' ? placeFirst(values) : [...values.data];
        expect(flat.length).toBe(size);
        const worst = Math.max(...flat.map((v, i) => Math.abs(v - own[i]!)));
        expect(worst / largest, `example ${index}`).toBeLessThan(TOLERANCE);
      }
    });

    test('ig misses at most 1 % at 256 steps, at the input and at each layer that cuts the net', async () => {
      if (!x) throw new Error('the golden lacks its examples');
      const [rows = 0, ...shape] = x.shape;
      const classes = Array.from({ length: shape.length === 1 ? 3 : 4 }, (_, c) => String(c));
      const data = storeData(folders, { shape, classes, scale: 1, x: [...x.data] });
      for (const layer of [null, ...(CUTS[network] ?? [])])
        for (let index = 0; index < rows; index++) {
          const plan = planOf(model, data, {
            what: layer === null ? { kind: 'identity' } : { kind: 'layer', layer },
            input: { kind: 'example', dataset: 'toy', split: 'test', index },
            target: { kind: 'class', index: Number(metadata.class) },
            using: { method: 'ig', params: { baseline: 0, steps: 256 } },
          });
          const { meta, tensors: found } = await ask(engine, plan);
          const { gap, value, baselineValue } = attributionRecordSchema.parse(meta.record);
          const change = Math.abs(value - (baselineValue ?? Number.NaN));
          // Where all attributions cancel to less than a tenth, a share of what is left says nothing.
          const size = [...(found.values?.data ?? [])].reduce((sum, v) => sum + Math.abs(v), 0);
          const share = (gap ?? Number.NaN) / Math.max(change, size / 10);
          expect(share, `${layer} ${index}`).toBeLessThan(0.01);
          expect(meta.warnings).toEqual([]);
        }
    });
  });
});

/** Layers that everything passes through. */
const CUTS: Readonly<Record<string, readonly string[]>> = {
  convolutional: ['conv_1', 'pool', 'conv_2', 'rectified', 'flatten', 'hidden', 'logits', 'softmax'],
  branched: ['stem', 'skip', 'both', 'global', 'head'],
  tabular: ['h1', 'h2', 'out'],
};

/** (unit, y, x) as Keras has it: (y, x, unit). */
function placeFirst({ shape, data }: NamedTensor): number[] {
  const [units = 1, ...places] = shape;
  const count = places.reduce((a, b) => a * b, 1);
  return Array.from({ length: data.length }, (_, i) => data[(i % units) * count + Math.floor(i / units)]!);
}
