/** Where the places (steps, rows, columns) stand in a tensor, and sizes along them. */
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import type { Tf } from '../tf.ts';
import type { Shape } from './recipe.ts';

/** As TensorFlow.js spells it. */
export const dataFormat = z.enum(['channelsLast', 'channelsFirst']).nullish();
export type DataFormat = z.infer<typeof dataFormat>;

/** Axes of the places of a tensor of this rank. */
export function spatialAxes(rank: number, format: DataFormat): number[] {
  const first = format === 'channelsFirst' ? 2 : 1;
  return Array.from({ length: rank - 2 }, (_, i) => first + i);
}

export function channelsOf(rank: number, format: DataFormat): number {
  return format === 'channelsFirst' ? 1 : rank - 1;
}

/** The shape with the channels last, from one in the layer's own order. */
export function lastShape(shape: Shape, format: DataFormat): Shape {
  if (format !== 'channelsFirst') return shape;
  const [batch = null, channels = null, ...places] = shape;
  return [batch, ...places, channels];
}

/** The shape in the layer's own order, from one with the channels last. */
export function ofFormat(shape: Shape, format: DataFormat): Shape {
  if (format !== 'channelsFirst') return shape;
  return [shape[0] ?? null, shape.at(-1) ?? null, ...shape.slice(1, -1)];
}

/** Runs `body` on the input with the channels last, and gives its output in the layer's own order. */
export function channelsLast(tf: Tf, x: Tensor, format: DataFormat, body: (last: Tensor) => Tensor): Tensor {
  if (format !== 'channelsFirst') return body(x);
  const places = Array.from({ length: x.rank - 2 }, (_, i) => i);
  const y = body(tf.transpose(x, [0, ...places.map((i) => i + 2), 1]));
  return tf.transpose(y, [0, x.rank - 1, ...places.map((i) => i + 1)]);
}

/** The shape with these axes changed; open sizes stay open. */
export function resized(
  shape: Shape,
  axes: readonly number[],
  change: (size: number, at: number) => number,
): (number | null)[] {
  const out = [...shape];
  for (const [at, axis] of axes.entries()) {
    const size = shape[axis];
    out[axis] = size === null || size === undefined ? null : change(size, at);
  }
  return out;
}

/** One number, or one for each of `count` axes. */
export const sizes = z.union([z.number().int(), z.array(z.number().int())]);
export function perAxis(value: number | readonly number[], count: number): number[] {
  const list = [value].flat();
  return list.length === 1 ? Array.from({ length: count }, () => list[0]!) : list;
}

/** Widths before and after, per axis, of Keras' paddings and croppings: 1, [1, 2] or [[1, 2], [0, 1]]. */
export const margins = z.union([
  z.number().int(),
  z.array(z.union([z.number().int(), z.array(z.number().int())])),
]);
export type Margins = z.infer<typeof margins>;
export function marginsOf(value: Margins, count: number): [number, number][] {
  const pair = (one: number | readonly number[]): [number, number] =>
    typeof one === 'number' ? [one, one] : [one[0] ?? 0, one[1] ?? one[0] ?? 0];
  if (typeof value === 'number') return Array.from({ length: count }, () => pair(value));
  // Along one axis [1, 2] is before and after.
  if (count === 1) {
    const [head, tail] = value;
    return [Array.isArray(head) ? pair(head) : pair([Number(head), Number(tail ?? head)])];
  }
  return value.map(pair);
}
