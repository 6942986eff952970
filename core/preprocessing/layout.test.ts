import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitOf } from './layout.ts';

const STORED = { kind: 'stored' } as const;

test.each([
  ['equal shapes', [8, 8, 1], [8, 8, 1], [8, 8, 1]],
  ['sizes that are open', [7, 5], [null, 5], [7, 5]],
  ['a channel that the file lacks', [28, 28], [28, 28, 1], [28, 28, 1]],
  ['a channel that the model does not take', [28, 28, 1], [28, 28], [28, 28]],
  ['a channel before the pixels', [1, 28, 28], [28, 28, 1], [28, 28, 1]],
  ['any size and a channel', [28, 28], [null, null, 1], [28, 28, 1]],
  ['a series that an earlier version gave a channel', [7, 5, 1], [null, 5], [7, 5]],
  ['a row as a series of single numbers', [7], [null, 1], [7, 1]],
  ['single numbers', [1], [], []],
  ['a picture for a dense input', [28, 28], [784], [784]],
  ['equal axes', [3, 3, 3], [3, 3, 3], [3, 3, 3]],
])('%s fit', (_, stored, wanted, given) => {
  const fit = fitOf(stored, wanted, STORED);
  if (!fit.fits) throw new Error(fit.why);
  expect(fit.shapes.given).toEqual(given);
  // Whatever is not as stored is told.
  expect(fit.told.length).toBe(String(stored) === String(given) ? 0 : 1);
});

test.each([
  ['channels first', [3, 5, 6], [5, 6, 3], [{ kind: 'transpose', axes: [1, 2, 0] }]],
  ['channels last for channels first', [6, 5, 3], [3, 6, 5], [{ kind: 'transpose', axes: [2, 0, 1] }]],
  ['the sides of a table exchanged', [7, 5], [5, 7], [{ kind: 'transpose', axes: [1, 0] }]],
  ['width for height', [6, 8, 3], [8, 6, 3], [{ kind: 'transpose', axes: [1, 0, 2] }]],
  ['a row for a picture', [64], [8, 8, 1], [{ kind: 'reshape', shape: [8, 8, 1] }]],
  ['a row for a series', [12], [null, 4], [{ kind: 'reshape', shape: [3, 4] }]],
  ['other axes of the same count', [4, 9], [6, 6], []],
  ['a row for a series of other steps', [10], [null, 4], []],
  ['other counts', [7, 5], [6], []],
])('%s do not fit; what would is offered', (_, stored, wanted, offers) => {
  const fit = fitOf(stored, wanted, STORED);
  expect(fit).toMatchObject({ fits: false, offers });
  for (const offer of fit.fits ? [] : fit.offers) expect(fitOf(stored, wanted, offer).fits).toBe(true);
});

test('law: a shape that is not told apart by its axes of size 1, or flattened, is never taken for another', () => {
  const shape = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(shape, shape, (stored, wanted) => {
      const fit = fitOf(stored, wanted, STORED);
      const large = (sizes: readonly number[]) => String(sizes.filter((size) => size !== 1));
      const count = stored.reduce((a, b) => a * b, 1);
      const dense = wanted.length === 1 && wanted[0] === count;
      expect(fit.fits).toBe(large(stored) === large(wanted) || dense);
    }),
  );
});
