/** The walk "Two models disagree": every number that its notes state, asked for again. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  attributionRecordSchema,
  predictionRecordSchema,
  similarityRecordSchema,
} from '../../../core/result/index.ts';
import { type Demo, expectTold, startDemo, type Walk, walkOf } from './testing/demo.ts';

let demo: Demo;
let walk: Walk;
beforeAll(async () => {
  demo = await startDemo();
  walk = await walkOf('4-two-models-disagree');
});
afterAll(() => demo.close());

test('of the slice `lost` the first model has nearly all right, the second none', async () => {
  const of = async (id: string) => {
    const { record, n } = await demo.ask(walk.query(id));
    const { accuracy } = predictionRecordSchema.parse(record);
    return { n, right: Math.round((accuracy ?? 0) * (n ?? 0)) };
  };
  const [a, b] = [await of('predict-a'), await of('predict-b')];
  expectTold(walk, 'n2', `${a.n} pictures`);
  expectTold(walk, 'n2', `The first has ${a.right} of them right, the second ${b.right || 'none'}`);
});

test('the two agree on early layers, and part at dense_1', async () => {
  const { meta, tensors } = await demo.result(walk.query('similarity'));
  const { rows, columns } = similarityRecordSchema.parse(meta.record);
  const values = Array.from(tensors.values?.data ?? []);
  const alike = (layer: string): number => {
    const row = rows.indexOf(`digits-cnn@20/${layer}`);
    return values[row * columns.length + columns.indexOf(`digits-cnn-relu@20/${layer}`)] ?? Number.NaN;
  };
  for (const layer of ['conv2d_1', 'conv2d_2', 'dense_1'])
    expectTold(walk, 'n3', `${alike(layer).toFixed(2)} at \`${layer}\``);
});

test('the second has no opinion: its logits are negative, and every class gets 10 %', async () => {
  const logits = await demo.result(walk.query('logits-b'));
  expect(Math.max(...(logits.tensors.values?.data ?? []))).toBeLessThan(0);
  const answer = await demo.result(walk.query('predict-x'));
  for (const share of answer.tensors.values?.data ?? []) expect(share).toBeCloseTo(0.1, 6);
  expectTold(walk, 'n5', 'every class gets 10 %');
});

test('at the logit of 4 the first has evidence for it, the second against it', async () => {
  const { record } = await demo.ask(walk.query('part-logit'));
  const { value, join } = attributionRecordSchema.parse(record);
  expect(value).toBeGreaterThan(0);
  expect(join?.right.value).toBeLessThan(0);
});

test('were relu#4 not stuck at zero, the answer would be a four', async () => {
  const of = async (id: string) =>
    predictionRecordSchema.parse((await demo.ask(walk.query(id))).record).predicted;
  expect([await of('predict-x'), await of('clamp-x')]).toEqual([0, 4]);
});

test('the page asks nothing that is not answered', async () => {
  expect(walk.shown.length).toBeGreaterThan(5);
  for (const query of walk.shown) await demo.ask(query, walk.bindings);
}, 120_000);
