/** Whole models that TimeDistributed applies, and weights whose architecture lies beside them, against Keras. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { UploadedFile } from '../contract.ts';
import { disposeModel, importModel } from './index.ts';
import {
  functional,
  type KerasLayer,
  predict,
  sequential,
  type Workbench,
  workbench,
} from './testing/bench.ts';
import { finishModel } from './topology/model.ts';

const folder = path.join(import.meta.dirname, 'goldens/steps');
const answers = (name: string) =>
  z
    .object({ shape: z.array(z.number()), y: z.array(z.number()), architecture: z.string().default('') })
    .parse(JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8')));

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});

async function differs(files: readonly UploadedFile[], name: string) {
  const outcome = await importModel(files, bench.context);
  const model = await bench.revive(outcome);
  const { shape, y } = answers(name);
  const data = Array.from(
    { length: shape.reduce((a, b) => a * b, 1) },
    (_, i) => (((i + 1) * 7817) % 1009) / 504.5 - 1,
  );
  const [found = []] = predict(bench.tf, model, [{ shape, data }]);
  disposeModel(model);
  expect(found).toHaveLength(y.length);
  const worst = y.reduce((most, value, i) => Math.max(most, Math.abs(value - (found[i] ?? Number.NaN))), 0);
  return { worst, manifest: outcome.manifest };
}

describe('TimeDistributed of whole models', () => {
  it.each(['steps.keras', 'steps.h5'])('%s', async (file) => {
    const { worst, manifest } = await differs([bench.existing(path.join(folder, file))], 'steps');
    expect(worst).toBeLessThan(1e-5);
    expect(manifest.warnings).toEqual([]);
    const { layers } = manifest.graph;
    expect(layers.map(({ name }) => name)).toEqual(expect.arrayContaining(['left', 'right', 'both', 'sum']));
    expect(layers.find(({ name }) => name === 'left')).toMatchObject({
      type: 'TimeDistributed',
      outputShape: [null, 3, 6, 6, 3],
    });
  });

  const input = (shape: readonly (number | null)[]): KerasLayer => [
    'InputLayer',
    'in',
    { batch_shape: shape },
  ];
  const refused = (layers: readonly KerasLayer[], message: string) => {
    const wrapper: KerasLayer = ['TimeDistributed', 'each', { layer: functional(layers) }];
    return expect(
      finishModel(
        {
          ...{ format: 'keras', file: 'it.h5', keras3: true, weights: [] },
          architecture: functional([input([null, 3, 4]), wrapper]),
        },
        bench.context,
      ),
    ).rejects.toMatchObject({ code: 'unsupported', message: expect.stringContaining(message) });
  };
  it('a mask within, examples joined, and operators are refused by name', async () => {
    const within = 'the layer each (TimeDistributed) wraps a model whose layer it';
    await refused(
      [input([null, 4]), ['Masking', 'it']],
      `${within} (Masking) makes a mask of its own for each step, which is not computed here; put it before the wrapper`,
    );
    await refused(
      [input([null, 4]), ['Concatenate', 'it', { axis: 0 }]],
      `${within} (Concatenate) joins examples, which is not computed here; join along another axis`,
    );
    const both = {
      inbound_nodes: [
        [
          ['in', 0, 0],
          ['in', 0, 0],
        ],
      ],
    };
    await refused(
      [input([null, 4]), ['Dot', 'it', { axes: 1 }, both]],
      `${within} (Dot) takes several tensors or is an operator, which is not computed step by step here; put it after the wrapper`,
    );
  });
  it('a merge of different ranks within is refused', async () => {
    const layers: KerasLayer[] = [
      input([null, 4]),
      ['RepeatVector', 'more', { n: 3 }],
      [
        'Add',
        'it',
        {},
        {
          inbound_nodes: [
            [
              ['in', 0, 0],
              ['more', 0, 0],
            ],
          ],
        },
      ],
    ];
    await refused(layers, 'the layer it (Add) takes tensors of different ranks (');
  });
});

describe('weights alone', () => {
  const weights = () =>
    ['small.weights.h5', 'small_keras2.h5'].map((file) => bench.existing(path.join(folder, file)));
  it.each([
    ['as Keras 3 writes them', 0],
    ['as Keras 2 writes them', 1],
  ])('%s, with the architecture beside', async (_, at) => {
    const { architecture } = answers('small');
    for (const text of [architecture, JSON.stringify(architecture)]) {
      const { worst, manifest } = await differs([weights()[at]!, bench.upload('net.json', text)], 'small');
      expect(worst).toBeLessThan(1e-5);
      expect(manifest.warnings).toEqual([]);
    }
  });

  it('without an architecture, with two, and of another architecture', async () => {
    const [own] = weights();
    const { architecture } = answers('small');
    await expect(importModel([own!], bench.context)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining(
        'it holds weights only, without the architecture; send the architecture (model.to_json(), as a .json file) together with it, or save the whole model: model.save("name.keras")',
      ),
    });
    const two = ['a.json', 'b.json'].map((name) => bench.upload(name, architecture));
    await expect(importModel([own!, ...two], bench.context)).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('a second model beside a.json'),
    });
    const first = { class_name: 'InputLayer', config: { name: 'in', batch_shape: [null, 4] } };
    const other = sequential([first, { class_name: 'Dense', config: { name: 'hidden', units: 5 } }]);
    await expect(
      importModel([own!, bench.upload('other.json', JSON.stringify(other))], bench.context),
    ).rejects.toMatchObject({ code: 'invalid', message: expect.stringMatching(/hidden/) });
  });
});
