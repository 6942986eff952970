import { expect, test } from 'vitest';
import { FIXTURES } from '../fixtures.ts';
import { rgbOf, type Theme } from '../shared/drawing/theme.ts';
import { coloringOf, columnsOf, labelPoints } from './columns.ts';
import { componentNames, methodName, qualityOf } from './quality.ts';

const color = {
  surface: 'rgb(255, 255, 255)',
  sunken: 'rgb(244, 244, 247)',
  hover: 'rgb(238, 238, 242)',
  line: 'rgb(224, 225, 231)',
  'line-strong': 'rgb(135, 138, 152)',
  text: 'rgb(26, 27, 33)',
  muted: 'rgb(85, 88, 101)',
  faint: 'rgb(108, 111, 124)',
  accent: 'rgb(80, 70, 212)',
  'accent-soft': 'rgb(236, 235, 252)',
  fault: 'rgb(191, 36, 23)',
  warning: 'rgb(138, 88, 0)',
};
const theme: Theme = {
  dark: false,
  color,
  classes: Array.from({ length: 10 }, (_, i) => `rgb(${i * 20}, ${i}, 9)`),
  models: [],
};
const classes = Array.from({ length: 10 }, (_, i) => `class ${i}`);

test('every tensor with one value per point is a column, and pictures and places are none', () => {
  const of = (name: string) => {
    const { result } = FIXTURES.find((f) => f.name === name) ?? { result: null };
    if (!result) throw new Error(`no fixture ${name}`);
    return columnsOf(result, result.tensors.xyz?.shape[0] ?? 0).map((c) => [c.id, c.kind]);
  };
  expect(of('Example space')).toEqual([
    ['label', 'class'],
    ['predicted', 'class'],
    ['error', 'flag'],
    ['confidence', 'number'],
  ]);
  expect(of('Neuron space')).toEqual([
    ['best_class', 'class'],
    ['mean', 'number'],
    ['sd', 'number'],
    ['max', 'number'],
    ['dead', 'flag'],
  ]);
});

test('an error is a flag for classifiers, and a distance for models that rebuild their input', () => {
  const { result } = FIXTURES.find((f) => f.name === 'Example space') ?? {};
  if (!result) throw new Error('no fixture of an example space');
  const error = { dtype: 'F32', shape: [2], data: Float32Array.of(0.25, 0.5) } as const;
  const kinds = columnsOf({ ...result, tensors: { error } }, 2).map((c) => [c.id, c.kind]);
  expect(kinds).toEqual([['error', 'number']]);
});

test('classes have their colours and counts, and no class is grey', () => {
  const column = {
    id: 'label',
    name: 'class',
    kind: 'class',
    values: Int32Array.of(2, 0, 2, -1),
  } as const;
  const { colors, items, scale } = coloringOf(column, 4, classes, theme);
  expect(Array.from(colors.slice(0, 3))).toEqual([40, 2, 9]);
  expect(Array.from(colors.slice(9))).toEqual(rgbOf(color['line-strong']));
  expect(items.map((i) => [i.value, i.name, i.count])).toEqual([
    [-1, 'none', 1],
    [0, 'class 0', 1],
    [2, 'class 2', 2],
  ]);
  expect(scale).toBeNull();
});

test('errors are in the colour of faults, and numbers on a scale that is signed where they are', () => {
  const flags = { id: 'error', name: 'error', kind: 'flag', values: Uint8Array.of(1, 0) } as const;
  expect(Array.from(coloringOf(flags, 2, classes, theme).colors.slice(0, 3))).toEqual(rgbOf(color.fault));
  const of = (values: Float32Array) =>
    coloringOf({ id: 'mean', name: 'mean', kind: 'number', values }, values.length, classes, theme).scale;
  expect(of(Float32Array.of(0, 3))).toMatchObject({ kind: 'sequential', min: 0, max: 3 });
  expect(of(Float32Array.of(-2, 1))).toMatchObject({ kind: 'diverging', min: -2, max: 2 });
});

test('a class is named at its most central point', () => {
  const points = [0, 0, 10, 10, 1, 1, 2, 2, 50, 50];
  expect(labelPoints(points, 2, [0, 1, 0, 0, -1])).toEqual([
    { label: 0, at: 2 },
    { label: 1, at: 1 },
  ]);
});

test('the foot tells what the projection keeps', () => {
  const texts = (record: Parameters<typeof qualityOf>[0]) => qualityOf(record).map((t) => t.text);
  expect(texts({ method: 'pca', explainedVariance: [0.41, 0.19, 0.05] })).toEqual([
    'PC1 41\u2009%',
    'PC2 19\u2009%',
    'PC3 5.0\u2009%',
  ]);
  expect(texts({ method: 'umap', trustworthiness: 0.982, knnRecall: 0.61, k: 15 })).toEqual([
    'trustworthiness 0.982',
    'k-NN recall 61\u2009%',
  ]);
  expect(componentNames({ method: 'umap' }, 2)).toEqual(['U1', 'U2']);
  expect(componentNames({ method: 'tsne' }, 2)).toEqual(['T1', 'T2']);
  expect(methodName({ method: 'tsne' })).toBe('t-SNE');
});
