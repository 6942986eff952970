/** Pairs of models and data over HTTP, with a real worker, against what Keras predicts (goldens/make.py). */
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import {
  importDatasetResponseSchema,
  importModelResponseSchema,
  type Preprocessing,
  preprocessingSchema,
  queryResponseSchema,
} from '../../../core/api/index.ts';
import { decodeSafetensors, type Result } from '../../../core/result/index.ts';
import { createPool, type Pool } from '../../compute/client.ts';
import { type Bench, startBench, type Visitor, visitor } from '../testing/harness.ts';

const GOLDENS = fileURLToPath(new URL('goldens', import.meta.url));
const SEVERAL = fileURLToPath(new URL('../../compute/goldens', import.meta.url));
const WORKER = fileURLToPath(new URL('../../compute/worker.ts', import.meta.url));
const expected = z
  .record(z.string(), z.array(z.array(z.number())))
  .parse(JSON.parse(await readFile(path.join(GOLDENS, 'expected.json'), 'utf8')));

let folder: string;
let pool: Pool;
let bench: Bench;
let ada: Visitor;
let viewer: Visitor;
let projects = 0;
let project = '';

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'interlayer-preprocessing-'));
  await mkdir(path.join(folder, 'spool'));
  pool = createPool({
    ...{ workers: 1, blobs: path.join(folder, 'blobs'), spool: path.join(folder, 'spool') },
    ...{ memoryBytes: 2 * 1024 ** 3, backend: 'auto' },
    entry: { file: WORKER, args: [], execArgv: ['--import', 'tsx'] },
  });
  bench = await startBench({ folder, pool });
});
beforeEach(async () => {
  project = `lab-${++projects}`;
  const row = await bench.store.projects.create({ slug: project, name: project, ownerId: null });
  ada = await visitor(bench, `Ada ${projects}`, { projectId: row.id, role: 'editor' });
  viewer = await visitor(bench, `Emmy ${projects}`, { projectId: row.id, role: 'viewer' });
});
afterAll(async () => {
  await bench.close();
  await pool.close();
  await rm(folder, { recursive: true, force: true });
});

async function importData(name: string, folderOf = GOLDENS) {
  const file = await readFile(path.join(folderOf, `${name}.npz`));
  const { status, body } = await ada.upload(`projects/${project}/datasets?name=${name}`, {
    [`${name}.npz`]: file,
  });
  expect(status, JSON.stringify(body)).toBe(201);
  return importDatasetResponseSchema.parse(body);
}

async function importModel(name: string, folderOf = GOLDENS) {
  const file = await readFile(path.join(folderOf, `${name}.keras`));
  const { status, body } = await ada.upload(`projects/${project}/models?name=${name}`, {
    [`${name}.keras`]: file,
  });
  expect(status, JSON.stringify(body)).toBe(201);
  return importModelResponseSchema.parse(body);
}

async function result(query: string): Promise<Result> {
  const { status, body } = await ada.ask('POST', `projects/${project}/queries?wait=50`, { query });
  const parsed = queryResponseSchema.safeParse(body);
  if (!parsed.success || parsed.data.status !== 'done')
    throw new Error(`${query}: ${status} ${JSON.stringify(body)}`);
  const meta = parsed.data.result;
  const response = await fetch(`${bench.base}/results/${meta.id}`, {
    headers: { ...ada.headers, accept: 'application/x-safetensors' },
  });
  return { meta, tensors: decodeSafetensors(new Uint8Array(await response.arrayBuffer())).tensors };
}

const route = (model: string, data: string) => `projects/${project}/models/${model}/preprocessing/${data}`;
async function pair(model: string, data: string): Promise<Preprocessing> {
  return preprocessingSchema.parse((await viewer.ask('GET', route(model, data))).body);
}

/** What is said of `data.test`, compared with Keras on values prepared as the model was trained. */
async function predicts(model: string, data: string): Promise<Result> {
  const found = await result(`select predict() from ${model}(${data}.test)`);
  const wanted = expected[`${model} ${data}`]?.flat() ?? [];
  const said = found.tensors.probabilities?.data ?? [];
  expect(said.length).toBe(wanted.length);
  const worst = wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - (said[i] ?? 9))), 0);
  expect(worst).toBeLessThan(2e-5);
  return found;
}

test('a model that scales its input is given values as stored, an axis of size 1 is added and told', async () => {
  expect((await importData('bands')).shape).toEqual([6, 6]);
  const { preprocessing } = await importModel('own-scale');
  expect(preprocessing).toMatchObject([
    { model: 'own-scale', dataset: 'bands', fits: true, words: 'values as stored', origin: 'proposed' },
  ]);
  const { meta } = await predicts('own-scale', 'bands');
  expect(meta.warnings).toEqual([]);
  expect(meta.provenance.preprocessing).toEqual([
    {
      ...{ model: 'own-scale', dataset: 'bands', origin: 'proposed' },
      spec: { scale: { subtract: 0, divide: 1 }, layout: { kind: 'stored' }, classOrder: 'stored' },
      evidence: [
        'Values are given as stored: the model scales them itself (rescaling, Rescaling).',
        '6×6 became 6×6×1: only axes of size 1 differ.',
      ],
      shapes: { stored: [6, 6], shown: [6, 6, 1], given: [6, 6, 1], channels: 2, whole: false },
    },
  ]);
});

test('of models that do not, labelled examples tell the scale, once; the answer quotes what was tried', async () => {
  await importData('bands');
  await importModel('unit-scale');
  await importModel('centred');
  const { meta } = await predicts('unit-scale', 'bands');
  expect(meta.warnings).toEqual([]);
  expect(meta.provenance.preprocessing?.[0]).toMatchObject({
    spec: { scale: { subtract: 0, divide: 255 } },
    evidence: [
      "Values are divided by 255: the model's answers fit the labels clearly better so.",
      expect.stringMatching(
        /^Tried on 256 labelled examples of test: as stored [\d.]+ % right with a mean loss of [\d.]+; divided by 255 [\d.]+ % right with a mean loss of [\d.]+; less 127.5, divided by 127.5 .*; always naming the commonest class would be [\d.]+ % right\.$/,
      ),
      '6×6 became 6×6×1: only axes of size 1 differ.',
    ],
  });
  const centred = await predicts('centred', 'bands');
  expect(centred.meta.provenance.preprocessing?.[0]?.spec.scale).toEqual({ subtract: 127.5, divide: 127.5 });
  const kept = await bench.store.preprocessings.ofProject(
    (await bench.store.projects.bySlug(project))?.id ?? '',
  );
  expect(kept.map(({ trial }) => trial?.outcome)).toEqual([
    expect.objectContaining({ split: 'test', n: 256 }),
    expect.objectContaining({ split: 'test', n: 256 }),
  ]);
});

test('a model trained on bytes gets bytes, without a warning; a picture is flattened and told', async () => {
  await importData('bands');
  await importModel('raw-bytes');
  const { meta } = await predicts('raw-bytes', 'bands');
  expect(meta.warnings).toEqual([]);
  expect(meta.provenance.preprocessing?.[0]).toMatchObject({
    spec: { scale: { divide: 1 } },
    shapes: { stored: [6, 6], shown: [6, 6], given: [36] },
    evidence: [
      'Values are given as stored: no usual scale fits the labels clearly better.',
      expect.stringContaining('Tried on 256'),
      '6×6 was flattened to the 36 numbers that the model takes, in the order in which they are stored.',
    ],
  });
});

test('where nothing tells the scale, bytes go as stored and every answer warns; a choice ends that', async () => {
  await importData('bands');
  await importModel('untrained');
  const before = await predicts('untrained', 'bands');
  const warning =
    'untrained is given the bytes of bands (0 to 248) as stored; if it was trained on values from 0 to 1, set "divided by 255" under Preprocessing of this model and this data set.';
  expect(before.meta.warnings).toContain(warning);
  const chosen = await ada.ask('PUT', route('untrained', 'bands'), {
    scale: { subtract: 0, divide: 255 },
  });
  expect(chosen.body).toMatchObject({
    origin: 'chosen',
    spec: { scale: { subtract: 0, divide: 255 }, layout: { kind: 'stored' } },
    evidence: ['Chosen by a member of the project: scale.', '6×6 became 6×6×1: only axes of size 1 differ.'],
    proposed: { spec: { scale: { subtract: 0, divide: 1 } } },
    warnings: [],
  });
  const after = await result('select predict() from untrained(bands.test)');
  expect(after.meta.id).not.toBe(before.meta.id);
  expect(after.meta.warnings).not.toContain(warning);
  expect(after.tensors.probabilities?.data).not.toEqual(before.tensors.probabilities?.data);
  expect((await ada.ask('DELETE', route('untrained', 'bands'))).body).toMatchObject({ origin: 'proposed' });
  expect((await predicts('untrained', 'bands')).meta.id).toBe(before.meta.id);
});

test('axes in another order are refused with the transposition that fits, and follow once it is chosen', async () => {
  await importData('channels');
  const { preprocessing } = await importModel('channels-last');
  const problem =
    'channels has examples of 3×5×6, channels-last takes 5×6×3. With the axes in the order 1, 2, 0 an example is 5×6×3 and fits: if that is what they mean, set layout "transpose" 1, 2, 0 under Preprocessing of this model and this data set';
  expect(preprocessing).toMatchObject([{ fits: false, words: problem }]);
  const refused = await ada.ask('POST', `projects/${project}/queries?wait=50`, {
    query: 'select predict() from channels-last(channels.test)',
  });
  expect(refused).toMatchObject({ status: 422, body: { error: { message: problem } } });
  const { offers } = await pair('channels-last', 'channels');
  expect(offers).toEqual([{ kind: 'transpose', axes: [1, 2, 0] }]);
  const layout = offers[0];
  expect((await ada.ask('PUT', route('channels-last', 'channels'), { layout })).status).toBe(200);
  const { meta } = await predicts('channels-last', 'channels');
  expect(meta.provenance.preprocessing?.[0]).toMatchObject({
    origin: 'chosen',
    shapes: { stored: [3, 5, 6], shown: [5, 6, 3], given: [5, 6, 3] },
  });
  const images = await result('select images() from channels-last(channels.test) limit 1');
  expect(images.tensors.images?.shape).toEqual([1, 5, 6, 3]);
});

test('series of any length, tokens and tables of bytes are given as stored', async () => {
  for (const name of ['series', 'words', 'table']) await importData(name);
  for (const name of ['any-length', 'reader', 'ages']) await importModel(name);
  expect((await predicts('any-length', 'series')).meta.warnings).toEqual([]);
  const words = await predicts('reader', 'words');
  expect(words.meta.provenance.preprocessing?.[0]?.evidence).toEqual([
    'Values are given as stored: the model takes them as tokens (embedding, Embedding).',
  ]);
  const table = await predicts('ages', 'table');
  expect(table.meta.provenance.preprocessing?.[0]?.evidence).toEqual([
    'Values are given as stored: they are a table of whole numbers.',
  ]);
});

test('the order of classes is that of the model’s outputs: labels, names and conditions follow it', async () => {
  await importData('bands');
  await importModel('own-scale');
  const plain = await result('select confusion() from own-scale(bands.test)');
  await ada.ask('PUT', route('own-scale', 'bands'), { classOrder: ['2', '0', '1'] });
  const turned = await result('select confusion() from own-scale(bands.test)');
  expect(turned.meta.axes[0]?.labels).toEqual(['2', '0', '1']);
  // Row 0 counts the examples of the class that output 0 is said to stand for.
  const rows = (found: Result) =>
    [0, 1, 2].map((row) => [0, 1, 2].map((column) => Number(found.tensors.counts?.data[3 * row + column])));
  const before = rows(plain);
  expect(rows(turned)).toEqual([before[2], before[0], before[1]]);
  const counted = await result("select count() from own-scale(bands.test[label = '2'])");
  expect(counted.meta.record).toMatchObject({ count: before[2]?.reduce((a, b) => a + b, 0) });
});

test.each([
  [{ classOrder: ['0', '1'] }, "does not name '2'; name every class of the data set"],
  [{ classOrder: ['0', '1', '2', '1'] }, "names '1' twice"],
  [{ scale: { subtract: 0, divide: [1, 2] } }, 'divide lists 2 numbers for 1 channels of 6×6×1'],
  [{ layout: { kind: 'transpose', axes: [0, 0] } }, 'does not name each of the axes 0 to 1 of 6×6 once'],
  [
    { layout: { kind: 'reshape', shape: [7, 5] } },
    'the reshape to 7×5 needs 35 numbers, an example of 6×6 has 36',
  ],
  [{ layout: { kind: 'reshape', shape: [4, 9] } }, 'bands has examples of 6×6 (4×9 after the reshape)'],
  [{ scale: { subtract: 0, divide: 0 } }, 'a number other than zero'],
])('a choice that cannot be is refused: %j', async (choice, sentence) => {
  await importData('bands');
  await importModel('own-scale');
  const { status, body } = await ada.ask('PUT', route('own-scale', 'bands'), choice);
  expect([400, 422]).toContain(status);
  expect(JSON.stringify(body)).toContain(sentence);
});

test('what each input is given and which output the labels belong to is shown, chosen, and part of the answer’s name', async () => {
  await importData('several', SEVERAL);
  await importModel('several', SEVERAL);
  const shown = await pair('several', 'several');
  expect(shown).toMatchObject({
    problem: null,
    inputs: [
      { name: 'picture', shape: [6, 6, 1], source: { kind: 'array', name: 'picture' } },
      { name: 'row', shape: [4], source: { kind: 'array', name: 'row' } },
    ],
    outputs: ['kind', 'price'],
    output: 'kind',
  });
  const before = await result('select predict() from several(several.all)');
  const still = { inputs: { row: { source: { kind: 'constant', value: 0 } } } };
  const chosen = await ada.ask('PUT', route('several', 'several'), still);
  expect(chosen.body).toMatchObject({
    origin: 'chosen',
    evidence: expect.arrayContaining([
      'row is given 0 everywhere (chosen by a member of the project).',
      'Chosen by a member of the project: input row.',
    ]),
  });
  const after = await result('select predict() from several(several.all)');
  expect(after.meta.id).not.toBe(before.meta.id);
  expect(after.tensors.probabilities?.data).not.toEqual(before.tensors.probabilities?.data);
  await ada.ask('PUT', route('several', 'several'), { output: 'price' });
  const price = await result('select predict() from several(several.all)');
  expect(price.meta.warnings.join(' ')).toContain('this is about the one that the labels belong to, price');
  const wrong = await ada.ask('PUT', route('several', 'several'), {
    inputs: { row: { source: { kind: 'array', name: 'picture' } } },
  });
  expect([400, 422]).toContain(wrong.status);
  expect(JSON.stringify(wrong.body)).toContain(
    'several (the array picture) has examples of 6×6×1, several (input row) takes 4',
  );
  await ada.ask('DELETE', route('several', 'several'));
  expect((await result('select predict() from several(several.all)')).meta.id).toBe(before.meta.id);
});
