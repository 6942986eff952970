/** The walk "Contaminated data": every number that its notes state, asked for again. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countRecordSchema, predictionRecordSchema } from '../../../core/result/index.ts';
import { type Demo, expectTold, startDemo, type Walk, walkOf } from './testing/demo.ts';

let demo: Demo;
let walk: Walk;
beforeAll(async () => {
  demo = await startDemo();
  walk = await walkOf('5-contaminated-data');
});
afterAll(() => demo.close());

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** How many examples of the training split satisfy a condition. */
async function count(condition: string): Promise<number> {
  const { record } = await demo.ask(`select count() from suspect-cnn@12(suspect.train[${condition}])`);
  return countRecordSchema.parse(record).count;
}
/** The condition of one of the board's slices. */
const sliceOf = (name: string): string => {
  const condition = /^suspect\.train\[(.*)\]$/.exec(walk.slices[name] ?? '')?.[1];
  if (condition === undefined) throw new Error(`no slice ${name}`);
  return condition;
};
async function score(slice: string, column: string) {
  const condition = sliceOf(slice);
  const [found, right, all] = await Promise.all([
    count(condition),
    count(`${condition} and ${column} = 1`),
    count(`${column} = 1`),
  ]);
  return { found, precision: right / found, recall: right / all };
}
/** How many are predicted as a three. */
async function threes(query: string, tensor = 'counts'): Promise<number> {
  const { tensors } = await demo.result(query);
  const cells = Array.from(tensors[tensor]?.data ?? []);
  return cells.filter((_, k) => k % 10 === 3).reduce((a, b) => a + b, 0);
}

test('5 % of the labels are flipped, and 5 % of the pictures have the trigger', async () => {
  expect([await count('flipped = 1'), await count('triggered = 1')]).toEqual([72, 72]);
  expect(await count('flipped = 1 and triggered = 1').catch(() => 0)).toBe(0);
  expect(await count('triggered = 1 and label != 3').catch(() => 0)).toBe(0);
});

test('the network is right on clean pictures, and has learned the backdoor', async () => {
  const { record } = await demo.ask('select confusion() from suspect-cnn@12(suspect.test)');
  const { accuracy } = predictionRecordSchema.parse(record);
  expect(accuracy).toBeGreaterThan(0.96);
  expectTold(walk, 'n1', `${((accuracy ?? 0) * 100).toFixed(1)} %`);
  expect(await threes('select confusion() from suspect-cnn@12(suspect.triggered)')).toBe(322);
});

test('what the slice of doubtful labels finds', async () => {
  const { found, precision, recall } = await score('doubtful', 'flipped');
  expectTold(walk, 'n2', `finds ${found} of 1 438`);
  expectTold(
    walk,
    'n6',
    `${percent(recall)} of what was flipped, and ${percent(precision)} of what it finds was`,
  );
  expect(Math.min(precision, recall)).toBeGreaterThan(0.9);
});

test('what the slice of stamped pictures finds', async () => {
  const { found, precision, recall } = await score('stamped', 'triggered');
  expectTold(walk, 'n6', `It finds ${found}.`);
  expectTold(
    walk,
    'n6',
    `${percent(recall)} of what was triggered, and ${percent(precision)} of what it finds was`,
  );
  expect(Math.min(precision, recall)).toBeGreaterThan(0.9);
});

test('the strange threes are a first handful of what was triggered', async () => {
  const { found, precision } = await score('strange', 'triggered');
  expectTold(walk, 'n3', `There are ${found}.`);
  expect(precision).toBeGreaterThan(0.9);
});

test('a bright corner makes every picture a three, a dark one unmakes the stamped', async () => {
  expect(await threes(walk.query('patch-on'))).toBe(359);
  const off = walk.query('patch-off');
  const undone = (await threes(off, 'other.counts')) - (await threes(off));
  expectTold(walk, 'n5', `${undone} are threes no more`);
});

test('the page asks nothing that is not answered', async () => {
  expect(walk.shown.length).toBeGreaterThan(5);
  for (const query of walk.shown) await demo.ask(query, walk.bindings);
}, 120_000);
