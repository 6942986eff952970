import { expect, test } from 'vitest';
import type { Preprocessing } from '@/core/api/index.ts';
import { AS_STORED } from '@/core/preprocessing/index.ts';
import { choiceText, layoutOptions, numbersFrom, scaleName } from './choices.ts';

const pair = (change: Partial<Preprocessing>): Preprocessing => ({
  ...{ model: 'm', dataset: 'd', problem: null, spec: AS_STORED, origin: 'proposed', evidence: [] },
  ...{ shapes: null, choice: {}, storedShape: [3, 5, 6], classes: [], storedClasses: [] },
  ...{ warnings: [], proposed: null, offers: [], inputs: [], outputs: [], output: null },
  ...change,
});

test('numbers are read as they are written, one or one for each channel', () => {
  expect(numbersFrom('127.5')).toBe(127.5);
  expect(numbersFrom('0.485, 0.456 0.406')).toEqual([0.485, 0.456, 0.406]);
  for (const text of ['', 'a', '1, b', '1e999']) expect(numbersFrom(text)).toBeNull();
  expect(choiceText([1, 2])).toBe('1, 2');
});

test('a chosen scale bears its name; without a choice it is as proposed', () => {
  const named = (subtract: number, divide: number) =>
    scaleName(pair({ choice: { scale: { subtract, divide } } }));
  expect(scaleName(pair({}))).toBe('proposed');
  expect([named(0, 1), named(0, 255), named(127.5, 127.5), named(3, 4)]).toEqual([
    ...['stored', 'unit', 'centred', 'own'],
  ]);
});

test('axes are offered as stored, as would fit, and as chosen, each once', () => {
  const layout = { kind: 'transpose' as const, axes: [1, 2, 0] };
  const options = layoutOptions(pair({ offers: [layout], choice: { layout } }));
  expect(options.map(({ label }) => label)).toEqual(['As stored: 3×5×6', 'Axes 1, 2, 0: 5×6×3']);
});
