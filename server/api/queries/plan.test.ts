import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { print } from '../../../core/algebra/index.ts';
import { anyQuery } from '../../../core/algebra/testing/arbitrary.ts';
import type { QueryPlan } from '../../compute/contract.ts';
import { estimateBytes } from '../../compute/pool/admission.ts';
import { taskSchema } from '../../compute/process/messages.ts';
import { checkpointOf } from '../models/checkpoint.ts';
import { type Bench, startBench } from '../testing/harness.ts';
import { ARCHITECTURE, type Cast, cast, furnish, outcomeOf } from '../testing/project.ts';

let bench: Bench;
let people: Cast;
let queries: string;
beforeAll(async () => {
  bench = await startBench();
  people = await cast(bench);
  await furnish(bench, people.project);
  queries = `projects/${people.project.slug}/queries`;
  bench.pool.answer = (task) => outcomeOf(bench, task);
});
afterAll(() => bench.close());

async function ask(query: string, bindings: Record<string, string> = {}) {
  bench.pool.tasks.length = 0;
  const { status, body } = await people.viewer.ask('POST', queries, { query, bindings });
  const [sent] = bench.pool.tasks;
  const plan = sent?.task.kind === 'query' ? sent.task.plan : null;
  return { status, body, plan };
}
/** What crosses the border to a worker is what was planned, and its cost is known. */
function crosses(plan: QueryPlan | null): QueryPlan {
  const task = { kind: 'query', plan };
  expect(taskSchema.parse(JSON.parse(JSON.stringify(task)))).toEqual(task);
  if (!plan) throw new Error('nothing was planned');
  expect(estimateBytes({ kind: 'query', plan })).toBeGreaterThan(0);
  return plan;
}

test('a join is planned with its right side, which takes the left one’s method', async () => {
  const text = "select * from f(x) using ig(steps=8) left join (select * from f(x'))";
  const { status, plan } = await ask(text, { f: 'net@0', x: 'data.test[0]', "x'": 'data.test[1]' });
  expect(status).toBe(200);
  const { joined, data, query } = crosses(plan);
  expect(data?.address).toBe('"data".test[0]');
  expect(joined?.data?.address).toBe('"data".test[1]');
  expect(joined?.query.using).toEqual(query.using);
  expect(joined?.model.address).toBe('net@0');
});

test('a right side may be joined itself', async () => {
  const right = 'select * from net(data.test[1]) join (select * from net(data.test[0]))';
  const { plan } = await ask(`select * from net(data.test[0]) join (${right})`);
  expect(crosses(plan).joined?.joined?.data?.address).toBe('"data".test[0]');
});

test('a what-if question is another question than the one without', async () => {
  const plain = await ask('select predict() from net(data.test[0])');
  const changed = await ask('select predict() from net(data.test[0]) with ablate(dense_1#2), noise(0.1, 3)');
  // Rows of this project have no classes, which predict() needs: the checker says so before any worker.
  if (changed.plan === null) {
    expect(changed.status).toBe(plain.status);
    expect(changed.body).toMatchObject({ error: { at: { line: 1 } } });
  }
  const activation = 'select activation(dense_1) from net(data.test[0])';
  const [one, two] = [await ask(activation), await ask(`${activation} with ablate(dense_1#2)`)];
  expect(crosses(two.plan).id).not.toBe(crosses(one.plan).id);
  expect(two.plan?.query.changes).toEqual([{ kind: 'ablate', layer: 'dense_1', unit: 2 }]);
});

test('similarity() of one layer is planned over all checkpoints, and asked anew when there is another', async () => {
  const text = 'select similarity(dense_1) from net(data.test)';
  const first = crosses((await ask(text)).plan);
  expect(first.checkpoints?.map(({ address }) => address)).toEqual(['net@0']);
  expect(crosses((await ask('select similarity() from net(data.test)')).plan).checkpoints).toBeUndefined();
  const [net] = (await bench.store.models.ofProject(people.project.id)).rows;
  const blob = await bench.store.blobs.put(new Uint8Array(64).fill(1));
  const tensors = [{ name: 'dense_1/kernel', shape: [4, 4], blob }];
  await bench.store.models.addCheckpoint({
    ...{ modelId: net?.id ?? '', step: 7, ...checkpointOf(ARCHITECTURE, tensors) },
  });
  bench.app.catalogs.forget(people.project.id);
  const second = crosses((await ask('select similarity(dense_1) from net@0(data.test)')).plan);
  expect(second.checkpoints?.map(({ address }) => address)).toEqual(['net@0', 'net@7']);
  expect(second.id).not.toBe(first.id);
});

test('the right side’s weights and data name the answer', async () => {
  const join = (step: number) =>
    `select * from net@0(data.test[0]) join (select * from net@${step}(data.test[0]))`;
  const [one, other] = [await ask(join(0)), await ask(join(7))];
  expect(crosses(one.plan).id).not.toBe(crosses(other.plan).id);
  expect(one.plan?.model.hash).toBe(other.plan?.model.hash);
});

test('what is wrong in the right side is told with its place, and nothing is computed', async () => {
  const { status, body, plan } = await ask(
    'select dense_1 from net(data.test[0])\n  join (select dense_l from net(data.test[1]))',
  );
  expect(status).toBe(422);
  expect(body).toMatchObject({
    error: { code: 'invalid', message: /dense_1/, at: { line: 2, column: 16, length: 7 } },
  });
  expect(plan).toBeNull();
  const wrong = await ask('select * from net(data.test[0]) with ablate(dense_1#9)');
  expect(wrong).toMatchObject({ status: 422, plan: null, body: { error: { at: { line: 1 } } } });
  const beyond = await ask('select * from net(data.test[0]) join (select * from net(data.test[9]))');
  expect(beyond).toMatchObject({ status: 422, plan: null });
});

test('of questions made of anything, none that is ill-typed reaches a worker, and none is an internal error', async () => {
  await fc.assert(
    fc.asyncProperty(anyQuery, async (query) => {
      const { status, body, plan } = await ask(print(query));
      expect(status, JSON.stringify(body)).toBeOneOf([200, 422]);
      expect(plan === null).toBe(status === 422);
    }),
    { numRuns: 60, seed: 1 },
  );
});
