import { expect, test } from 'vitest';
import { safeNext } from './use-load.ts';

test.each(['/', '/p/digits', '/p/digits/boards/b?view=1#x', '/invite/abc'])('%s is of this site', (next) => {
  expect(safeNext(next)).toBe(next);
});

test.each([
  ...['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '', 'p/digits'],
  ...['/\t/evil.example', '/\n/evil.example', '/\t\\evil.example', '\t//evil.example', '/.//evil.example'],
  ...['/p/..//evil.example', '/%2e//evil.example', '///evil.example', '/\r\n//evil.example'],
])('%j leads to the start', (next) => {
  expect(safeNext(next)).toBe('/');
});

test('nothing leads to the start', () => {
  expect(safeNext(null)).toBe('/');
  expect(safeNext(undefined)).toBe('/');
});
