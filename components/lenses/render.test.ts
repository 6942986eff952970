/** Every lens on every fixture as a server renders it, at every size and with options of any kind: nothing throws. */
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import type { Result } from '@/core/result/types.ts';
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
/** Of another lens, of a later version, or made by hand. */
const STRANGE: LensProps['options'] = {
  ...{
    look: 'sideways',
    order: 1,
    side: 'top',
    tensor: 'gamma',
    channel: 1.5,
    dim: 'no',
    robust: 0,
    sort: true,
  },
  ...{ top: -1, opacity: 7, colorBy: 3, axes: 'xyz', isolate: 'all', direction: 'up', y: 'square', map: '' },
};
const CASES = FIXTURES.flatMap(({ name, result }) =>
  lensesFor(result.meta).map((lens) => [name, lens.name, lens, result] as const),
);
describe.each(CASES)('%s by %s', (_, __, lens, result) => {
  test('is drawn at any size', () => {
    for (const [w, h] of SIZES) expect(drawn(lens, result, w, h).length).toBeGreaterThan(20);
  });
  test('is drawn with options that it does not know', () => {
    expect(drawn(lens, result, 700, 360, STRANGE).length).toBeGreaterThan(20);
  });
});
