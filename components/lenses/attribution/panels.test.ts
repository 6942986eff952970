import { expect, test } from 'vitest';
import { arrange } from './panels.ts';

test('panels stand side by side in a wide area and below each other in a tall one', () => {
  expect(arrange(3, 1, 600, 200, 18)).toEqual({ direction: 'row', width: 200, height: 200 });
  expect(arrange(3, 1, 200, 600, 18)).toEqual({ direction: 'column', width: 200, height: 200 });
});
test('wide pictures stand below each other where square ones would not', () => {
  expect(arrange(2, 8, 400, 300).direction).toBe('column');
  expect(arrange(2, 0.2, 400, 300).direction).toBe('row');
});
