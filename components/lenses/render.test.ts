/** Every lens on every fixture, at every size, on numbers that are none: nothing throws, nothing is drawn at NaN. */
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import type { NamedTensor, Result } from '@/core/result/types.ts';
import { TooltipProvider } from '../ui/tooltip.tsx';
import type { LensProps, LensSpec } from './contract.ts';
import { FIXTURES } from './fixtures.ts';
import { lensesFor } from './index.ts';

const SIZES = [
  [110, 64],
  [160, 120],
  [480, 360],
] as const;

function drawn(
  lens: LensSpec,
  result: Result,
  width: number,
  height: number,
  options: LensProps['options'] = {},
) {
  return renderToString(
    createElement(
      TooltipProvider,
      null,
      createElement(lens.Component, {
        result,
        width,
        height,
        selection: { layer: null, units: [], examples: [] },
        onSelect: () => {},
        selectedClass: null,
        options,
        onOption: () => {},
        modelColor: 0,
        badges: {},
      }),
    ),
  );
}
/** The same result with other numbers. */
const withNumbers = (result: Result, to: (tensor: NamedTensor) => number): Result => ({
  meta: result.meta,
  tensors: Object.fromEntries(
    Object.entries(result.tensors).map(([name, tensor]) => [
      name,
      // Indices stay what they are.
      tensor.dtype === 'F32' ? { ...tensor, data: Float32Array.from(tensor.data, () => to(tensor)) } : tensor,
    ]),
  ),
});
/** The same result where every third number is none and every third example has no prediction. */
const withGaps = (result: Result): Result => ({
  meta: result.meta,
  tensors: Object.fromEntries(
    Object.entries(result.tensors).map(([name, tensor]) => [
      name,
      tensor.dtype === 'F32' || tensor.dtype === 'F64'
        ? { ...tensor, data: Float64Array.from(tensor.data, (v, i) => (i % 3 === 1 ? Number.NaN : v)) }
        : /predicted$|^neighbours$/.test(name)
          ? { ...tensor, data: Int32Array.from(tensor.data, (v, i) => (i % 3 === 1 ? -1 : v)) }
          : tensor,
    ]),
  ),
});
/** The same result of nothing: every axis has length 0. */
const ofNothing = (result: Result): Result => ({
  meta: { ...result.meta, axes: result.meta.axes.map(({ labels: _, ...axis }) => ({ ...axis, size: 0 })) },
  tensors: Object.fromEntries(
    Object.entries(result.tensors).map(([name, tensor]) => [
      name,
      { ...tensor, shape: tensor.shape.map(() => 0), data: new Float32Array() },
    ]),
  ),
});

const CASES = FIXTURES.flatMap(({ name, result }) =>
  lensesFor(result.meta).map((lens) => [name, lens.name, lens, result] as const),
);
describe.each(CASES)('%s by %s', (_, __, lens, result) => {
  test('is drawn at any size', () => {
    for (const [w, h] of SIZES) expect(drawn(lens, result, w, h).length).toBeGreaterThan(20);
  });
  test('is drawn when everything is zero, or not a number, or not there', () => {
    for (const other of [
      withNumbers(result, () => 0),
      withNumbers(result, () => Number.NaN),
      withGaps(result),
      ofNothing(result),
    ])
      expect(drawn(lens, other, 480, 360)).not.toMatch(/NaN(%|px)|Infinity(%|px)/);
  });
  test('is drawn with the options that it has', () => {
    const choices: readonly LensProps['options'][] = [
      {
        look: 'strongest',
        order: 'index',
        side: 'left',
        tensor: 'bias',
        channel: 1,
        dim: true,
        robust: false,
      },
      { look: 'rows', map: 'heat', sort: '-value', top: 3, few: true, opacity: 0 },
      { look: 'all', changeSort: '-after' },
    ];
    for (const options of choices) expect(drawn(lens, result, 700, 360, options).length).toBeGreaterThan(20);
  });
});
