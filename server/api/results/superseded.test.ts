import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from '../../../core/algebra/index.ts';
import { queryResponseSchema } from '../../../core/api/index.ts';
import { type ResultMeta, resultSchema } from '../../../core/result/index.ts';
import { methodVersion } from '../../compute/client.ts';
import { type Bench, startBench } from '../testing/harness.ts';
import { type Cast, cast, furnish, outcomeOf } from '../testing/project.ts';
import { withStanding } from './superseded.ts';

let bench: Bench;
let people: Cast;
beforeAll(async () => {
  bench = await startBench();
  people = await cast(bench);
  await furnish(bench, people.project);
});
afterAll(() => bench.close());

/** A question whose answer bears the version `of(query)`; its result as it is fetched later, as a snapshot's is. */
async function fetched(query: string, of: (query: string) => string): Promise<ResultMeta> {
  bench.pool.answer = async (task) => {
    const outcome = await outcomeOf(bench, task);
    if (outcome.kind !== 'query') throw new Error('a query was expected');
    const { meta, file } = outcome;
    const provenance = { ...meta.provenance, methodVersion: of(meta.provenance.query) };
    return { kind: 'query', file, meta: { ...meta, provenance } };
  };
  const asked = await people.editor.ask('POST', `projects/${people.project.slug}/queries`, { query });
  const answer = queryResponseSchema.parse(asked.body);
  if (answer.status !== 'done') throw new Error('the answer is late');
  return resultSchema.parse((await people.editor.ask('GET', `results/${answer.result.id}`)).body);
}

test('a kept result of an earlier version says so, one of this version does not', async () => {
  const today = await fetched('select graph() from net', (query) => methodVersion(parse(query)));
  expect(today.superseded).toBeUndefined();
  const then = await fetched('select weights(dense_1) from net', () => 'weights@0');
  expect(then.superseded).toMatch(
    /^Computed by a version since corrected \(weights@0; today weights@\d+ engine@\d+\)\. Ask again for today's numbers\.$/,
  );
});

test('a question that this version no longer takes is told apart', async () => {
  const meta = await fetched('select graph() from net', () => 'graph@0');
  const provenance = { ...meta.provenance, methodVersion: 'graph@0', query: 'select vanished() from net@0' };
  expect(withStanding({ ...meta, provenance }).superseded).toBe(
    'Computed by a version since corrected (graph@0); this one no longer takes its question.',
  );
});
