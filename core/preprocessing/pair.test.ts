import { expect, test } from 'vitest';
import type { GraphRecord } from '../artifacts/graph.ts';
import { storedDatasetManifest } from '../artifacts/index.ts';
import { orderedClasses } from './classes.ts';
import { type PairData, pairOf } from './pair.ts';
import { verdictOf } from './trial.ts';

function graph(...types: string[]): GraphRecord {
  const layers = ['InputLayer', ...types].map((type, i) => ({
    ...{ name: `${type.toLowerCase()}_${i}`, type, outputShape: [null, 4], params: 0, trainableParams: 0 },
    ...{ units: 4, weights: type === 'Dense' ? [{ name: 'kernel', shape: [4, 4] }] : [], config: {} },
  }));
  const names = layers.map(({ name }) => name);
  return {
    ...{ model: 'm', layers, params: 0, inputs: [names[0] ?? ''], outputs: [names.at(-1) ?? ''] },
    edges: names.slice(1).map((to, i) => ({ from: names[i] ?? '', to })),
  };
}
const model = (...types: string[]) => ({
  ...{ name: 'm', graph: graph(...types), inputs: [{ name: 'in', shape: [null, 8, 8] }] },
});
const data = (change: Partial<PairData> = {}): PairData => ({
  ...{ name: 'd', shape: [8, 8], dtype: 'U8', range: [0, 255], declaredScale: null },
  ...{ classes: ['a', 'b'], columns: [] },
  ...change,
});
function scaleOf(...of: Parameters<typeof pairOf>) {
  const pair = pairOf(...of);
  if (!pair.fits) throw new Error(pair.problem);
  const { spec, evidence } = pair.record;
  return { divide: spec.scale.divide, evidence: evidence[0], warnings: pair.warnings };
}

test.each([
  [
    model('Dense'),
    data({ declaredScale: 16 }),
    16,
    'The data file says that its values are to be divided by 16.',
  ],
  [
    model('Dense'),
    data({ declaredScale: 255, importer: 1 }),
    255,
    'This data set was imported by an earlier version, which divided by 255; kept, so that answers stay the same.',
  ],
  [
    model('Rescaling', 'Dense'),
    data({ declaredScale: 255, importer: 1 }),
    1,
    'Values are given as stored: the model scales them itself (rescaling_1, Rescaling), so they are not divided by 255 as the data set says.',
  ],
  [
    model('Flatten', 'Normalization', 'Dense'),
    data(),
    1,
    'Values are given as stored: the model scales them itself (normalization_2, Normalization).',
  ],
  [
    model('Embedding'),
    data({ declaredScale: 255 }),
    1,
    'Values are given as stored: the model takes them as tokens (embedding_1, Embedding).',
  ],
])('evidence, not a guess, decides on the scale (%#)', (of, given, divide, evidence) => {
  expect(scaleOf(of, given)).toEqual({ divide, evidence, warnings: [] });
});

test('bytes that nothing scales are given as stored with a warning, also where nothing could be tried', () => {
  const warning =
    'm is given the bytes of d (0 to 255) as stored; if it was trained on values from 0 to 1, set "divided by 255" under Preprocessing of this model and this data set.';
  const trial = { untried: 'the model scores no classes' };
  expect(scaleOf(model('Dense'), data(), { choice: {}, trial })).toEqual({
    divide: 1,
    evidence: 'Values are given as stored: no other scale could be tried, as the model scores no classes.',
    warnings: [warning],
  });
  expect(scaleOf(model('Dense'), data({ classes: [] }))).toEqual({
    divide: 1,
    evidence: 'Values are given as stored: the data set has no classes that scales could be tried on.',
    warnings: [warning],
  });
  // A layer that learnt its scale has seen the values; nothing is missing.
  expect(scaleOf(model('BatchNormalization', 'Dense'), data()).warnings).toEqual([]);
  expect(
    scaleOf(model('Dense'), data(), { choice: { scale: { subtract: 0, divide: 1 } }, trial }),
  ).toMatchObject({
    warnings: [],
  });
});

const way = (divide: number, accuracy: number, loss: number | null, subtract = 0) => ({
  ...{ scale: { subtract, divide }, accuracy, loss },
});
const tried = (...ways: ReturnType<typeof way>[]) => ({
  ...{ split: 'test', n: 256, majority: 0.12, constantLoss: 2.3, ways },
});

test.each([
  [
    'the labels fit clearly better',
    [way(1, 0.95, 9), way(255, 0.97, 0.1), way(127.5, 0.6, 2, 127.5)],
    255,
    true,
  ],
  ['right as often, give or take an example', [way(1, 0.98, 9), way(255, 0.976, 0.1)], 255, true],
  ['less often right', [way(1, 0.98, 0.3), way(255, 0.8, 0.1)], 1, true],
  ['losses that are not clearly smaller', [way(1, 0.97, 0.15), way(255, 0.97, 0.1)], 1, true],
  ['an untrained model', [way(1, 0.11, 70), way(255, 0.12, 2.4)], 1, false],
  ['no finite loss as stored', [way(1, 0.9, null), way(255, 0.95, 0.2)], 255, true],
  [
    'only a less common scale is right',
    [way(1, 0.3, 8), way(255, 0.5, 1.6), way(127.5, 0.96, 0.2, 127.5)],
    127.5,
    true,
  ],
  [
    'a less common scale that only softens the answers',
    [way(1, 0.9, 4), way(255, 0.7, 1), way(127.5, 0.91, 0.7, 127.5)],
    1,
    false,
  ],
])('a trial: %s', (_, ways, divide, decided) => {
  expect(verdictOf(tried(...ways))).toMatchObject({ scale: { divide }, decided });
});

test('scales that the labels do not tell apart are warned of', () => {
  const trial = tried(way(1, 0.5, 8), way(255, 0.97, 0.2), way(127.5, 0.98, 0.1, 127.5));
  expect(scaleOf(model('Dense'), data(), { choice: {}, trial })).toMatchObject({
    divide: 255,
    warnings: [
      'm answers as well where d is less 127.5, divided by 127.5 as where it is divided by 255, so that the labels do not tell which it was trained on; the latter was taken. If that is wrong, set the scale under Preprocessing of this model and this data set.',
    ],
  });
});

test('orders of classes: frameworks sort by code point, people by number', () => {
  const stored = ['b', 'class_10', 'class_2', 'Zebra', '\u{1F600}', '\uFF21'];
  expect(orderedClasses(stored, 'plain')).toMatchObject({
    classes: ['Zebra', 'b', 'class_10', 'class_2', '\uFF21', '\u{1F600}'],
  });
  const natural = orderedClasses(['class_10', 'class_2', 'b'], 'natural');
  expect(natural).toMatchObject({ classes: ['b', 'class_2', 'class_10'] });
  // A model may know classes that the data set has no example of.
  expect(orderedClasses(['b'], ['a', 'b', 'c'])).toEqual({ fits: true, classes: ['a', 'b', 'c'] });
});

test('a manifest of an earlier version is read as it was meant', () => {
  const old = {
    hash: 'a'.repeat(64),
    ...{ shape: [8, 8, 1], classes: ['0', '1'], columns: ['age'], scale: 16, warnings: ['odd'] },
    splits: [{ name: 'test', size: 3, blob: 'b'.repeat(64) }],
  };
  const { scale: _, ...same } = old;
  const read = storedDatasetManifest.read(old, 'data set d');
  expect(read).toEqual({ ...same, importer: 1, dtype: 'U8', range: [0, 16], declaredScale: 16 });
  const again = JSON.parse(storedDatasetManifest.write(read));
  expect(again.version).toBe(storedDatasetManifest.newest);
  expect(storedDatasetManifest.read(again, 'data set d')).toEqual(read);
  expect(storedDatasetManifest.read({ ...old, scale: 1 }, 'data set d')).toMatchObject({
    ...{ importer: 1, dtype: 'F32', range: null, declaredScale: null },
  });
});
