/** Numbers of results that were kept by version 1 of their shape, where the second answer's tensors had another name. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { queryResponseSchema } from '../../../core/api/index.ts';
import { decodeSafetensors, encodeSafetensors, storedResult } from '../../../core/result/index.ts';
import { type Bench, startBench } from '../testing/harness.ts';
import { type Cast, cast, furnish, outcomeOf } from '../testing/project.ts';

const FIXTURES = path.join(import.meta.dirname, '..', '..', '..', 'core', 'result', 'fixtures');
let bench: Bench;
let people: Cast;
beforeAll(async () => {
  bench = await startBench();
  people = await cast(bench);
  await furnish(bench, people.project);
});
afterAll(() => bench.close());

/** The tensors that are sent of a result whose file is this one: by themselves, and within the answer. */
async function sent(query: string, file: Uint8Array): Promise<Uint8Array[]> {
  const kept = storedResult.read(
    JSON.parse(await readFile(path.join(FIXTURES, 'v1.what-if.json'), 'utf8')),
    'it',
  );
  bench.pool.answer = async (task) => {
    const outcome = await outcomeOf(bench, task);
    if (outcome.kind !== 'query') throw new Error('a query was expected');
    await writeFile(outcome.file, file);
    return { ...outcome, meta: { ...kept, id: outcome.meta.id } };
  };
  const asked = await people.editor.ask('POST', `projects/${people.project.slug}/queries?inline=65536`, {
    query,
  });
  const answer = queryResponseSchema.parse(asked.body);
  if (answer.status !== 'done') throw new Error('the answer is late');
  const response = await fetch(`${bench.base}/results/${answer.result.id}`, {
    headers: { ...people.editor.headers, accept: 'application/x-safetensors' },
  });
  const bytes = new Uint8Array(await response.arrayBuffer());
  expect(response.headers.get('content-length')).toBe(String(bytes.byteLength));
  // A browser's copy of the file with the old names is not taken for this one.
  expect(response.headers.get('etag')).toBe(`"${answer.result.id}.2"`);
  return [bytes, ...(answer.numbers === undefined ? [] : [Buffer.from(answer.numbers, 'base64')])];
}

test('are sent with the names of version 2', async () => {
  const [old, newer] = await Promise.all(
    ['v1', 'v2'].map(
      async (v) => new Uint8Array(await readFile(path.join(FIXTURES, `${v}.what-if.safetensors`))),
    ),
  );
  if (!old || !newer) throw new Error('two files were expected');
  const bodies = await sent('select stats(dense_1) from net(data.test) with ablate(dense_1#0)', old);
  expect(bodies).toHaveLength(2);
  for (const body of bodies) expect(decodeSafetensors(body)).toEqual(decodeSafetensors(newer));
});

test('arrive whole where the file comes in many pieces', async () => {
  const counts = Float32Array.from({ length: 600_000 }, (_, i) => i);
  const tensor = { dtype: 'F32', shape: [counts.length], data: counts } as const;
  const file = encodeSafetensors({ counts: tensor, 'before.counts': tensor });
  const [body = new Uint8Array()] = await sent(
    'select stats(dense_1) from net(data.test) with ablate(dense_1#1)',
    file,
  );
  expect(body.byteLength).toBe(file.byteLength);
  const { tensors } = decodeSafetensors(body);
  expect(Object.keys(tensors)).toEqual(['counts', 'other.counts']);
  expect(tensors['other.counts']?.data).toEqual(counts);
});
