/** Operators that move, join, pick and repeat numbers. */
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import type { Tf } from '../../tf.ts';
import { type Arguments, type Operator, type Operators, untaped } from './arguments.ts';

function of(apply: (tf: Tf, x: Tensor, given: Arguments) => Tensor | Tensor[]): Operator {
  return { call: ['x'], apply: (given) => apply(given.tf, given.tensor('x'), given) };
}

/** The size that -1 stands for follows from the others. */
function reshaped(tf: Tf, x: Tensor, given: Arguments, key: string): Tensor {
  const sizes = given.list(key) ?? [];
  const known = sizes.reduce((product, size) => (size === -1 ? product : product * size), 1);
  const open = sizes.filter((size) => size === -1).length;
  if (open > 1 || (open === 1 ? known === 0 || x.size % known !== 0 : known !== x.size))
    throw given.fault(`cannot make [${sizes.join(', ')}] of [${x.shape.join(', ')}]`);
  return tf.reshape(x, sizes);
}

const slice = z.object({
  class_name: z.literal('__slice__'),
  config: z.object({
    start: z.number().int().nullable(),
    stop: z.number().int().nullable(),
    step: z.number().int().nullable(),
  }),
});
const ellipsis = z.object({ class_name: z.literal('__ellipsis__') });

/** As Python's x[1, :, ..., ::2, None]. */
function picked(tf: Tf, x: Tensor, given: Arguments, key: unknown): Tensor {
  const keys = Array.isArray(key) ? key : [key];
  const used = keys.filter((one) => one !== null && !ellipsis.safeParse(one).success).length;
  if (used > x.rank) throw given.fault(`picks along ${used} axes of a tensor of ${x.rank}`);
  let y = x;
  let axis = 0;
  for (const one of keys) {
    if (one === null) y = tf.expandDims(y, axis++);
    else if (ellipsis.safeParse(one).success) axis += x.rank - used;
    else if (typeof one === 'number' && Number.isInteger(one)) {
      const size = y.shape[axis] ?? 0;
      const at = one < 0 ? one + size : one;
      if (at < 0 || at >= size) throw given.fault(`picks the number ${one} of ${size}`);
      y = tf.squeeze(sliced(tf, y, axis, at, 1), [axis]);
    } else {
      const parsed = slice.safeParse(one);
      if (!parsed.success)
        throw given.fault(`picks by ${JSON.stringify(one)?.slice(0, 60)}; numbers and slices are computed`);
      y = stepped(tf, y, axis++, parsed.data.config, given);
    }
  }
  return y;
}

function sliced(tf: Tf, x: Tensor, axis: number, begin: number, size: number): Tensor {
  return tf.slice(
    x,
    x.shape.map((_, at) => (at === axis ? begin : 0)),
    x.shape.map((all, at) => (at === axis ? size : all)),
  );
}

function stepped(
  tf: Tf,
  x: Tensor,
  axis: number,
  { start, stop, step }: z.infer<typeof slice>['config'],
  given: Arguments,
): Tensor {
  const size = x.shape[axis] ?? 0;
  const by = step ?? 1;
  if (by === 0) throw given.fault('picks by steps of 0');
  const bound = (value: number | null, otherwise: number, low: number, high: number) =>
    value === null ? otherwise : Math.min(high, Math.max(low, value < 0 ? value + size : value));
  const from = by > 0 ? bound(start, 0, 0, size) : bound(start, size - 1, -1, size - 1);
  const to = by > 0 ? bound(stop, size, 0, size) : bound(stop, -1, -1, size - 1);
  const count = Math.max(0, Math.ceil((to - from) / by));
  if (by === 1) return count === size ? x : sliced(tf, x, axis, from, count);
  const places = Array.from({ length: count }, (_, i) => from + i * by);
  return tf.gather(x, tf.tensor1d(places, 'int32'), axis);
}

function parts(given: Arguments, x: Tensor, axis: number): number[] {
  const size = x.shape[axis] ?? 0;
  const said = given.raw('indices_or_sections');
  if (typeof said === 'number') {
    if (said < 1 || size % said !== 0) throw given.fault(`splits ${size} into ${said} equal parts`);
    return Array.from({ length: said }, () => size / said);
  }
  const cuts = [0, ...(given.list('indices_or_sections') ?? []), size];
  return cuts.slice(1).map((cut, at) => Math.max(0, cut - (cuts[at] ?? 0)));
}

function order(given: Arguments, rank: number): number[] {
  return given.has('axes') ? given.axes('axes', rank) : Array.from({ length: rank }, (_, i) => rank - 1 - i);
}

function taken(given: Arguments): Tensor {
  const { tf } = given;
  const x = given.tensor('x');
  const flat = given.has('axis') ? x : tf.reshape(x, [-1]);
  const axis = given.axis('axis', flat.rank, 0);
  const size = flat.shape[axis] ?? 0;
  const indices = untaped(tf, () => {
    const at = given.tensor('indices');
    return tf.cast(tf.where(tf.less(at, 0), tf.add(at, size), at), 'int32');
  });
  given.room([...flat.shape.slice(0, axis), ...indices.shape, ...flat.shape.slice(axis + 1)]);
  return tf.gather(flat, indices, axis);
}

const moved = (from: readonly number[], to: readonly number[], rank: number): number[] => {
  const rest = Array.from({ length: rank }, (_, i) => i).filter((axis) => !from.includes(axis));
  const out: number[] = [];
  for (const [at, axis] of from.entries()) out[to[at] ?? 0] = axis;
  for (let at = 0; at < rank; at++) out[at] ??= rest.shift() ?? 0;
  return out;
};

export const shaping: Operators = {
  Reshape: of((tf, x, given) => reshaped(tf, x, given, 'newshape')),
  Ravel: of((tf, x) => tf.reshape(x, [-1])),
  Transpose: of((tf, x, given) => tf.transpose(x, order(given, x.rank))),
  Swapaxes: of((tf, x, given) => {
    const [a, b] = [given.axis('axis1', x.rank, 0), given.axis('axis2', x.rank, 0)];
    return tf.transpose(
      x,
      x.shape.map((_, at) => (at === a ? b : at === b ? a : at)),
    );
  }),
  Moveaxis: of((tf, x, given) =>
    tf.transpose(x, moved(given.axes('source', x.rank), given.axes('destination', x.rank), x.rank)),
  ),
  ExpandDims: of((tf, x, given) =>
    (given.list('axis') ?? [0])
      .map((axis, _, all) => given.within(axis, x.rank + all.length))
      .sort((a, b) => a - b)
      .reduce((y, axis) => tf.expandDims(y, axis), x),
  ),
  Squeeze: of((tf, x, given) => {
    const axes = given.has('axis')
      ? given.axes('axis', x.rank)
      : x.shape.flatMap((size, at) => (size === 1 ? [at] : []));
    if (axes.some((axis) => x.shape[axis] !== 1))
      throw given.fault(`takes away axes of [${x.shape.join(', ')}] whose size is not 1`);
    return axes.length === 0 ? x : tf.squeeze(x, axes);
  }),
  GetItem: {
    call: ['x', 'key'],
    apply: (given) => picked(given.tf, given.tensor('x'), given, given.raw('key')),
  },
  Concatenate: {
    call: ['xs'],
    apply: (given) => {
      const xs = given.tensors('xs');
      return given.tf.concat(xs, given.axis('axis', xs[0]?.rank ?? 1, 0));
    },
  },
  Stack: {
    call: ['x'],
    apply: (given) => {
      const xs = given.tensors('x');
      return given.tf.stack(xs, given.axis('axis', (xs[0]?.rank ?? 0) + 1, 0));
    },
  },
  Split: of((tf, x, given) => {
    const axis = given.axis('axis', x.rank, 0);
    return tf.split(x, parts(given, x, axis), axis);
  }),
  Unstack: of((tf, x, given) => tf.unstack(x, given.axis('axis', x.rank, 0))),
  Repeat: of((tf, x, given) => {
    const flat = given.has('axis') ? x : tf.reshape(x, [-1]);
    const axis = given.axis('axis', flat.rank, 0);
    const times = given.number('repeats');
    const size = flat.shape[axis] ?? 0;
    given.room(flat.shape.map((all, at) => (at === axis ? all * times : all)));
    const places = Array.from({ length: size * times }, (_, i) => Math.floor(i / times));
    return tf.gather(flat, tf.tensor1d(places, 'int32'), axis);
  }),
  Tile: of((tf, x, given) => {
    const times = given.list('repeats') ?? [];
    const rank = Math.max(x.rank, times.length);
    const whole = [...Array.from({ length: rank - times.length }, () => 1), ...times];
    const shape = [...Array.from({ length: rank - x.rank }, () => 1), ...x.shape];
    given.room(shape.map((size, at) => size * (whole[at] ?? 1)));
    return tf.tile(tf.reshape(x, shape), whole);
  }),
  BroadcastTo: of((tf, x, given) => {
    const shape = given.list('shape') ?? [];
    given.room(shape);
    return tf.add(
      x,
      untaped(tf, () => tf.zeros(shape)),
    );
  }),
  Flip: of((tf, x, given) => tf.reverse(x, given.axes('axis', x.rank))),
  Roll: of((tf, x, given) => {
    const [axis = 0, ...more] = given.axes('axis', x.rank);
    if (!given.has('axis') || more.length > 0) throw given.fault('rolls along no one axis; one is computed');
    const size = x.shape[axis] ?? 1;
    const by = ((given.number('shift') % size) + size) % size;
    if (by === 0) return tf.mul(x, 1);
    return tf.concat([sliced(tf, x, axis, size - by, by), sliced(tf, x, axis, 0, size - by)], axis);
  }),
  Pad: {
    call: ['x', 'constant_values'],
    apply: (given) => {
      const { tf } = given;
      const x = given.tensor('x');
      const mode = given.raw('mode') ?? 'constant';
      const parsed = z.array(z.tuple([z.number().int(), z.number().int()])).safeParse(given.raw('pad_width'));
      if (!parsed.success || parsed.data.length !== x.rank)
        throw given.fault('has no pair of widths for each axis');
      given.room(x.shape.map((size, at) => size + (parsed.data[at]?.[0] ?? 0) + (parsed.data[at]?.[1] ?? 0)));
      if (mode === 'constant') return tf.pad(x, parsed.data, given.number('constant_values', 0));
      throw given.fault(`pads by ${JSON.stringify(mode)}; "constant" is computed`);
    },
  },
  Take: { call: ['x', 'indices'], apply: taken },
  OneHot: of((tf, x, given) => {
    const count = given.number('num_classes');
    const axis = given.axis('axis', x.rank + 1, -1);
    given.room([...x.shape, count]);
    return untaped(tf, () => {
      const made = tf.cast(tf.oneHot(tf.cast(tf.reshape(x, [-1]), 'int32'), count), 'float32');
      const last = tf.reshape(made, [...x.shape, count]);
      return tf.transpose(last, moved([x.rank], [axis], x.rank + 1));
    });
  }),
};
