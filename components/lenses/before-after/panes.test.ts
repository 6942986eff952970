import { expect, test } from 'vitest';
import { lookFor } from './panes.ts';

test('a chosen look is kept, where there is a change to draw', () => {
  expect(lookFor('change', 'tensor[unit,y,x]', true, 900)).toBe('change');
  expect(lookFor('change', 'points[unit]', false, 900)).toBe('sides');
});
test('three panes need room; predictions show their change', () => {
  expect(lookFor(undefined, 'tensor[unit,y,x]', true, 900)).toBe('all');
  expect(lookFor(undefined, 'tensor[unit,y,x]', true, 400)).toBe('sides');
  expect(lookFor('nonsense', 'vector[class]', true, 900)).toBe('change');
});
