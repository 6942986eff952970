import { describe, expect, test } from 'vitest';
import {
  indicesOf,
  inputAt,
  kernelAt,
  kernelsOf,
  pictureKind,
  placeName,
  strongestInto,
  unitAt,
  type WeightTensor,
} from './layout.ts';

const tensor = (axes: string[], shape: number[], data?: number[]): WeightTensor => ({
  name: 'kernel',
  axes,
  shape,
  data: data ?? Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i),
});
/** 2 x 3 pixels, 2 inputs, 4 units. */
const conv = tensor(['y', 'x', 'input', 'unit'], [2, 3, 2, 4]);

test('kernels are pictures, matrices heat maps, rows bars', () => {
  expect(pictureKind(conv)).toBe('kernels');
  expect(pictureKind(tensor(['time', 'input', 'unit'], [3, 2, 4]))).toBe('kernels');
  expect(pictureKind(tensor(['input', 'unit'], [3, 2]))).toBe('matrix');
  expect(pictureKind(tensor(['axis 1', 'axis 2', 'axis 3'], [3, 2, 2]))).toBe('matrix');
  expect(pictureKind(tensor(['unit'], [3]))).toBe('bars');
});

describe('a convolution', () => {
  const kernels = kernelsOf(conv);
  test('has one picture per input and unit, those of a unit together', () => {
    expect(kernels.from).toHaveLength(8);
    expect(kernels.from.map((flat) => [unitAt(conv, flat, 4), inputAt(conv, flat)]).slice(0, 3)).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
    ]);
  });
  test('every number is in one picture', () => {
    const all = kernels.from.flatMap((_, at) => [...kernelAt(conv.data, kernels, at)]);
    expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: 48 }, (_, i) => i));
  });
  test('a picture is read in rows', () => {
    // Input 1, unit 2: 6 + 8 per column, 24 per row.
    expect([...kernelAt(conv.data, kernels, 5)]).toEqual([6, 14, 22, 30, 38, 46]);
  });
  test('a transposed one has the same pictures', () => {
    const transposed = tensor(['y', 'x', 'unit', 'input'], [2, 3, 4, 2]);
    expect(unitAt(transposed, kernelsOf(transposed).from[2] ?? 0, 4)).toBe(1);
    expect(inputAt(transposed, kernelsOf(transposed).from[3] ?? 0)).toBe(1);
  });
});

test('a place is told by the names of its axes', () => {
  expect(indicesOf([2, 3, 2, 4], 46)).toEqual([1, 2, 1, 2]);
  expect(placeName(conv, 46, ['unit'])).toBe('y 1, x 2, input 1');
});

describe('what leads into a unit', () => {
  test('comes strongest first, of either sign', () => {
    const dense = tensor(['input', 'unit'], [3, 2], [1, 9, -5, 9, 2, 9]);
    expect(strongestInto(dense, 0, 2, 2)).toEqual([2, 4]);
  });
  test('is everything where the tensor is of one unit', () => {
    expect(strongestInto(tensor(['input'], [3], [1, -4, 2]), 7, 1, 9)).toEqual([1, 2, 0]);
  });
  test('is of all gates of a recurrent unit', () => {
    const gates = tensor(['input', 'gate unit'], [1, 6], [1, 2, 3, 4, 5, 6]);
    expect(strongestInto(gates, 0, 2, 9)).toEqual([4, 2, 0]);
  });
});
