import { expect, test } from 'vitest';
import { paneChoice } from './panes.ts';

test('a chosen look is kept, where there is a change to draw', () => {
  expect(paneChoice('change', false, true, 900)).toBe('change');
  expect(paneChoice('change', false, false, 900)).toBe('sides');
});
test('three panes need room; predictions show their change', () => {
  expect(paneChoice(null, false, true, 900)).toBe('all');
  expect(paneChoice(null, false, true, 400)).toBe('sides');
  expect(paneChoice(null, true, true, 900)).toBe('change');
});
