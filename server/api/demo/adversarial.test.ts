/** The walk "Adversarial inputs": every number that its notes state, asked for again. */
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
  walk = await walkOf('3-adversarial-inputs');
});
afterAll(() => demo.close());

const MODEL = 'digits-cnn@20';
const X = `${MODEL}(digits.test[170])`;
const ATTACK = 'pgd(0.15, 20)';

async function predicted(query: string) {
  const { record, other } = await demo.ask(query);
  const was = other && predictionRecordSchema.parse(other.record).predicted;
  return { now: predictionRecordSchema.parse(record).predicted, was };
}
async function accuracy(query: string): Promise<number> {
  return predictionRecordSchema.parse((await demo.ask(query)).record).accuracy ?? Number.NaN;
}
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

test('the attack makes a sure zero a two', async () => {
  expect(await predicted(walk.query('predict-pgd'))).toEqual({ now: 2, was: 0 });
});

test('what the attacks leave right', async () => {
  const [clean, fgsm, pgd] = [
    await accuracy(`select confusion() from ${MODEL}(digits.test)`),
    await accuracy(walk.query('confusion-fgsm')),
    await accuracy(walk.query('confusion-pgd')),
  ];
  expectTold(walk, 'n2', `leaves ${percent(fgsm)} of them right`);
  expectTold(walk, 'n2', `(\`pgd\`) ${percent(pgd)}; without a change it is ${percent(clean)}`);
});

test('clean and attacked pictures part on the way through the network', async () => {
  const { meta, tensors } = await demo.result(walk.query('alike'));
  const { rows } = similarityRecordSchema.parse(meta.record);
  const values = Array.from(tensors.values?.data ?? []);
  const alike = (layer: string): number => {
    const row = rows.indexOf(`${MODEL}/${layer}`);
    return values[row * (rows.length + 1)] ?? Number.NaN;
  };
  const layers = ['conv2d_1', 'pool_2', 'dense_1'];
  for (const layer of layers) expectTold(walk, 'n4', `${alike(layer).toFixed(2)} at \`${layer}\``);
  expectTold(walk, 'n4', `${alike('softmax').toFixed(2)} at the output`);
  const path = [...layers, 'softmax'].map(alike);
  expect(path).toEqual([...path].sort((a, b) => b - a));
});

test('the anti-join at dense_1 names unit 30', async () => {
  const { meta, tensors } = await demo.result(walk.query('part-dense_1'));
  expect(attributionRecordSchema.parse(meta.record).join).toMatchObject({ kind: 'left join' });
  const [values, left, right] = ['values', 'left', 'right'].map((name) => [...(tensors[name]?.data ?? [])]);
  const largest = Math.max(...(values ?? []).map(Math.abs));
  expect(Math.abs(values?.[30] ?? 0)).toBe(largest);
  // Against a 0 in both, two and a half times as much under attack.
  expect(left?.[30]).toBeLessThan(0);
  expect((right?.[30] ?? 0) / (left?.[30] ?? 0)).toBeCloseTo(2.5, 1);
});

test('without unit 30 the attacked zero is a zero again, and without any other it is not', async () => {
  expect(await predicted(walk.query('ablate-attacked'))).toEqual({ now: 0, was: 0 });
  expect(await predicted(walk.query('ablate-clean'))).toEqual({ now: 0, was: 0 });
  for (let unit = 0; unit < 32; unit++) {
    const { now } = await predicted(`select predict() from ${X} with ${ATTACK}, ablate(dense_1#${unit})`);
    expect([unit, now]).toEqual([unit, unit === 30 ? 0 : 2]);
  }
}, 120_000);

test('changes act in the order written: an attack that knows of the ablation fools more', async () => {
  const zeros = `select confusion() from ${MODEL}(digits.test[label = 0])`;
  const right = async (query: string) => Math.round(36 * (await accuracy(query)));
  const survive = [
    await right(`${zeros} with ${ATTACK}`),
    await right(walk.query('zeros-after')),
    await right(walk.query('zeros-knowing')),
  ];
  const [plain, after, knowing] = survive;
  expectTold(walk, 'n7', `${plain} survive the attack, and ${after} with unit 30 ablated`);
  expectTold(walk, 'n7', `${knowing} survive. On clean pictures`);
  const all = `select confusion() from ${MODEL}(digits.test)`;
  const cost = (await accuracy(all)) - (await accuracy(`${all} with ablate(dense_1#30)`));
  expectTold(walk, 'n7', `costs ${(cost * 100).toFixed(1)} points`);
});

test('the page asks nothing that is not answered', async () => {
  expect(walk.shown.length).toBeGreaterThan(5);
  for (const query of walk.shown) await demo.ask(query, walk.bindings);
}, 120_000);
