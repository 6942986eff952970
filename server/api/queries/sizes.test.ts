/** Questions of hostile size over HTTP: a sentence, never an internal error; and what is allowed reaches a worker. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { estimateBytes } from '../../compute/pool/admission.ts';
import { taskSchema } from '../../compute/process/messages.ts';
import { type Bench, startBench } from '../testing/harness.ts';
import { type Cast, cast, furnish, outcomeOf } from '../testing/project.ts';

let bench: Bench;
let people: Cast;
beforeAll(async () => {
  bench = await startBench();
  people = await cast(bench);
  await furnish(bench, people.project);
  bench.pool.answer = (task) => {
    // As the pool does before a worker is told.
    expect(taskSchema.safeParse(task).success).toBe(true);
    expect(estimateBytes(task)).toBeGreaterThan(0);
    return outcomeOf(bench, task);
  };
});
afterAll(() => bench.close());

const times = (n: number, part: string, by: string) => Array.from({ length: n }, () => part).join(by);
const stats = (where: string) => `select stats(dense_1) from net(data.test[${where}])`;
const joins = (n: number, kind: string) =>
  `${`select dense_1 from net(data.test[0]) ${kind} (`.repeat(n)}select dense_1 from net(data.test[0])${')'.repeat(n)}`;
const ablated = (n: number) =>
  `select stats(dense_1) from net(data.test) with ${times(n, 'ablate(dense_1#1)', ', ')}`;

test.each([
  ['and', stats(times(1300, 'index=1', ' and ')), 422, /more than 200 conditions/],
  ['or, line by line', stats(times(1660, 'index=1', '\nor\n')), 422, /more than 200 conditions/],
  ['brackets', stats(`${'('.repeat(9000)}index=1${')'.repeat(9000)}`), 422, /nested deeper/],
  ['not', stats(`${'not '.repeat(1300)}index=1`), 422, /nested deeper/],
  ['joins', joins(350, 'join'), 422, /more than 8 joined queries/],
  ['left joins', joins(350, 'left join'), 422, /more than 8 joined queries/],
  ['changes', ablated(900), 422, /more than 100 changes/],
  [
    'with',
    `select stats(dense_1) from net(data.test) ${times(700, 'with ablate(dense_1#1)', ' ')}`,
    422,
    /with twice/,
  ],
  ['calls', `select ${'stats('.repeat(1300)} from net(data.test)`, 422, /expected , or \)/],
  [
    'arguments',
    `select stats(${times(4000, 'a', ',')}) from net(data.test)`,
    422,
    /takes 1 argument, found 4000/,
  ],
  ['as many conditions as may be', stats(times(201, 'index=1', ' and ')), 200, null],
  [
    'conditions in brackets in brackets',
    stats(`${'(not index=1 or '.repeat(99)}index=1${')'.repeat(99)}`),
    200,
    null,
  ],
  ['joins as many as may be', joins(8, 'join'), 200, null],
  ['changes as many as may be', ablated(100), 200, null],
  ['a long list', stats(`index in [${times(6000, '1', ', ')}]`), 200, null],
])('%s', async (_, query, status, message) => {
  const answer = await people.viewer.ask('POST', `projects/${people.project.slug}/queries`, { query });
  expect(answer.status, JSON.stringify(answer.body).slice(0, 300)).toBe(status);
  if (message) expect(answer.body).toMatchObject({ error: { message: expect.stringMatching(message) } });
});
