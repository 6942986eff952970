/** Models of several inputs, against what Keras says of them (goldens/make_several.py). */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, type Query } from '../../../core/algebra/index.ts';
import type { DatasetManifest } from '../../../core/artifacts/index.ts';
import { attributionRecordSchema, decodeSafetensors, type NamedTensor } from '../../../core/result/index.ts';
import { type Answered, ask, BACKENDS, engineOn } from '../testing/engines.ts';
import { type StoredModel, temporaryFolders } from '../testing/fixtures.ts';
import { importGolden } from '../testing/goldens.ts';
import { importGoldenData } from '../testing/imported.ts';
import { type Ground, planFor } from '../testing/plans.ts';
import type { Engine } from './engine.ts';

const goldens = path.join(import.meta.dirname, '..', 'goldens');
const folders = temporaryFolders();
afterAll(() => folders.remove());
const { tensors: expected } = decodeSafetensors(readFileSync(path.join(goldens, 'several.safetensors')));

/** Largest difference, as a share of the largest magnitude. */
function apart(found: NamedTensor | undefined, name: string, from = 0): number {
  const wanted = expected[name];
  if (!found || !wanted) throw new Error(`no ${name}`);
  const values = Array.from(found.data, Number);
  const own = Array.from(wanted.data, Number).slice(from, from + values.length);
  const scale = Math.max(...own.map(Math.abs));
  return Math.max(...values.map((value, i) => Math.abs(value - (own[i] ?? Number.NaN)) / scale));
}

const left = ({ meta }: Answered) => attributionRecordSchema.parse(meta.record);

describe.each(BACKENDS)('on %s', (backend) => {
  let engine: Engine;
  const models: Record<string, StoredModel[]> = {};
  const datasets: Record<string, DatasetManifest> = {};
  const answer = (text: string, choices: Ground['choices'] = {}): Promise<Answered> =>
    ask(engine, planFor({ models, datasets, choices }, parse(text) satisfies Query));
  beforeAll(async () => {
    engine = await engineOn(backend, folders);
    for (const name of ['several', 'tokens'])
      models[name] = [await importGolden(path.join(goldens, `${name}.keras`), engine.backend, folders)];
    for (const name of ['several', 'tokens', 'tokens_unmasked'])
      datasets[name] = await importGoldenData(path.join(goldens, `${name}.npz`), engine.backend, folders);
  });
  afterAll(() => engine.dispose());

  test('a file of several arrays is one data set, and says so', () => {
    expect(datasets.several).toMatchObject({
      main: 'picture',
      shape: [6, 6, 1],
      arrays: [{ name: 'row', shape: [4], dtype: 'F32' }],
      columns: ['price_seen'],
      classes: ['0', '1', '2'],
      warnings: [
        'The examples have several arrays: picture and row. Each input of a model is given one, which preprocessing shows.',
      ],
    });
  });

  test('each input is given the array of its name: predictions and activations are those of Keras', async () => {
    const predicted = await answer('select predict() from several(several.all)');
    expect(apart(predicted.tensors.probabilities, 'kind')).toBeLessThan(1e-5);
    expect(predicted.meta.provenance.preprocessing?.[0]).toMatchObject({
      evidence: expect.arrayContaining([
        'picture is given the array picture (by its name).',
        'row is given the array row (by its name).',
      ]),
      input: { name: 'picture', source: { kind: 'array', name: 'picture' } },
      beside: [{ name: 'row', source: { kind: 'array', name: 'row' }, shapes: { given: [4] } }],
    });
    const inner = await answer('select activation(mixed) from several(several.all[5])');
    expect(apart(Object.values(inner.tensors)[0], 'mixed', 5 * 8)).toBeLessThan(1e-5);
  });

  test('tokens and their mask; where the data have no mask every place counts, which is said', async () => {
    const masked = await answer('select predict() from tokens(tokens.all)');
    expect(apart(masked.tensors.probabilities, 'tokens')).toBeLessThan(1e-5);
    const plain = await answer('select predict() from tokens(tokens_unmasked.all)');
    expect(apart(plain.tensors.probabilities, 'tokens_unmasked')).toBeLessThan(1e-5);
    expect(plain.meta.provenance.preprocessing?.[0]?.evidence).toContain(
      'attention_mask is given 1 everywhere (ones: every place counts, as the data have none).',
    );
  });

  const TOGETHER =
    /^The model's inputs are explained together; shown is (picture|row)\. The attributions sum to picture -?[\d.e-]+, row -?[\d.e-]+; select (row|picture) shows the other\.$/;

  test.each([
    ['gradient', 'gradient', 'baseline = 0'],
    ['ig', 'ig', 'baseline = 0, steps = 128'],
  ])(
    '%s of both inputs is that of TensorFlow, and completeness holds for their sum',
    async (golden, method, params) => {
      const using = `using ${method}(${params})`;
      const pictures = await answer(`select * from several(several.all) ${using}`);
      expect(pictures.meta.type).toBe('attribution[example,y,x]');
      expect(apart(pictures.tensors.values, `${golden}.picture`)).toBeLessThan(2e-5);
      for (const index of [0, 7]) {
        const row = await answer(`select row from several(several.all[${index}]) ${using}`);
        expect(row.meta.type).toBe('attribution[unit]');
        expect(apart(row.tensors.values, `${golden}.row`, 4 * index)).toBeLessThan(2e-5);
        expect(row.meta.warnings.some((warning) => TOGETHER.test(warning))).toBe(true);
        if (method === 'ig') expect(left(row)).toMatchObject({ gap: expect.closeTo(0, 3) });
      }
    },
  );

  test('what a target of the second output owes to both inputs', async () => {
    const picture = await answer(
      'select * from several(several.all) for unit price#0 using gradient(baseline = 0)',
    );
    expect(apart(picture.tensors.values, 'price_gradient.picture')).toBeLessThan(2e-5);
  });

  test('another output is predicted and explained where the labels are chosen to be its', async () => {
    const choices = { several: { several: { output: 'price' } } };
    const predicted = await answer('select predict() from several(several.all)', choices);
    expect(
      apart(
        Object.values(predicted.tensors).find(({ shape }) => shape.length === 2),
        'price',
      ),
    ).toBeLessThan(1e-5);
    expect(predicted.meta.warnings).toContain(
      'The model has 2 outputs: this is about the one that the labels belong to, price, not about kind; ask about that as layers, as in stats(kind).',
    );
    const owed = await answer('select * from several(several.all) using gradient(baseline = 0)', choices);
    expect(apart(owed.tensors.values, 'price_gradient.picture')).toBeLessThan(2e-5);
    const first = await answer('select predict() from several(several.all)');
    expect(apart(first.tensors.probabilities, 'kind')).toBeLessThan(1e-5);
  });

  test.each([
    'shapley(samples = 200, seed = 1, baseline = 0)',
    'occlusion(window = 6, stride = 6, baseline = 0)',
  ])('%s plays with the features of all inputs', async (using) => {
    const row = await answer(`select row from several(several.all[3]) for class 1 using ${using}`);
    const picture = await answer(`select * from several(several.all[3]) for class 1 using ${using}`);
    expect(row.tensors.values?.shape).toEqual([4]);
    expect(picture.tensors.values?.shape).toEqual([6, 6, 1]);
    const { value, baselineValue, sum } = left(row);
    // What is said of the whole is the same, whichever input is shown.
    expect(left(picture)).toMatchObject({ value, baselineValue, sum });
    // Shapley values add up to what all inputs together change, whatever the order in which they came.
    if (using.startsWith('shapley')) expect(sum).toBeCloseTo(value - (baselineValue ?? 0), 4);
  });

  test('ids are looked up and stay, the mask beside them is explained; ids alone are refused', async () => {
    const mask = await answer(
      'select attention_mask from tokens(tokens.all[1]) for class 1 using ig(baseline = 0, steps = 64)',
    );
    expect(mask.meta.warnings).toContain('input_ids is looked up and stays as it is: no slope leads to it.');
    expect(left(mask)).toMatchObject({ gap: expect.closeTo(0, 3) });
    await expect(
      answer('select * from tokens(tokens_unmasked.all[1]) using ig(baseline = 0, steps = 8)'),
    ).rejects.toThrow('the layer words (Embedding) has no gradient by its input');
    const covered = await answer(
      'select * from tokens(tokens_unmasked.all[1]) using occlusion(baseline = 0)',
    );
    expect(covered.tensors.values?.shape).toEqual([8]);
  });

  test('an input that nothing fits is refused by name', async () => {
    expect(() => planFor({ models, datasets }, parse('select predict() from several(tokens.all)'))).toThrow(
      'several has the input picture (6×6×1), and nothing in tokens fits it: it has input_ids (8), attention_mask (8).',
    );
  });
});
