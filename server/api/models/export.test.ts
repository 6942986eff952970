/** What scripts fetch: a checkpoint with its weights, and a split as it is stored. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportedModelSchema } from '../../../core/api/index.ts';
import { decodeSafetensors } from '../../../core/result/index.ts';
import { type Bench, startBench } from '../testing/harness.ts';
import { ARCHITECTURE, type Cast, cast, furnish } from '../testing/project.ts';
import { checkpointOf } from './checkpoint.ts';

let bench: Bench;
let people: Cast;
beforeAll(async () => {
  bench = await startBench();
  people = await cast(bench);
  await furnish(bench, people.project);
  const { project } = people;
  const graph = { opsets: { '': 17 }, nodes: [], inputs: [], outputs: [], constants: {}, weights: [] };
  const manifest = {
    ...ARCHITECTURE,
    format: 'onnx',
    topology: null,
    operators: { graph, shapes: {}, batch: null },
  };
  const { store } = bench;
  const model = await store.models.create({
    projectId: project.id,
    name: 'torch',
    manifest,
    createdById: null,
  });
  await store.models.addCheckpoint({ modelId: model.id, step: 0, ...checkpointOf(manifest, []) });
});
afterAll(() => bench.close());

test('a viewer gets a checkpoint whole: topology, and every weight as float32', async () => {
  const base = `projects/${people.project.slug}/models/net/export`;
  const { status, body } = await people.viewer.ask('GET', base);
  expect(status).toBe(200);
  const found = exportedModelSchema.parse(body);
  expect(found).toMatchObject({ name: 'net', step: 0, topology: ARCHITECTURE.topology });
  expect(found.weights.map(({ name, shape }) => [name, shape])).toEqual([['dense_1/kernel', [4, 4]]]);
  expect(Buffer.from(found.weights[0]?.data ?? '', 'base64')).toHaveLength(4 * 4 * 4);
  expect((await people.viewer.ask('GET', `${base}?step=0`)).body).toEqual(body);
});

test('a step, a model, a split or a data set that is not there is told', async () => {
  const { slug } = people.project;
  const message = async (route: string) => (await people.viewer.ask('GET', `projects/${slug}/${route}`)).body;
  expect(await message('models/net/export?step=7')).toMatchObject({
    error: { code: 'not_found', message: 'No step 7 of net; it has 0.' },
  });
  expect(await message('datasets/data/splits/tset/export')).toMatchObject({
    error: { code: 'not_found', message: 'No split tset in data; it has test.' },
  });
  expect(await message('models/other/export')).toMatchObject({ error: { code: 'not_found' } });
  expect(await message('datasets/other/splits/test/export')).toMatchObject({ error: { code: 'not_found' } });
});

test('a graph of operators has no topology to give', async () => {
  const { status, body } = await people.viewer.ask(
    'GET',
    `projects/${people.project.slug}/models/torch/export`,
  );
  expect(status).toBe(415);
  expect(body).toMatchObject({
    error: {
      code: 'unsupported',
      message:
        'torch is a graph of operators (onnx), which this answer has no place for; use the file that it was imported from.',
    },
  });
});

test('a split comes as safetensors', async () => {
  const response = await fetch(
    `${bench.base}/projects/${people.project.slug}/datasets/data/splits/test/export`,
    { headers: people.viewer.headers },
  );
  expect(response.headers.get('content-type')).toBe('application/x-safetensors');
  const { tensors } = decodeSafetensors(new Uint8Array(await response.arrayBuffer()));
  expect(tensors.x?.shape).toEqual([2, 4]);
});
