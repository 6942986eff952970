/** Which output of a model of several labels belong to. */
import { expect, test } from 'vitest';
import type { GraphRecord } from '../artifacts/graph.ts';
import { labelledOutput, outputFirst } from './outputs.ts';
import { pairOf } from './pair.ts';

const layer = (name: string, units: number) => ({
  ...{ name, type: 'Dense', outputShape: [null, units], params: 0, trainableParams: 0, units },
  ...{ weights: [], config: {} },
});
const graph = (outputs: Readonly<Record<string, number>>): GraphRecord => ({
  ...{ model: 'm', edges: [], inputs: ['x'], params: 0, outputs: Object.keys(outputs) },
  layers: Object.entries(outputs).map(([name, units]) => layer(name, units)),
  losses: Object.keys(outputs).map((name) => ({ name, fromLogits: false })),
});
const model = (outputs: Readonly<Record<string, number>>) => ({
  ...{ name: 'm', graph: graph(outputs), inputs: [{ name: 'x', shape: [null, 4] }] },
});
const classes = ['a', 'b', 'c'];

test.each<[string, Readonly<Record<string, number>>, string | undefined, string | undefined]>([
  ['the first, where it has a number for each class', { kind: 3, price: 1 }, undefined, undefined],
  ['the only one that has, where the first has not', { price: 1, kind: 3 }, undefined, 'kind'],
  ['the first, where several have', { price: 1, kind: 3, other: 3 }, undefined, undefined],
  ['the first, where none has', { price: 1, size: 2 }, undefined, undefined],
  ['what a person chose', { kind: 3, other: 3 }, 'other', 'other'],
  ['the first, where a person chose it', { price: 1, kind: 3 }, 'price', undefined],
])('the labels belong to %s', (_, outputs, chosen, expected) => {
  expect(labelledOutput(model(outputs), classes, chosen)).toMatchObject({ fits: true, output: expected });
});

test('it is told, chosen by name, and refused where there is none of that name', () => {
  const data = {
    ...{ name: 'd', shape: [4], dtype: 'F32' as const, range: null, declaredScale: null },
    ...{ classes, columns: [] },
  };
  const proposed = pairOf(model({ price: 1, kind: 3 }), data);
  expect(proposed.fits && proposed.record).toMatchObject({
    output: 'kind',
    evidence: expect.arrayContaining([
      "The labels are taken for those of the output kind: of the model's outputs it alone has a number for each of the 3 classes.",
    ]),
  });
  const chosen = pairOf(model({ kind: 3, other: 3 }), data, { choice: { output: 'other' }, trial: null });
  expect(chosen.fits && chosen.record).toMatchObject({ output: 'other', origin: 'chosen' });
  expect(pairOf(model({ kind: 3 }), data, { choice: { output: 'no' }, trial: null })).toMatchObject({
    problem: 'm has no output no; its outputs are kind',
  });
});

test('a graph with another output first keeps its losses beside its outputs', () => {
  const turned = outputFirst(graph({ kind: 3, price: 1, size: 2 }), 'price');
  expect(turned.outputs).toEqual(['price', 'kind', 'size']);
  expect(turned.losses?.map((loss) => loss?.name)).toEqual(['price', 'kind', 'size']);
});
