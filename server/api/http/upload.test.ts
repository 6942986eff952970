import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { encodeSafetensors } from '../../../core/result/index.ts';
import type { UploadedFile } from '../../compute/contract.ts';
import { type Bench, startBench } from '../testing/harness.ts';
import { ARCHITECTURE, type Cast, cast } from '../testing/project.ts';
import { withUpload } from './upload.ts';

const LIMIT = 100_000;
let bench: Bench;
let people: Cast;
/** What the worker was given, with its bytes as they were then. */
let given: { name: string; text: string; path: string }[];

beforeAll(async () => {
  bench = await startBench({ env: { INTERLAYER_MAX_UPLOAD: String(LIMIT) } });
  bench.pool.answer = async (task) => {
    if (task.kind === 'query' || task.kind === 'trial') throw new Error('no question was expected');
    given = await Promise.all(
      task.files.map(async (file: UploadedFile) => ({
        name: file.name,
        path: file.path,
        text: await readFile(file.path, 'latin1'),
      })),
    );
    const file = path.join(bench.folder, 'spool', 'outcome');
    await writeFile(file, new Uint8Array(64).fill(given.length));
    if (task.kind === 'import-model') {
      const weights = [{ name: 'dense_1/kernel', shape: [4, 4], file }];
      return { kind: task.kind, manifest: ARCHITECTURE, weights };
    }
    const splits = [{ name: 'train', size: 16, file }];
    return {
      kind: task.kind,
      shape: [4],
      classes: ['a', 'b'],
      columns: [],
      ...{ dtype: 'F32', range: null, declaredScale: null },
      warnings: ['odd'],
      splits,
    };
  };
});
beforeEach(async () => {
  people = await cast(bench);
});
afterAll(() => bench.close());

const models = () => `projects/${people.project.slug}/models`;
const left = async (): Promise<string[]> =>
  (await readdir(path.join(bench.folder, 'spool')).catch(() => [])).filter((name) =>
    name.startsWith('upload-'),
  );

test('files arrive whole under names of ours, and are gone afterwards', async () => {
  const answer = await people.editor.upload(models(), {
    '../../etc/model.json': '{"a": 1}',
    'weights/shard1.bin': new Uint8Array(5000).fill(65),
  });
  expect(answer.status).toBe(201);
  expect(answer.body).toMatchObject({
    ...{ address: 'etc@0', format: 'tfjs-layers', warnings: [] },
    layers: [{ name: 'image' }, { name: 'dense_1', type: 'Dense', params: 20 }],
  });
  expect(given.map(({ name }) => name)).toEqual(['../../etc/model.json', 'weights/shard1.bin']);
  expect(given[0]?.text).toBe('{"a": 1}');
  expect(given[1]?.text).toBe('A'.repeat(5000));
  for (const file of given)
    expect(path.dirname(path.dirname(file.path))).toBe(path.join(bench.folder, 'spool'));
  expect(await left()).toEqual([]);
  const blob = createHash('sha256').update(new Uint8Array(64).fill(2)).digest('hex');
  expect(await bench.store.blobs.has(blob)).toBe(true);
  expect((await people.viewer.ask('GET', `${models()}/etc`)).body).toMatchObject({
    checkpoints: [{ step: 0, address: 'etc@0' }],
  });
});

test('a name that is taken is a conflict; with a step it is a further checkpoint; without a name a free one is found', async () => {
  const file = { 'net.keras': 'x' };
  expect((await people.editor.upload(`${models()}?name=net`, file)).status).toBe(201);
  const taken = await people.editor.upload(`${models()}?name=net`, file);
  const message =
    'There is a model net already. Choose another name, or give a step to add a checkpoint to it.';
  expect(taken).toMatchObject({ status: 409, body: { error: { at: 'name', message } } });
  expect((await people.editor.upload(`${models()}?name=net&step=5`, file)).body).toMatchObject({
    address: 'net@5',
  });
  expect((await people.editor.upload(models(), file)).body).toMatchObject({ address: 'net-2@0' });
  expect((await people.editor.upload(`${models()}?name=no%20spaces`, file)).status).toBe(400);
});

test('a data set', async () => {
  const route = `projects/${people.project.slug}/datasets`;
  const answer = await people.editor.upload(route, { 'my digits.csv': 'a,b' });
  expect(answer).toMatchObject({
    status: 201,
    body: {
      name: 'my-digits',
      splits: [{ name: 'train', size: 16 }],
      classes: ['a', 'b'],
      warnings: ['odd'],
    },
  });
  expect(await people.editor.upload(`${route}?name=my-digits`, { x: 'x' })).toMatchObject({
    status: 409,
    body: {
      error: {
        message: 'There is a data set my-digits already. Data sets do not change; choose another name.',
      },
    },
  });
  expect((await people.owner.ask('DELETE', `${route}/my-digits`)).status).toBe(204);
  expect((await people.viewer.ask('GET', route)).body).toEqual([]);
});

test('more than the limit is refused, before it is read where the length is known, and nothing stays', async () => {
  const large = await people.editor.upload(models(), { big: new Uint8Array(LIMIT * 20) });
  expect(large).toMatchObject({
    status: 413,
    body: { error: { code: 'too_large', message: /100000 bytes/ } },
  });
  const sum = await people.editor.upload(models(), {
    one: new Uint8Array(LIMIT * 0.6),
    two: new Uint8Array(LIMIT * 0.6),
  });
  expect(sum.status).toBe(413);
  expect(await left()).toEqual([]);
  expect((await people.editor.upload(models(), { fits: new Uint8Array(LIMIT * 0.9) })).status).toBe(201);
});

test('a length that is not told does not get around the limit', async () => {
  const status = await new Promise<number>((resolve, reject) => {
    const outgoing = httpRequest(`${bench.base}/${models()}`, {
      method: 'POST',
      headers: { ...people.editor.headers, 'content-type': 'multipart/form-data; boundary=b' },
    });
    outgoing.on('response', (response) => {
      resolve(response.statusCode ?? 0);
      response.resume();
      outgoing.destroy();
    });
    outgoing.on('error', reject);
    outgoing.write('--b\r\ncontent-disposition: form-data; name="f"; filename="f"\r\n\r\n');
    for (let k = 0; k < 30; k++) outgoing.write(Buffer.alloc(LIMIT / 10));
  });
  expect(status).toBe(413);
  expect(await left()).toEqual([]);
});

test('what is no upload, empty or broken is told so', async () => {
  const send = (type: string, body: string) =>
    people.editor.ask('POST', models(), undefined, { body, headers: { 'content-type': type } });
  expect((await send('text/plain', 'hello')).status).toBe(415);
  expect((await send('multipart/form-data', 'hello')).status).toBe(400);
  const many = `${'--b\r\ncontent-disposition: form-data; name="f"; filename="f"\r\n\r\n\r\n'.repeat(10_050)}--b--\r\n`;
  const began = performance.now();
  expect(await send('multipart/form-data; boundary=b', many)).toMatchObject({
    status: 413,
    body: { error: { message: 'At most 500 files can be uploaded at once. Send a zip.' } },
  });
  // Told as soon as they come: neither is the rest read, nor are ten thousand files made.
  expect(performance.now() - began).toBeLessThan(4000);
  expect(await send('multipart/form-data; boundary=b', '--b--\r\n')).toMatchObject({
    status: 400,
    body: { error: { message: 'The upload holds no file.' } },
  });
  const cut = '--b\r\ncontent-disposition: form-data; name="f"; filename="f"\r\n\r\nhalf of';
  expect(await send('multipart/form-data; boundary=b', cut)).toMatchObject({
    status: 400,
    body: { error: { message: /^The upload is broken: .+ Send it again\.$/ } },
  });
  expect(await left()).toEqual([]);
});

test('an upload that its sender breaks off is cancelled, and leaves nothing', async () => {
  const gone = new AbortController();
  const form = new FormData();
  form.append('files', new Blob(['x']), 'x');
  const request = new Request(bench.base, { method: 'POST', body: form, signal: gone.signal });
  gone.abort();
  await expect(withUpload(bench.app, request, async () => 'used')).rejects.toMatchObject({
    code: 'cancelled',
    message: 'The upload was broken off.',
  });
  expect(await left()).toEqual([]);
});

test('checkpoints of a run: weights by name in one safetensors; wrong ones are named', async () => {
  await people.editor.upload(`${models()}?name=net`, { 'net.keras': 'x' });
  const run = await people.editor.ask('POST', `projects/${people.project.slug}/runs`, {
    model: 'net',
    name: 'r',
  });
  const { id } = z.object({ id: z.string() }).parse(run.body);
  const kernel = { dtype: 'F32', shape: [4, 4], data: new Float32Array(16).fill(3) } as const;
  const send = (tensors: Parameters<typeof encodeSafetensors>[0], step: number) =>
    people.editor.upload(`runs/${id}/checkpoints?step=${step}`, {
      'w.safetensors': encodeSafetensors(tensors),
    });
  expect(await send({ 'dense_1/kernel:0': kernel }, 3)).toMatchObject({
    status: 201,
    body: { address: 'net@3' },
  });
  expect(await send({ 'dense_1/kernel': kernel }, 3)).toMatchObject({ status: 201 });
  expect(await send({ other: kernel }, 4)).toMatchObject({
    status: 422,
    body: { error: { message: /dense_1\/kernel is missing; found other/, at: 'w.safetensors' } },
  });
  const narrow = { ...kernel, shape: [16] };
  expect(await send({ 'dense_1/kernel': narrow }, 4)).toMatchObject({
    status: 422,
    body: { error: { message: /F32 \[16\]; F32 \[4, 4\] was expected/ } },
  });
  const broken = await people.editor.upload(`runs/${id}/checkpoints?step=5`, { 'w.safetensors': 'nonsense' });
  expect(broken.status).toBe(422);
  expect((await people.viewer.ask('GET', `${models()}/net`)).body).toMatchObject({
    checkpoints: [{ step: 0 }, { step: 3 }],
  });
});
