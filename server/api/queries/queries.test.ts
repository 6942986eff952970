import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { jobSchema, queryResponseSchema } from '../../../core/api/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import { decodeSafetensors } from '../../../core/result/index.ts';
import type { ComputeOutcome } from '../../compute/contract.ts';
import { type Bench, startBench, visitor } from '../testing/harness.ts';
import { type Cast, cast, furnish, outcomeOf } from '../testing/project.ts';
import { BoardClient } from '../testing/socket.ts';

let bench: Bench;
let people: Cast;
let queries: string;
beforeAll(async () => {
  bench = await startBench({ leaseMs: 300 });
  people = await cast(bench);
  await furnish(bench, people.project);
  queries = `projects/${people.project.slug}/queries`;
});
afterAll(() => bench.close());

/** A computation that the test ends; `cancelled` resolves when the pool is told to stop. */
function held() {
  let finish: (outcome?: unknown) => void = () => undefined;
  const begun = new Promise<void>((begin) => {
    bench.pool.answer = (task, options) =>
      new Promise<ComputeOutcome>((resolve, reject) => {
        begin();
        options?.onProgress?.({ done: 0.5, note: 'half of it' });
        finish = () => void outcomeOf(bench, task).then(resolve, reject);
        options?.signal?.addEventListener('abort', () => reject(new UserError('cancelled', 'stopped')));
      });
  });
  bench.pool.tasks.length = 0;
  return { begun, finish: () => finish() };
}
const cancelled = (): Promise<void> => {
  const signal = bench.pool.tasks[0]?.options?.signal;
  return new Promise((resolve) => {
    if (!signal || signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve());
  });
};
const jobOf = (body: unknown): string => z.object({ job: z.string() }).parse(body).job;

test('a question asked by ten people is computed once, and never again', async () => {
  const asking = held();
  const ten = await Promise.all(
    Array.from({ length: 10 }, (_, k) =>
      visitor(bench, `Person ${k}`, { projectId: people.project.id, role: 'viewer' }),
    ),
  );
  const query = 'select   graph()   from net';
  const answers = ten.map((person) => person.ask('POST', `${queries}?wait=20`, { query }));
  await asking.begun;
  // All ten must have asked before it ends: the last one shows when all are named as its askers.
  for (;;) {
    const jobs = z
      .array(jobSchema)
      .parse((await people.viewer.ask('GET', queries.replace('queries', 'jobs'))).body);
    if (jobs[0]?.startedBy.length === 10) break;
  }
  asking.finish();
  const all = (await Promise.all(answers)).map(({ body }) => queryResponseSchema.parse(body));
  expect(all.map((answer) => answer.status)).toEqual(Array.from({ length: 10 }, () => 'done'));
  expect(new Set(all.map((answer) => (answer.status === 'done' ? answer.result.id : ''))).size).toBe(1);
  expect(bench.pool.tasks).toHaveLength(1);
  const again = await people.owner.ask('POST', queries, {
    query: 'SELECT graph() FROM f',
    bindings: { f: 'net@0' },
  });
  expect(again.body).toMatchObject({ status: 'done', cached: true });
  expect(bench.pool.tasks).toHaveLength(1);
});

test("a board's slice, sent with the question, is what its name stands for", async () => {
  const { f, data, slices } = { f: 'net@0', data: 'data.test', slices: { last: 'data.test[index = 1]' } };
  bench.pool.answer = (task) => outcomeOf(bench, task);
  const asked = await people.viewer.ask('POST', `${queries}?wait=20`, {
    query: 'select stats(dense_1) from f(last)',
    bindings: { f, data, slices },
  });
  expect(asked.body).toMatchObject({
    status: 'done',
    result: { provenance: { query: expect.stringMatching(/net@0\("data"\.test\[index = 1\]\)/) } },
  });
  const unknown = await people.viewer.ask('POST', queries, {
    query: 'select stats(dense_1) from f(lost)',
    bindings: { f, slices },
  });
  expect(unknown).toMatchObject({ status: 422, body: { error: { code: 'invalid' } } });
  // A slice of two thousand marked examples is a long question, and one that is asked.
  const indices = Array.from({ length: 2000 }, (_, i) => i % 2).join(', ');
  const long = await people.viewer.ask('POST', `${queries}?wait=20`, {
    query: `select stats(dense_1) from f(data.test[index in [${indices}, ${'1000, '.repeat(1000)}1]])`,
    bindings: { f },
  });
  expect(long.status, JSON.stringify(long.body).slice(0, 300)).not.toBe(400);
});

test('a bad query is told with its place, and nothing is computed', async () => {
  bench.pool.tasks.length = 0;
  const unknown = await people.viewer.ask('POST', queries, {
    query: 'select\n  stats(dense_l) from net(data.test)',
  });
  expect(unknown.status).toBe(422);
  expect(unknown.body).toMatchObject({
    error: { code: 'invalid', message: /dense_1/, at: { line: 2, column: 9, length: 7 } },
  });
  const broken = await people.viewer.ask('POST', queries, { query: 'select graph( from net' });
  expect(broken).toMatchObject({ status: 422, body: { error: { at: { line: 1 } } } });
  const unbound = await people.viewer.ask('POST', queries, { query: 'select graph() from f' });
  expect(unbound).toMatchObject({ status: 422, body: { error: { message: /f is not bound/ } } });
  const empty = await people.viewer.ask('POST', queries, { query: '' });
  expect(empty).toMatchObject({ status: 400, body: { error: { at: 'query' } } });
  expect(bench.pool.tasks).toHaveLength(0);
});

test('what takes longer than the wait is answered 202 with its job, which the board is told of', async () => {
  const board = await bench.store.boards.create({
    ...{ projectId: people.project.id, title: 'B', createdById: null },
  });
  const client = await BoardClient.open(bench, people.viewer, board.id);
  const asking = held();
  const body = { query: 'select stats(dense_1) from net(data.test)', board: board.id };
  const answer = await people.editor.ask('POST', `${queries}?wait=0.05`, body);
  expect(answer.status).toBe(202);
  expect(answer.body).toMatchObject({ status: 'running', progress: { done: 0.5, note: 'half of it' } });
  const id = jobOf(answer.body);
  expect((await people.viewer.ask('GET', `jobs/${id}`)).body).toMatchObject({ state: 'running' });
  await client.hear('job', ({ job }) => job.id === id && job.state === 'running');
  asking.finish();
  const { message } = await client.hear('job', ({ job }) => job.id === id && job.state === 'done');
  const result = message.job.result ?? '';
  expect((await people.viewer.ask('GET', `results/${result}`)).body).toMatchObject({ id: result });
  client.leave();
});

test('numbers come as safetensors, and are not sent twice', async () => {
  bench.pool.answer = (task) => outcomeOf(bench, task);
  const asked = await people.viewer.ask('POST', queries, {
    query: 'select histogram(dense_1) from net(data.test)',
  });
  const answer = queryResponseSchema.parse(asked.body);
  const id = answer.status === 'done' ? answer.result.id : '';
  const response = await fetch(`${bench.base}/results/${id}`, {
    headers: { ...people.viewer.headers, accept: 'application/x-safetensors' },
  });
  expect(response.headers.get('content-type')).toBe('application/x-safetensors');
  const { tensors } = decodeSafetensors(new Uint8Array(await response.arrayBuffer()));
  expect(tensors.values?.data).toEqual(Float32Array.of(1, 2));
  const second = await people.viewer.ask('GET', `results/${id}`, undefined, {
    headers: { accept: 'application/x-safetensors', 'if-none-match': response.headers.get('etag') ?? '' },
  });
  expect(second.status).toBe(304);
  // Another project's people have not asked this question.
  const other = await cast(bench);
  expect((await other.owner.ask('GET', `results/${id}`)).status).toBe(404);
  await furnish(bench, other.project);
  bench.pool.tasks.length = 0;
  const theirs = await other.viewer.ask('POST', `projects/${other.project.slug}/queries`, {
    query: 'select histogram(dense_1) from net(data.test)',
  });
  // The same model and data: the same question, known already, and now theirs as well.
  expect(theirs.body).toMatchObject({ status: 'done', cached: true, result: { id } });
  expect(bench.pool.tasks).toHaveLength(0);
  expect((await other.owner.ask('GET', `results/${id}`)).status).toBe(200);
});

test('small numbers travel within the answer where that is asked for', async () => {
  bench.pool.answer = (task) => outcomeOf(bench, task);
  const query = 'select histogram(dense_1) from net(data.test)';
  const asking = async (inline: number) => {
    const { body } = await people.viewer.ask('POST', `${queries}?inline=${inline}`, { query });
    const answer = queryResponseSchema.parse(body);
    return answer.status === 'done' ? answer.numbers : null;
  };
  const numbers = await asking(65_536);
  const { tensors } = decodeSafetensors(Buffer.from(numbers ?? '', 'base64'));
  expect(tensors.values?.data).toEqual(Float32Array.of(1, 2));
  expect(await asking(0)).toBeUndefined();
  expect(await asking(8)).toBeUndefined();
});

test('a job goes on while anybody waits, and is cancelled when nobody does', async () => {
  const asking = held();
  const query = 'select activation(dense_1) from net(data.test[0])';
  const first = people.viewer.ask('POST', `${queries}?wait=20`, { query });
  await asking.begun;
  const second = people.editor.ask('POST', `${queries}?wait=0`, { query });
  const id = jobOf((await second).body);
  expect((await people.viewer.ask('DELETE', `jobs/${id}`)).body).toMatchObject({ state: 'running' });
  expect(await first).toMatchObject({
    status: 499,
    body: { error: { code: 'cancelled', message: 'The computation was cancelled.' } },
  });
  expect(bench.pool.tasks[0]?.options?.signal?.aborted).toBe(false);
  await people.editor.ask('DELETE', `jobs/${id}`);
  await cancelled();
  expect((await people.editor.ask('GET', `jobs/${id}`)).body).toMatchObject({ state: 'cancelled' });
});

test('a browser that goes away waits no longer', async () => {
  const asking = held();
  const controller = new AbortController();
  const query = 'select activation(dense_1) from net(data.test[1])';
  const request = people.viewer
    .ask('POST', `${queries}?wait=20`, { query }, { signal: controller.signal })
    .catch(() => 'gone');
  await asking.begun;
  controller.abort();
  expect(await request).toBe('gone');
  await cancelled();
});

test('who follows a job keeps it by looking at it; who stops looking lets it go', async () => {
  const asking = held();
  const query = 'select activation(dense_1) from net(data.test[0]) with noise(0.1, 1)';
  const id = jobOf((await people.viewer.ask('POST', `${queries}?wait=0`, { query })).body);
  await asking.begun;
  // Longer than the lease of 300 ms, looked at all the time: it stays.
  const until = performance.now() + 600;
  while (performance.now() < until)
    expect((await people.viewer.ask('GET', `jobs/${id}`)).body).toMatchObject({ state: 'running' });
  await cancelled();
});

test('a computation that fails says why; what is not written for users stays inside', async () => {
  bench.pool.answer = () => Promise.reject(new UserError('overloaded', 'this needs about 9 GiB of memory'));
  const refused = await people.viewer.ask('POST', queries, {
    query: 'select units(dense_1) from net(data.test)',
  });
  expect(refused).toMatchObject({ status: 503, body: { error: { message: /9 GiB/ } } });
  bench.pool.answer = () => Promise.reject(new Error('ENOENT /secret/place'));
  const broken = await people.viewer.ask('POST', queries, {
    query: 'select units(dense_1) from net(data.test)',
  });
  expect(broken).toMatchObject({
    status: 500,
    body: {
      error: { code: 'internal', message: /^Something went wrong in the server\. The log has it under / },
    },
  });
  expect(JSON.stringify(broken.body)).not.toContain('secret');
  const id = /under (\w{8})/.exec(JSON.stringify(broken.body))?.[1];
  expect(bench.logged.some((line) => line.includes(`"errorId":"${id}"`) && line.includes('ENOENT'))).toBe(
    true,
  );
});

test('metrics are asked anew when the run has logged more', async () => {
  const run = await people.editor.ask('POST', `projects/${people.project.slug}/runs`, {
    ...{ model: 'net', name: 'a run', metaParameters: { optimizer: 'adam' } },
  });
  const { id } = z.object({ id: z.string() }).parse(run.body);
  bench.pool.answer = (task) => outcomeOf(bench, task);
  bench.pool.tasks.length = 0;
  const ask = () => people.viewer.ask('POST', queries, { query: 'select metrics() from net' });
  await people.editor.ask('POST', `runs/${id}/log`, { step: 0, metrics: { loss: 2 } });
  expect((await ask()).body).toMatchObject({ cached: false });
  expect((await ask()).body).toMatchObject({ cached: true });
  await people.editor.ask('POST', `runs/${id}/log`, {
    step: 1,
    metrics: { loss: 1 },
    best: true,
    ended: true,
  });
  expect((await ask()).body).toMatchObject({ cached: false });
  expect(
    bench.pool.tasks.map(({ task }) => (task.kind === 'query' ? task.plan.model.series : null)),
  ).toMatchObject([
    { series: [{ name: 'loss', steps: [0], values: [2] }], best: null },
    {
      series: [{ name: 'loss', steps: [0, 1], values: [2, 1] }],
      best: 1,
      metaParameters: { optimizer: 'adam' },
    },
  ]);
});
