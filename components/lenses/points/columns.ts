/** What points can be coloured by: every column that comes with them. */
import type { Result, TensorData } from '@/core/result/types.ts';
import { type ColorScale, divergingScale, rangeOf, sequentialScale } from '../shared/drawing/scales.ts';
import { classColor, rgbOf, type Theme } from '../shared/drawing/theme.ts';

export type ColumnKind = 'class' | 'flag' | 'number';
export interface Column {
  readonly id: string;
  readonly name: string;
  readonly kind: ColumnKind;
  readonly values: TensorData;
}
const CLASSES: Readonly<Record<string, string>> = {
  label: 'class',
  predicted: 'prediction',
  best_class: 'best class',
};
const FLAGS: Readonly<Record<string, string>> = { error: 'error', dead: 'dead' };
/** The order in which they are offered; others follow. An index says nothing by its colour. */
const ORDER = ['label', 'best_class', 'predicted', 'error', 'confidence', 'mean', 'sd', 'max', 'dead'];
const NO_COLUMNS = ['index'];

/** All tensors of the result with one value per point. An error is a flag for classifiers, else a distance. */
export function columnsOf(result: Result, count: number): Column[] {
  const columns: Column[] = [];
  for (const [id, tensor] of Object.entries(result.tensors)) {
    if (tensor.shape.length !== 1 || tensor.shape[0] !== count || NO_COLUMNS.includes(id)) continue;
    const whole = tensor.dtype === 'U8' || tensor.dtype === 'BOOL';
    const kind =
      id in CLASSES ? 'class' : tensor.dtype === 'BOOL' || (id in FLAGS && whole) ? 'flag' : 'number';
    const name = CLASSES[id] ?? FLAGS[id] ?? id.replaceAll('_', ' ');
    columns.push({ id, name, kind, values: tensor.data });
  }
  const place = (id: string) => (ORDER.includes(id) ? ORDER.indexOf(id) : ORDER.length);
  return columns.sort((a, b) => place(a.id) - place(b.id));
}

export interface LegendItem {
  readonly value: number;
  readonly name: string;
  readonly color: string;
  readonly count: number;
}
export interface Coloring {
  /** (n, 3), each 0 to 255. */
  readonly colors: Uint8Array;
  /** Names and colours of classes and flags that occur, by value. */
  readonly items: readonly LegendItem[];
  /** Of numbers. */
  readonly scale: ColorScale | null;
}

export function coloringOf(
  column: Column | null,
  count: number,
  classes: readonly string[],
  theme: Theme,
): Coloring {
  const colors = new Uint8Array(count * 3);
  const paint = (of: (i: number) => readonly [number, number, number]) => {
    for (let i = 0; i < count; i++) colors.set(of(i), 3 * i);
  };
  if (!column) {
    const plain = rgbOf(theme.color.muted);
    paint(() => plain);
    return { colors, items: [], scale: null };
  }
  if (column.kind === 'number') {
    const [low, high] = rangeOf(column.values);
    const scale =
      low < 0 ? divergingScale(Math.max(-low, high), theme.dark) : sequentialScale(low, high, theme.dark);
    paint((i) => scale.rgb(column.values[i] ?? Number.NaN));
    return { colors, items: [], scale };
  }
  const flag = column.kind === 'flag';
  const palette = flag
    ? [theme.color['line-strong'], column.id === 'error' ? theme.color.fault : theme.color.warning]
    : Array.from({ length: Math.max(1, classes.length) }, (_, c) => classColor(theme, c));
  const none = rgbOf(theme.color['line-strong']);
  const table = palette.map(rgbOf);
  const counts = new Map<number, number>();
  paint((i) => {
    const value = column.values[i] ?? -1;
    counts.set(value, (counts.get(value) ?? 0) + 1);
    return table[value] ?? none;
  });
  const name = (value: number) => {
    if (flag) return value > 0 ? column.name : `no ${column.name}`;
    return value < 0 ? 'none' : (classes[value] ?? String(value));
  };
  const items = [...counts]
    .sort((a, b) => a[0] - b[0])
    .map(([value, n]) => ({
      value,
      name: name(value),
      color: palette[value] ?? theme.color['line-strong'],
      count: n,
    }));
  return { colors, items, scale: null };
}

/** For each class that occurs, the point nearest to the middle of its points: where its name is written. */
export function labelPoints(
  points: ArrayLike<number>,
  dims: number,
  labels: ArrayLike<number>,
): { readonly label: number; readonly at: number }[] {
  const sums = new Map<number, { n: number; sum: number[] }>();
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] ?? -1;
    // A point without a place, of values that are not finite, has no part in where its class lies.
    if (label < 0 || !Number.isFinite(points[i * dims] ?? Number.NaN)) continue;
    const entry = sums.get(label) ?? { n: 0, sum: Array.from({ length: dims }, () => 0) };
    entry.n += 1;
    for (let d = 0; d < dims; d++) entry.sum[d] = (entry.sum[d] ?? 0) + (points[i * dims + d] ?? 0);
    sums.set(label, entry);
  }
  const best = new Map<number, { at: number; distance: number }>();
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] ?? -1;
    const entry = sums.get(label);
    if (!entry || !Number.isFinite(points[i * dims] ?? Number.NaN)) continue;
    let distance = 0;
    for (let d = 0; d < dims; d++)
      distance += ((points[i * dims + d] ?? 0) - (entry.sum[d] ?? 0) / entry.n) ** 2;
    const known = best.get(label);
    if (!known || distance < known.distance) best.set(label, { at: i, distance });
  }
  return [...best].sort((a, b) => a[0] - b[0]).map(([label, { at }]) => ({ label, at }));
}
