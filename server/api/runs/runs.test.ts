import { afterAll, beforeAll, expect, test } from 'vitest';
import { loggedSchema, modelSchema, runSchema } from '../../../core/api/index.ts';
import { type Bench, startBench } from '../testing/harness.ts';
import { type Cast, cast, furnish } from '../testing/project.ts';

let bench: Bench;
let people: Cast;
beforeAll(async () => {
  bench = await startBench();
  people = await cast(bench);
  await furnish(bench, people.project);
});
afterAll(() => bench.close());

async function newRun(): Promise<string> {
  const body = { model: 'net', name: 'a run' };
  const answer = await people.editor.ask('POST', `projects/${people.project.slug}/runs`, body);
  return runSchema.parse(answer.body).id;
}
/** A body as it stands, for what JSON.stringify does not write. */
const log = (run: string, body: string) =>
  people.editor.ask('POST', `runs/${run}/log`, undefined, {
    body,
    headers: { 'content-type': 'application/json' },
  });

test('NaN and infinities, as Python writes them, are kept as values that are no number', async () => {
  const run = await newRun();
  const answer = await log(
    run,
    '{"step": 1, "metrics": {"loss": NaN, "acc": 0.5, "grad": Infinity, "low": -Infinity, "text": "NaN"}}',
  );
  expect(answer.status).toBe(200);
  expect(loggedSchema.parse(answer.body).notNumbers).toEqual(['loss', 'grad', 'low', 'text']);
  expect(await bench.store.runs.metrics(run)).toEqual([
    { step: 1, name: 'acc', value: 0.5 },
    { step: 1, name: 'grad', value: null },
    { step: 1, name: 'loss', value: null },
    { step: 1, name: 'low', value: null },
    { step: 1, name: 'text', value: null },
  ]);
});

test('a meta-parameter that is no number is refused', async () => {
  const body = '{"model": "net", "name": "a run", "metaParameters": {"lr": NaN}}';
  const answer = await people.editor.ask('POST', `projects/${people.project.slug}/runs`, undefined, {
    body,
    headers: { 'content-type': 'application/json' },
  });
  expect(answer).toMatchObject({
    status: 400,
    body: {
      error: {
        message: 'metaParameters.lr: a finite number, a text of at most 500 letters, true or false',
      },
    },
  });
});

test('other texts and a step that is no number are refused', async () => {
  const run = await newRun();
  for (const value of ['"low"', '1e400', '[1]'])
    expect(await log(run, `{"step": 1, "metrics": {"loss": ${value}}}`)).toMatchObject({
      status: 400,
      body: {
        error: { message: 'metrics.loss: a number, null, or one of NaN, Infinity and -Infinity' },
      },
    });
  expect((await log(run, '{"step": NaN, "metrics": {"loss": 1}}')).status).toBe(400);
  const broken = await log(run, '{"step": 1, "metrics": {"loss": NaN}');
  expect(broken).toMatchObject({ status: 400, body: { error: { message: 'The body is not JSON.' } } });
  expect(await bench.store.runs.metrics(run)).toEqual([]);
});

const ODD = [
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
  '__defineGetter__',
  'version',
];

test('a metric and a meta-parameter may be called as what every JavaScript object has', async () => {
  const metaParameters = Object.fromEntries(ODD.map((name, i) => [name, i]));
  const answer = await people.editor.ask('POST', `projects/${people.project.slug}/runs`, {
    ...{ model: 'net', name: 'odd names', metaParameters },
  });
  const run = runSchema.parse(answer.body);
  expect(run.metaParameters).toEqual(metaParameters);
  const metrics = Object.fromEntries(ODD.map((name, i) => [name, i]));
  expect((await log(run.id, JSON.stringify({ step: 1, metrics }))).status).toBe(200);
  const stored = await bench.store.runs.metrics(run.id);
  expect(Object.fromEntries(stored.map(({ name, value }) => [name, value]))).toEqual(metrics);
  const { body } = await people.viewer.ask('GET', `projects/${people.project.slug}/models/net`);
  const { series, metaParameters: shown } = modelSchema.parse(body).metrics ?? {};
  expect(series?.map(({ name }) => name).sort()).toEqual([...ODD].sort());
  expect(shown).toEqual(metaParameters);
});

test('what is called __proto__ is refused by name, and nothing of it is kept', async () => {
  const run = await newRun();
  const refusal = (place: string) => ({
    status: 400,
    body: {
      error: {
        code: 'bad_request',
        message: `${place}: nothing can be called __proto__, JavaScript keeps that name. Choose another one.`,
        at: place,
      },
    },
  });
  expect(await log(run, '{"step": 1, "metrics": {"loss": 1, "__proto__": 2}}')).toMatchObject(
    refusal('metrics.__proto__'),
  );
  expect(await bench.store.runs.metrics(run)).toEqual([]);
  const body = '{"model": "net", "name": "a run", "metaParameters": {"__proto__": 1}}';
  const answer = await people.editor.ask('POST', `projects/${people.project.slug}/runs`, undefined, {
    body,
    headers: { 'content-type': 'application/json' },
  });
  expect(answer).toMatchObject(refusal('metaParameters.__proto__'));
});
