/** Every question that needs a gradient is answered by numbers or refused by a sentence, whatever the layers. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Change, Query, Using } from '../../../core/algebra/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import { decodeSafetensors } from '../../../core/result/index.ts';
import { dense } from '../testing/analysis.ts';
import { ask, BACKENDS, engineOn } from '../testing/engines.ts';
import {
  ALL,
  call,
  planOf,
  type StoredModel,
  storeData,
  storeModel,
  temporaryFolders,
} from '../testing/fixtures.ts';
import { importGolden } from '../testing/goldens.ts';
import type { Engine } from './engine.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());
const first = { kind: 'example', dataset: 'toy', split: 'test', index: 0 } as const;

const MEAN = [0.5, -1];
const VARIANCE = [4, 0.25];
const GAMMA = [-2, 3];
const BETA = [0.5, -0.5];
const KERNEL = [1, -2, 0.5, 1.5];
const EPSILON = 0.001;

/** Two sums of two numbers, normalised, as scores of two classes. */
function normalised(scale: boolean, center: boolean): StoredModel {
  const of = (name: string, values: readonly number[]) => ({ name, shape: [2], values });
  return storeModel(
    folders,
    [2],
    [
      dense('sums', [2, 2], KERNEL, 'linear'),
      {
        type: 'BatchNormalization',
        name: 'bn',
        config: { axis: 1, momentum: 0.9, epsilon: EPSILON, scale, center },
        output: [2],
        weights: [
          ...(scale ? [of('gamma', GAMMA)] : []),
          ...(center ? [of('beta', BETA)] : []),
          of('moving_mean', MEAN),
          of('moving_variance', VARIANCE),
        ],
      },
      { type: 'Activation', name: 'out', config: { activation: 'softmax' }, output: [2] },
    ],
  );
}

describe.each(BACKENDS)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await engineOn(backend, folders);
  });
  afterAll(() => engine.dispose());

  test.each([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ])(
    'batch normalisation with scale %s and center %s: slopes and attacks in closed form',
    async (scale, center) => {
      const model = normalised(scale, center);
      const x = [0.75, -0.25, -2, 3];
      const data = storeData(folders, { shape: [2], classes: ['a', 'b'], scale: 1, x, y: [0, 1] });
      const factor = [0, 1].map((j) => (scale ? GAMMA[j]! : 1) / Math.sqrt(VARIANCE[j]! + EPSILON));
      const slope = (k: number, j: number) => KERNEL[j * 2 + k]! * factor[k]!;
      const logit = (row: readonly number[], k: number) =>
        (row.reduce((sum, v, j) => sum + v * KERNEL[j * 2 + k]!, 0) - MEAN[k]!) * factor[k]! +
        (center ? BETA[k]! : 0);
      const asked = (using: Using): Omit<Query, 'kind' | 'model'> => ({
        what: { kind: 'identity' },
        input: first,
        using,
        target: { kind: 'logit', index: 0 },
      });
      const local: Using[] = [
        { method: 'gradient', params: {} },
        { method: 'guided_backprop', params: {} },
        { method: 'smoothgrad', params: { samples: 3, sd: 0.1, seed: 1 } },
      ];
      for (const using of local) {
        const { tensors } = await ask(engine, planOf(model, data, asked(using)));
        [0, 1].forEach((j) => {
          expect(tensors.values!.data[j]).toBeCloseTo(slope(0, j), 4);
        });
      }
      const { tensors } = await ask(
        engine,
        planOf(model, data, asked({ method: 'ig', params: { steps: 2, baseline: 0 } })),
      );
      [0, 1].forEach((j) => {
        expect(tensors.values!.data[j]).toBeCloseTo(slope(0, j) * x[j]!, 4);
      });
      // The loss of class k rises against the slope of its logit's lead, which is linear: every step goes the same way.
      const [low, high] = [Math.min(...x), Math.max(...x)];
      for (const change of [
        { kind: 'fgsm', epsilon: 0.1 },
        { kind: 'pgd', epsilon: 0.1, steps: 3 },
      ] satisfies Change[]) {
        const moved = [0, 1].map((n) => {
          return [0, 1].map((j) => {
            const way = Math.sign(slope(1 - n, j) - slope(n, j));
            return Math.min(high, Math.max(low, x[n * 2 + j]! + 0.1 * way));
          });
        });
        const { tensors: predicted } = await ask(
          engine,
          planOf(model, data, { what: call('predict'), input: ALL, changes: [change] }),
        );
        moved.forEach((row, n) => {
          const lead = logit(row, 0) - logit(row, 1);
          expect(predicted.probabilities!.data[n * 2]).toBeCloseTo(1 / (1 + Math.exp(-lead)), 4);
        });
      }
    },
  );

  test.each(['row', 'sequence', 'picture', 'volume'])('every layer of a %s', async (kind) => {
    const file = path.join(import.meta.dirname, '..', 'goldens', `corners_${kind}`);
    const { input, ...rest } = decodeSafetensors(readFileSync(`${file}.safetensors`)).tensors;
    const stored = await importGolden(`${file}.keras`, engine.backend, folders);
    const [, ...shape] = input?.shape ?? [];
    const data = storeData(folders, { shape, classes: [], scale: 1, x: [...(input?.data ?? [])] });
    const refused = new Set<string>();
    const branches = Object.keys(rest).filter((key) => !key.includes('/'));
    for (const score of branches) {
      const places = Object.keys(rest).filter((key) => key.startsWith(`${score}/`));
      const [, place = ''] = (places[places.length >> 1] ?? '').split('/');
      const target = { kind: 'unit', layer: score, unit: 0 } as const;
      for (const [what, method] of [
        [{ kind: 'identity' }, 'guided_backprop'],
        [{ kind: 'layer', layer: place }, 'gradcam'],
      ] as const)
        try {
          const { tensors } = await ask(
            engine,
            planOf(stored, data, { what, input: first, using: { method, params: {} }, target }),
          );
          expect([...tensors.values!.data].every(Number.isFinite), score).toBe(true);
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          refused.add(error.message.replace(/\S+ puts out /, '').replace(/\[.*\]/, 'SHAPE'));
        }
    }
    expect([...refused]).toEqual(
      kind === 'volume'
        ? [
            'attribution needs pictures; an example of toy.test has the shape SHAPE',
            'SHAPE: feature maps of more than two dimensions cannot be drawn yet',
          ]
        : [],
    );
  });
});
