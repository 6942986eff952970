import { expect, test } from 'vitest';
import { filteredRows, layerRows, sortedRows, totalOf } from './rows.ts';

const layer = (name: string, type: string, params: number, shape: (number | null)[]) => ({
  ...{ name, type, outputShape: shape, params, trainableParams: params, units: shape.at(-1) ?? null },
  weights: params > 0 ? [{ name: `${name}/kernel`, shape: [3, params / 3] }] : [],
  config: {},
});
const graph = {
  model: 'net',
  layers: [
    layer('x', 'InputLayer', 0, [null, 3]),
    layer('wide', 'Dense', 12, [null, 4]),
    layer('odd', 'Mystery', 0, [null, null]),
    layer('narrow', 'Dense', 6, [null, 2]),
  ],
  ...{ edges: [], inputs: ['x'], outputs: ['narrow'], params: 18 },
};
const rows = layerRows({ graph });
const names = (of: readonly { name: string }[]) => of.map(({ name }) => name);

test('rows tell the share of parameters, operations and memory', () => {
  expect(rows[1]).toMatchObject({ share: 12 / 18, flops: 24, bytes: 16 });
  expect(rows[2]).toMatchObject({ share: 0, flops: null, bytes: null });
  expect(totalOf(rows, 'flops')).toEqual({ sum: 36, unknown: 1 });
});

test('rows are sorted either way, what is not known last', () => {
  expect(names(sortedRows(rows, { by: 'flops', falling: true }))).toEqual(['wide', 'narrow', 'x', 'odd']);
  expect(names(sortedRows(rows, { by: 'flops', falling: false }))).toEqual(['x', 'narrow', 'wide', 'odd']);
  expect(names(sortedRows(rows, { by: 'type', falling: false }))).toEqual(['wide', 'narrow', 'x', 'odd']);
  expect(names(sortedRows(rows, { by: 'params', falling: false }))).toEqual(['x', 'odd', 'narrow', 'wide']);
});

test('rows are found by words of name and type', () => {
  expect(names(filteredRows(rows, 'dense NAR'))).toEqual(['narrow']);
  expect(names(filteredRows(rows, ' '))).toHaveLength(4);
});
