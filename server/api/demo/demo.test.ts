/** Everything together: real store, real worker with TensorFlow, the demo as a new installation has it. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { boardSchema, datasetSchema, modelSchema, threadSchema } from '../../../core/api/index.ts';
import { offerSetup } from '../account/setup.ts';
import { type Bench, startBench, Visitor } from '../testing/harness.ts';
import { seedDemo } from './demo.ts';
import { type Demo, EXAMPLES, startDemo } from './testing/demo.ts';

let demo: Demo;
let bench: Bench;
let ada: Visitor;

beforeAll(async () => {
  demo = await startDemo();
  ({ bench, ada } = demo);
});
afterAll(() => demo.close());

test('four models with their checkpoints and metrics, the data, the boards and the comments', async () => {
  const list = async <T>(schema: z.ZodType<T>, route: string) =>
    z.array(schema).parse((await ada.ask('GET', `projects/digits/${route}`)).body);
  const models = await list(modelSchema, 'models');
  expect(models.map(({ name, checkpoints }) => [name, checkpoints.length])).toEqual([
    ['digits-cnn', 10],
    ['digits-cnn-relu', 10],
    ['digits-vae', 10],
    ['suspect-cnn', 6],
  ]);
  for (const model of models) {
    expect(model.metrics?.series.length).toBeGreaterThan(2);
    expect(model.bestStep).not.toBeNull();
    expect(model.warnings).toEqual([]);
  }
  expect(await list(datasetSchema, 'datasets')).toMatchObject([
    {
      name: 'digits',
      splits: [
        { name: 'train', size: 1438 },
        { name: 'test', size: 359 },
      ],
    },
    {
      name: 'suspect',
      columns: ['flipped', 'triggered'],
      splits: [
        { name: 'train', size: 1438 },
        { name: 'test', size: 359 },
        { name: 'triggered', size: 322 },
      ],
    },
  ]);
  const boards = await list(boardSchema, 'boards');
  expect(boards.map(({ title }) => title)).toEqual([
    'Why is B worse than A?',
    'Dead axes in the latent space',
    'Adversarial inputs',
    'Two models disagree',
    'Contaminated data',
  ]);
  const threads = await list(threadSchema, 'threads');
  expect(threads.map(({ anchor }) => anchor)).toContainEqual({
    ...{ kind: 'address', address: 'digits-cnn-relu@20/relu' },
  });
});

test('every view of the demo’s boards is answered', async () => {
  const boards = z.array(boardSchema).parse((await ada.ask('GET', 'projects/digits/boards')).body);
  let asked = 0;
  for (const board of boards) {
    const { items, bindings, slices } = await bench.app.sync.read(await bench.app.sync.state(board.id));
    const bound = Object.entries(bindings).filter(([, value]) => typeof value === 'string');
    const names = z.record(z.string(), z.string()).parse(Object.fromEntries(bound));
    for (const item of items)
      if (item.kind === 'view') {
        const meta = await demo.ask(item.query, { ...names, slices });
        expect(meta.provenance.query).not.toMatch(/\bf\b\(|from f\b/);
        asked += 1;
      }
  }
  expect(asked).toBeGreaterThan(50);
});

test('B is worse than A by the numbers: accuracy of the confusion matrices', async () => {
  const accuracy = async (model: string) => {
    const { counts } = await demo.numbers(
      (await demo.ask(`select confusion() from ${model}@20(digits.test)`)).id,
    );
    const cells = Array.from(counts?.data ?? []);
    const right = cells.filter((_, k) => k % 11 === 0).reduce((a, b) => a + b, 0);
    return right / cells.reduce((a, b) => a + b, 0);
  };
  expect(await accuracy('digits-cnn')).toBeGreaterThan(0.97);
  expect(await accuracy('digits-cnn-relu')).toBeLessThan(0.7);
});

test('a model file that is no model is refused by the worker with its reason', async () => {
  const answer = await ada.upload('projects/digits/models', { 'notes.txt': 'not a model' });
  expect([415, 422]).toContain(answer.status);
  expect(answer.body).toMatchObject({ error: { message: /notes\.txt/ } });
});

test('the demo’s own files make a model when uploaded', async () => {
  const model = path.join(EXAMPLES, 'models/digits-cnn');
  const answer = await ada.upload('projects/digits/models?name=mine', {
    'model.json': await readFile(path.join(model, 'model.json')),
    '20.safetensors': await readFile(path.join(model, 'checkpoints/20.safetensors')),
  });
  expect(answer).toMatchObject({ status: 201, body: { address: 'mine@0', warnings: [] } });
  // The same weights and layers compute the same numbers.
  const [mine, theirs] = [
    await demo.numbers((await demo.ask('select confusion() from mine(digits.test)')).id),
    await demo.numbers((await demo.ask('select confusion() from digits-cnn@20(digits.test)')).id),
  ];
  expect(mine.counts?.data).toEqual(theirs.counts?.data);
});

test('seeding again changes nothing; what was cut off is finished', async () => {
  const before = (await ada.ask('GET', 'projects/digits/models')).body;
  await seedDemo(bench.app, EXAMPLES);
  expect((await ada.ask('GET', 'projects/digits/models')).body).toEqual(before);
  const project = await bench.store.projects.bySlug('digits');
  const vae = await bench.store.models.byName(project?.id ?? '', 'digits-vae');
  await bench.store.models.delete(vae?.id ?? '');
  await seedDemo(bench.app, EXAMPLES);
  bench.app.catalogs.forget(project?.id ?? '');
  expect((await ada.ask('GET', 'projects/digits/models/digits-vae')).status).toBe(404);
  await writeFile(path.join(bench.app.config.dataFolder, 'demo-under-way'), '');
  await seedDemo(bench.app, EXAMPLES);
  expect((await ada.ask('GET', 'projects/digits/models/digits-vae')).body).toMatchObject({ bestStep: 20 });
  const boards = z.array(boardSchema).parse((await ada.ask('GET', 'projects/digits/boards')).body);
  expect(boards).toHaveLength(5);
});

test('an examples folder without models makes an empty project, not an error', async () => {
  const empty = await startBench();
  await seedDemo(empty.app, path.join(demo.folder, 'missing'));
  expect(await empty.store.projects.bySlug('digits')).toMatchObject({ name: 'Digits' });
  await empty.close();
});

test('a demo that its owner deleted does not come back with the next start', async () => {
  const place = await startBench();
  const missing = path.join(demo.folder, 'missing');
  const token = await offerSetup(place.store, undefined);
  await seedDemo(place.app, missing);
  const person = { email: 'ada@example.org', name: 'Ada', password: 'analytical engine' };
  expect((await new Visitor(place).ask('POST', 'setup', { ...person, token })).status).toBe(201);
  const project = await place.store.projects.bySlug('digits');
  await place.store.projects.delete(project?.id ?? '');
  await seedDemo(place.app, missing);
  expect(await place.store.projects.bySlug('digits')).toBeNull();
  await place.close();
});
