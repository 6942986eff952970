/** What the dialog offers, and what its fields mean. */
import type { Preprocessing } from '@/core/api/index.ts';
import { type ClassOrder, type Layout, type Scale, shapeText } from '@/core/preprocessing/index.ts';

export const SCALES = ['proposed', 'stored', 'unit', 'centred', 'own'] as const;
export type ScaleName = (typeof SCALES)[number];

export const NAMED_SCALES: Readonly<Record<'stored' | 'unit' | 'centred', Scale>> = {
  stored: { subtract: 0, divide: 1 },
  unit: { subtract: 0, divide: 255 },
  centred: { subtract: 127.5, divide: 127.5 },
};

export function scaleName({ choice }: Pick<Preprocessing, 'choice'>): ScaleName {
  const { scale } = choice;
  if (!scale) return 'proposed';
  const same = (other: Scale) => other.subtract === scale.subtract && other.divide === scale.divide;
  if (same(NAMED_SCALES.stored)) return 'stored';
  if (same(NAMED_SCALES.unit)) return 'unit';
  return same(NAMED_SCALES.centred) ? 'centred' : 'own';
}

/** "0.485, 0.456, 0.406" or one number; null for what is neither. */
export function numbersFrom(text: string): number | number[] | null {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '');
  const numbers = parts.map(Number);
  const [first] = numbers;
  if (first === undefined || !numbers.every(Number.isFinite)) return null;
  return numbers.length === 1 ? first : numbers;
}
export const choiceText = (value: number | readonly number[]): string =>
  typeof value === 'number' ? String(value) : value.join(', ');

export interface LayoutOption {
  readonly value: string;
  readonly label: string;
  readonly layout: Layout;
}

/** As stored, what would fit, and what is chosen now. */
export function layoutOptions({ offers, choice, storedShape }: Preprocessing): LayoutOption[] {
  const all: Layout[] = [{ kind: 'stored' }, ...offers, ...(choice.layout ? [choice.layout] : [])];
  const options = all.map((layout) => ({
    value: JSON.stringify(layout),
    label: layoutText(layout, storedShape),
    layout,
  }));
  return options.filter(({ value }, i) => options.findIndex((other) => other.value === value) === i);
}

function layoutText(layout: Layout, stored: readonly number[]): string {
  switch (layout.kind) {
    case 'stored':
      return `As stored: ${shapeText(stored)}`;
    case 'transpose':
      return `Axes ${layout.axes.join(', ')}: ${shapeText(layout.axes.map((axis) => stored[axis] ?? 1))}`;
    case 'reshape':
      return `Reshaped: ${shapeText(layout.shape)}`;
  }
}

export const ORDERS = [
  { value: 'stored', label: 'As the data set has them' },
  { value: 'plain', label: 'Sorted plainly, as frameworks do' },
  { value: 'natural', label: 'Sorted naturally, numbers by value' },
  { value: 'own', label: 'An order of their own' },
] as const;

export const orderName = (order: ClassOrder): (typeof ORDERS)[number]['value'] =>
  typeof order === 'string' ? order : 'own';
