/**
 * The randomisation test of Adebayo, Gilmer, Muelly, Goodfellow, Hardt, Kim: Sanity Checks for Saliency Maps (2018):
 * layers are replaced by noise one after another from the top. A map that explains the model must change; guided
 * backpropagation's is expected to stay, as its reading says.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MethodName } from '../../../../core/algebra/index.ts';
import { blobPath } from '../../../../core/artifacts/index.ts';
import type { Engine } from '../../engine/engine.ts';
import { seeded } from '../../numerics/random.ts';
import { digitsData, digitsModel } from '../../testing/digits.ts';
import { ask, BACKENDS, engineOn } from '../../testing/engines.ts';
import { planOf, type StoredModel, temporaryFolders } from '../../testing/fixtures.ts';

const folders = temporaryFolders();
const data = digitsData(folders);
afterAll(() => folders.remove());
const EXAMPLES = 40;
/** From the top; each stage randomises one more. */
const STAGES = ['logits', 'dense_1', 'conv2d_2', 'conv2d_1'];
type Stage = readonly string[];

/** The model with these layers' kernels drawn anew, of the same spread, and their biases zero. */
function randomised(model: StoredModel, layers: Stage): StoredModel {
  const random = seeded(7);
  const tensors = model.checkpoint.tensors.map((tensor) => {
    if (!layers.includes(tensor.name.split('/')[0] ?? '')) return tensor;
    const bytes = readFileSync(path.join(folders.blobs, blobPath(tensor.blob)));
    const old = new Float32Array(Uint8Array.from(bytes).buffer);
    const mean = old.reduce((a, b) => a + b, 0) / old.length;
    const sd = Math.sqrt(old.reduce((a, b) => a + (b - mean) ** 2, 0) / old.length);
    const drawn = old.map(() => (tensor.name.endsWith('bias') ? 0 : sd * random.normal()));
    return { ...tensor, blob: folders.put(new Uint8Array(drawn.buffer)) };
  });
  return { ...model, checkpoint: { hash: `${model.checkpoint.hash}-${layers.join('-')}`, tensors } };
}

/** Spearman's rank correlation, equal values sharing their mean rank. */
function spearman(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [ranks(a), ranks(b)];
  const mean = (a.length - 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  x.forEach((rank, i) => {
    const [dx, dy] = [rank - mean, y[i]! - mean];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  });
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : 0;
}

function ranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((i, j) => values[i]! - values[j]!);
  const out = new Array<number>(values.length).fill(0);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let k = from; k < to; k++) out[order[k]!] = (from + to - 1) / 2;
    from = to;
  }
  return out;
}

test('Spearman’s correlation is one of equal orders, minus one of opposite ones, and shares ranks', () => {
  expect(spearman([1, 5, 9], [2, 3, 70])).toBe(1);
  expect(spearman([1, 5, 9], [3, 2, 1])).toBe(-1);
  expect(ranks([4, 2, 2, 7])).toEqual([2, 0.5, 0.5, 3]);
});

describe.each(BACKENDS)('on %s', (backend) => {
  let engine: Engine;
  let model: StoredModel;
  beforeAll(async () => {
    engine = await engineOn(backend, folders);
    model = await digitsModel(folders, engine.backend, 'digits-cnn', 20);
  });
  afterAll(() => engine.dispose());

  /** Magnitudes of each example's map for the logit of class 3, the same for all models. */
  async function maps(of: StoredModel, method: MethodName): Promise<number[][]> {
    const { tensors } = await ask(
      engine,
      planOf(of, data, {
        what: { kind: 'identity' },
        input: { kind: 'dataset', dataset: 'digits', split: 'test' },
        target: { kind: 'logit', index: 3 },
        using: { method, params: { baseline: 0 } },
        limit: EXAMPLES,
      }),
    );
    const values = [...(tensors.values?.data ?? [])].map(Math.abs);
    return Array.from({ length: EXAMPLES }, (_, i) => values.slice(i * 64, (i + 1) * 64));
  }
  /** Mean rank correlation with the model's own maps, per stage. */
  async function correlations(method: MethodName): Promise<number[]> {
    const own = await maps(model, method);
    const out: number[] = [];
    for (let stage = 1; stage <= STAGES.length; stage++) {
      const other = await maps(randomised(model, STAGES.slice(0, stage)), method);
      out.push(own.reduce((sum, map, i) => sum + spearman(map, other[i]!), 0) / EXAMPLES);
    }
    return out;
  }

  // Measured: 0.26, 0.20, 0.18, 0.13; 0.07, -0.02, -0.33, 0.14; 0.78, 0.74, 0.64, 0.57, the same on both backends.
  test.each<MethodName>(['gradient', 'gradcam'])(
    '%s passes: its maps are others as soon as the top layer is noise',
    async (method) => {
      for (const correlation of await correlations(method)) expect(Math.abs(correlation)).toBeLessThan(0.4);
    },
  );

  test('guided_backprop fails, as expected: its maps stay alike though every layer is noise', async () => {
    const found = await correlations('guided_backprop');
    for (const correlation of found) expect(correlation).toBeGreaterThan(0.5);
    const { meta } = await ask(
      engine,
      planOf(model, data, {
        what: { kind: 'identity' },
        input: { kind: 'example', dataset: 'digits', split: 'test', index: 0 },
        using: { method: 'guided_backprop', params: { baseline: 0 } },
      }),
    );
    expect(meta.reading).toContain('fails the randomisation test');
  });

  test('what is multiplied by the input looks like the input, whatever the model', async () => {
    for (const correlation of await correlations('gradient_x_input'))
      expect(correlation).toBeGreaterThan(0.8);
  });
});
