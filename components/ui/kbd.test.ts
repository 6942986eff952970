import { expect, it } from 'vitest';
import { written } from './kbd.tsx';

it.each([
  ['Mod+Shift+Z', 'Ctrl+Shift+Z', '⌘⇧Z'],
  ['Alt+Shift+H', 'Alt+Shift+H', '⌥⇧H'],
  ['Escape', 'Esc', 'Esc'],
  ['?', '?', '?'],
])('%s is written %s, and %s on a Mac', (keys, elsewhere, mac) => {
  expect(written(keys, false)).toBe(elsewhere);
  expect(written(keys, true)).toBe(mac);
});
