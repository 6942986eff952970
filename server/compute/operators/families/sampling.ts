/** Grids sampled at places that a tensor of coordinates names; the gradient goes to the coordinates too. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import type { Tf } from '../../tf.ts';
import type { Operator, OperatorCall } from '../contract.ts';
import { given, numbersOf } from '../operands.ts';
import { bounded, ofRank, sizeOf, stridesOf } from '../tensors/axes.ts';
import { halfToEven } from '../tensors/precision.ts';
import { pick } from '../tensors/selection.ts';

const MODES: Readonly<Record<string, 'nearest' | 'linear' | 'cubic'>> = {
  nearest: 'nearest',
  linear: 'linear',
  bilinear: 'linear',
  cubic: 'cubic',
  bicubic: 'cubic',
};
type Padding = 'zeros' | 'border' | 'reflection';

/** One neighbour along one axis, of each sampled place. */
interface Tap {
  readonly places: Int32Array;
  /** Null: it counts whole. */
  readonly weight: Tensor | null;
}

/** `(sign, offset)` by which a coordinate is turned back into [least, most], once or more. */
function reflection(x: number, least: number, most: number): readonly [number, number] {
  const range = most - least;
  if (range <= 0) return [0, least];
  if (x >= least && x <= most) return [1, 0];
  const turns = Math.floor((x - least) / range);
  return turns % 2 === 0 ? [1, -turns * range] : [-1, (turns + 1) * range + 2 * least];
}

/** Coordinates from -1 to 1 as places of an axis, put back into it where the padding is not of zeros. */
function located(tf: Tf, x: Tensor, size: number, corners: boolean, padding: Padding): Tensor {
  const places = corners ? tf.mul(tf.add(x, 1), (size - 1) / 2) : tf.sub(tf.mul(tf.add(x, 1), size / 2), 0.5);
  return padding === 'reflection' ? reflected(tf, places, size, corners) : places;
}

function reflected(tf: Tf, places: Tensor, size: number, corners: boolean): Tensor {
  const turned = Array.from(places.dataSync(), (place) =>
    corners ? reflection(place, 0, size - 1) : reflection(place, -0.5, size - 0.5),
  );
  const column = (at: 0 | 1) =>
    tf.tensor(
      turned.map((pair) => pair[at]),
      places.shape,
      'float32',
    );
  return tf.add(tf.mul(places, column(0)), column(1));
}

/** The neighbours of places along an axis. */
function tapsAlong(
  tf: Tf,
  places: Tensor,
  size: number,
  mode: 'nearest' | 'linear' | 'cubic',
  padding: Padding,
  corners: boolean,
): Tap[] {
  const values = places.dataSync();
  const start = mode === 'nearest' ? Array.from(values, halfToEven) : Array.from(values, Math.floor);
  const offsets = mode === 'nearest' ? [0] : mode === 'linear' ? [0, 1] : [-1, 0, 1, 2];
  const rest = tf.sub(places, tf.tensor(start, places.shape, 'float32'));
  return offsets.map((offset): Tap => {
    const outside = new Float32Array(start.length).fill(1);
    const found = Int32Array.from(start, (first, at) => {
      const place = first + offset;
      if (place >= 0 && place < size) return place;
      if (padding === 'zeros') outside[at] = 0;
      if (padding !== 'reflection') return Math.min(Math.max(place, 0), size - 1);
      const [sign, shift] = corners ? reflection(place, 0, size - 1) : reflection(place, -0.5, size - 0.5);
      return Math.min(Math.max(Math.trunc(sign * place + shift), 0), size - 1);
    });
    const weight = mode === 'nearest' ? null : kernel(tf, tf.sub(rest, offset), mode);
    const inside = padding === 'zeros' ? tf.tensor(outside, places.shape, 'float32') : null;
    return { places: found, weight: weight && inside ? tf.mul(weight, inside) : (weight ?? inside) };
  });
}

/** What a neighbour at this distance counts. */
function kernel(tf: Tf, distance: Tensor, mode: 'linear' | 'cubic'): Tensor {
  const x = tf.abs(distance);
  if (mode === 'linear') return tf.sub(1, x);
  const a = -0.75;
  const poly = (...factors: number[]) =>
    factors.reduce<Tensor>((sum, factor) => tf.add(tf.mul(sum, x), factor), tf.zerosLike(x));
  return tf.where(tf.lessEqual(x, 1), poly(a + 2, -(a + 3), 0, 1), poly(a, -5 * a, 8 * a, -4 * a));
}

function sampled(tf: Tf, x: Tensor, grid: Tensor, { attributes, name }: OperatorCall): Tensor {
  const dims = x.rank - 2;
  if (dims < 1 || grid.rank !== x.rank || grid.shape.at(-1) !== dims || grid.shape[0] !== x.shape[0])
    throw new UserError(
      'invalid',
      `the node ${name} samples the shape [${x.shape}] at places of shape [${grid.shape}]; expected as many batches, and ${dims} numbers for each place`,
    );
  const told = attributes.text('mode', 'linear');
  const mode = Object.hasOwn(MODES, told) ? MODES[told] : undefined;
  const padding = attributes.text('padding_mode', 'zeros');
  if (!mode || (padding !== 'zeros' && padding !== 'border' && padding !== 'reflection'))
    throw new UserError(
      'unsupported',
      `the node ${name} samples by the modes "${told}" and "${padding}"; known are nearest, linear and cubic, with zeros, border or reflection`,
    );
  const corners = attributes.number('align_corners', 0) !== 0;
  const [n = 1, c = 1, ...sizes] = x.shape;
  const out = grid.shape.slice(1, -1);
  const shape = bounded([n, c, ...out], name);
  const count = sizeOf(out);
  if (sizeOf(shape) === 0) return tf.zeros(shape);
  // Coordinates name the last axis first.
  const columns = [...tf.unstack(tf.reshape(grid, [n * count, dims]), 1)].reverse();
  const taps = sizes.map((size, axis) => {
    const column = columns[axis] ?? tf.zeros([n * count]);
    const rounded = mode === 'nearest' ? roundedPlaces(tf, column, size, corners) : null;
    const places = rounded
      ? padding === 'reflection'
        ? reflected(tf, rounded, size, corners)
        : rounded
      : located(tf, column, size, corners, padding);
    const bound = padding === 'border' ? tf.clipByValue(places, 0, size - 1) : places;
    return tapsAlong(tf, bound, size, mode, padding, corners);
  });
  const strides = stridesOf(sizes);
  const volume = sizeOf(sizes);
  const combine = (axis: number, at: Int32Array, weight: Tensor | null): Tensor[] => {
    if (axis === dims) {
      const from = new Int32Array(n * c * count);
      for (let row = 0; row < n * c; row++) {
        const batch = Math.floor(row / c) * count;
        for (let i = 0; i < count; i++) from[row * count + i] = row * volume + (at[batch + i] ?? 0);
      }
      const taken = pick(tf, x, from, [n, c, count]);
      return [weight ? tf.mul(taken, tf.reshape(weight, [n, 1, count])) : taken];
    }
    return (taps[axis] ?? []).flatMap((tap) =>
      combine(
        axis + 1,
        at.map((before, i) => before + (tap.places[i] ?? 0) * (strides[axis] ?? 1)),
        weight && tap.weight ? tf.mul(weight, tap.weight) : (weight ?? tap.weight),
      ),
    );
  };
  const parts = combine(0, new Int32Array(n * count), null);
  return tf.reshape(
    parts.reduce((sum, part) => tf.add(sum, part)),
    shape,
  );
}

/** Without a gradient: the nearest place does not move with the coordinate. */
function roundedPlaces(tf: Tf, column: Tensor, size: number, corners: boolean): Tensor {
  const places = located(tf, column, size, corners, 'zeros').dataSync();
  return tf.tensor(Float32Array.from(places, halfToEven), column.shape, 'float32');
}

/** Places of the middles (or, with `corners`, from the first to the last) of an axis, from -1 to 1. */
function ticks(size: number, corners: boolean): number[] {
  return Array.from({ length: size }, (_, at) =>
    corners ? (size > 1 ? (2 * at) / (size - 1) - 1 : 0) : (2 * at + 1) / size - 1,
  );
}

function affineGrid(tf: Tf, theta: Tensor, size: readonly number[], corners: boolean, node: string): Tensor {
  const [n = 1, , ...sizes] = size;
  const dims = sizes.length;
  if (theta.shape.join() !== [n, dims, dims + 1].join() || dims < 2 || dims > 3)
    throw new UserError(
      'invalid',
      `the node ${node} has matrices of shape [${theta.shape}] for the size [${size.join(', ')}]; expected (${n}, 2, 3) or (${n}, 3, 4)`,
    );
  const shape = bounded([n, ...sizes, dims], node);
  const axes = sizes.map((one) => ticks(one, corners));
  const strides = stridesOf(sizes);
  const count = sizeOf(sizes);
  const places = Float32Array.from({ length: count * (dims + 1) }, (_, at) => {
    const [row, column] = [Math.floor(at / (dims + 1)), at % (dims + 1)];
    if (column === dims) return 1;
    // The last axis comes first.
    const axis = dims - 1 - column;
    return axes[axis]?.[Math.floor(row / (strides[axis] ?? 1)) % (sizes[axis] ?? 1)] ?? 0;
  });
  const flat = tf.reshape(theta, [n * dims, dims + 1]);
  const made = tf.matMul(flat, tf.tensor2d(places, [count, dims + 1]), false, true);
  return tf.reshape(tf.transpose(tf.reshape(made, [n, dims, count]), [0, 2, 1]), shape);
}

export const operators: readonly Operator[] = [
  {
    onnx: 'GridSample',
    units: 'second',
    apply: ([x, grid], call) => [sampled(call.tf, given(x, call.name), given(grid, call.name), call)],
  },
  {
    onnx: 'AffineGrid',
    units: 'last',
    apply: ([theta, size], { tf, name, attributes }) => [
      affineGrid(
        tf,
        ofRank(given(theta, name), 3, 'matrices', name),
        numbersOf(given(size, name)),
        attributes.number('align_corners', 0) !== 0,
        name,
      ),
    ],
  },
];
