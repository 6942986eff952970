/** Attacks on examples whose predictions or slopes are no numbers: they stay as they are, and that is said. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Change } from '../../../core/algebra/index.ts';
import type { Engine } from '../engine/engine.ts';
import { originOf } from '../inference/origin.ts';
import { loadModel } from '../network/model.ts';
import { dense, rowsOf } from '../testing/analysis.ts';
import { ask, BACKENDS, blobsOf, engineOn } from '../testing/engines.ts';
import {
  ALL,
  call,
  planOf,
  type StoredModel,
  splitOf,
  storeModel,
  temporaryFolders,
} from '../testing/fixtures.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());

/** Scores of two classes: x[0] and x[1]. */
const model = storeModel(folders, [2], [dense('out', [2, 2], [1, 0, 0, 1], 'softmax')]);
const broken = storeModel(folders, [2], [dense('out', [2, 2], [1, Number.NaN, 0, 1], 'softmax')]);
const X = [1, 0, 0, Number.NaN, 0, 3];
const CHANGES: Change[] = [
  { kind: 'fgsm', epsilon: 0.5 },
  { kind: 'pgd', epsilon: 0.5, steps: 4 },
];

describe.each(BACKENDS)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await engineOn(backend, folders);
  });
  afterAll(() => engine.dispose());

  const under = (
    change: Change,
    asked: StoredModel,
    labels: readonly number[] | undefined,
    x: readonly number[] = X,
  ) => {
    const data = rowsOf(folders, x, 2, labels, labels ? ['a', 'b'] : []);
    return ask(engine, planOf(asked, data, { what: call('predict'), input: ALL, changes: [change] }));
  };

  for (const change of CHANGES) {
    test(`${change.kind}: an example without label and prediction is not attacked as class 0`, async () => {
      const { tensors, meta } = await under(change, model, undefined);
      expect(meta.warnings).toContain(
        '1 of 3 examples are not, or not everywhere, moved by the attack: they have neither a label nor a prediction, so no loss. The input itself holds NaN: toy.test[1], feature 1.',
      );
      // The others are moved against their own predictions: less of what was most.
      const [first = 0, , , , , last = 0] = tensors.probabilities?.data ?? [];
      const [before = 0, , , , , end = 0] = tensors['other.probabilities']?.data ?? [];
      expect([first < before, last < end]).toEqual([true, true]);
    });

    test(`${change.kind}: a slope that is NaN is said, also where there is a label`, async () => {
      const { meta } = await under(change, model, [0, 0, 1]);
      expect(meta.warnings).toContain(
        '1 of 3 examples are not, or not everywhere, moved by the attack: the slope of their loss is NaN. The input itself holds NaN: toy.test[1], feature 1.',
      );
    });

    test(`${change.kind}: where nothing can be attacked it is refused`, async () => {
      const origin =
        'The first layer whose output is not finite is out (for toy.test[0]); its weight kernel holds 1 NaN.';
      const finite = X.map((v) => (Number.isNaN(v) ? 1 : v));
      await expect(under(change, broken, undefined, finite)).rejects.toMatchObject({
        name: 'UserError',
        message: `no example of toy.test can be attacked: they have neither a label nor a prediction, so no loss. ${origin}`,
      });
      await expect(under(change, broken, [0, 1, 1], finite)).rejects.toMatchObject({
        name: 'UserError',
        message: `no example of toy.test can be attacked: the slope of their loss is NaN. ${origin}`,
      });
    });
  }

  test('where all outputs are finite, a NaN can only arise in a slope', async () => {
    const { tf } = engine.backend;
    const data = rowsOf(folders, [1, 2], 2, [0], ['a', 'b']);
    const loaded = await loadModel(tf, model.manifest, model.checkpoint, blobsOf(folders));
    const split = await splitOf(data, blobsOf(folders));
    const examples = { split, indices: Int32Array.of(0), address: 'toy.test', single: false };
    const plan = planOf(model, data, { what: call('predict'), input: ALL });
    const source = { tf, plan, signal: new AbortController().signal, progress: () => undefined };
    expect(await originOf(source, loaded, examples, 0)).toBe(
      'What its layers put out is finite (for toy.test[0]), so it arises in the slope of one of them.',
    );
    loaded.dispose();
  });
});
