/** Poolings over windows, and over all places. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import type { Tf } from '../../tf.ts';
import type { Operand, Operator, OperatorCall } from '../contract.ts';
import { given } from '../operands.ts';
import { channelsFirst, channelsLast } from '../spatial/layout.ts';
import { placesOfLargest } from '../spatial/places-of-largest.ts';
import { largest, mean, sums } from '../spatial/pool.ts';
import { type Windows, windowAttributes, windowsOf } from '../spatial/windows.ts';

/** x (n, c, ...places) and the windows over its places. */
function pooled(
  inputs: readonly Operand[],
  call: OperatorCall,
): { readonly x: Tensor; readonly windows: readonly Windows[] } {
  const { name, attributes } = call;
  const x = given(inputs[0], name);
  const places = x.rank - 2;
  const kernel = attributes.numbers('kernel_shape');
  if (places < 1 || kernel.length !== places)
    throw new UserError(
      'invalid',
      `the node ${name} pools by a kernel_shape of [${kernel}] over an input of shape [${x.shape}]; expected one size for each axis of places`,
    );
  if (places > 3)
    throw new UserError('unsupported', `the node ${name} pools along ${places} axes; expected one to three`);
  const found = windowAttributes(name, attributes, places);
  const ceil = attributes.number('ceil_mode', 0) === 1;
  return { x, windows: windowsOf(name, found, x.shape.slice(2), kernel, ceil) };
}

function maxPool(inputs: readonly Operand[], call: OperatorCall): readonly Operand[] {
  const { tf, attributes } = call;
  const { x, windows } = pooled(inputs, call);
  // TensorFlow.js pools floats.
  const y = channelsFirst(tf, largest(tf, channelsLast(tf, tf.cast(x, 'float32')), windows));
  const values = x.dtype === 'float32' ? y : tf.cast(y, x.dtype);
  if (call.outputs < 2) return [values];
  const rows = (x.shape[0] ?? 1) * (x.shape[1] ?? 1);
  const columnMajor = attributes.number('storage_order', 0) === 1;
  const indices = placesOfLargest(x.dataSync(), rows, windows, columnMajor);
  return [values, tf.tensor(indices, y.shape, 'int32')];
}

function averagePool(inputs: readonly Operand[], call: OperatorCall): readonly Operand[] {
  const { tf, attributes } = call;
  const { x, windows } = pooled(inputs, call);
  const counted = attributes.number('count_include_pad', 0) === 1;
  return [channelsFirst(tf, mean(tf, channelsLast(tf, x), windows, counted))];
}

function lpPool(inputs: readonly Operand[], call: OperatorCall): readonly Operand[] {
  const { tf, attributes } = call;
  const { x, windows } = pooled(inputs, call);
  const p = attributes.number('p', 2);
  const powers = tf.pow(tf.abs(channelsLast(tf, x)), p);
  return [channelsFirst(tf, root(tf, sums(tf, powers, windows), p))];
}

/** The p-th root, whose slope at zero is taken for zero: that of the power before it is. */
function root(tf: Tf, x: Tensor, p: number): Tensor {
  if (p === 1) return x;
  const none = tf.lessEqual(x, 0);
  return tf.where(none, tf.zerosLike(x), tf.pow(tf.where(none, tf.onesLike(x), x), 1 / p));
}

/** Over all places of each channel; what is left are places of size 1. */
const overall =
  (reduced: (tf: Tf, x: Tensor, axes: number[], p: number) => Tensor) =>
  (inputs: readonly Operand[], { tf, name, attributes }: OperatorCall): readonly Operand[] => {
    const x = given(inputs[0], name);
    if (x.rank < 2)
      throw new UserError(
        'invalid',
        `the node ${name} pools an input of shape [${x.shape}]; expected (batch, channels, places)`,
      );
    const axes = x.shape.slice(2).map((_, axis) => axis + 2);
    return [reduced(tf, x, axes, attributes.number('p', 2))];
  };

/**
 * X (n, c, ...places) at the places that a MaxPool told, zero elsewhere. Where several windows chose the same place the last
 * one's number stands, as in onnxruntime.
 */
function maxUnpool(inputs: readonly Operand[], { tf, name, attributes }: OperatorCall): readonly Operand[] {
  const [x, at] = [given(inputs[0], name), given(inputs[1], name)];
  const axes = x.rank - 2;
  const kernel = attributes.numbers('kernel_shape');
  const strides = attributes.numbers('strides', Array<number>(axes).fill(1));
  const pads = attributes.numbers('pads', Array<number>(2 * axes).fill(0));
  const [n = 1, c = 1, ...sizes] = x.shape;
  const whole = sizes.map(
    (size, axis) =>
      (size - 1) * (strides[axis] ?? 1) + (kernel[axis] ?? 1) - (pads[axis] ?? 0) - (pads[axis + axes] ?? 0),
  );
  const asked = inputs[2] ? Array.from(given(inputs[2], name).dataSync(), Number) : null;
  const shape = asked ?? [n, c, ...whole];
  const count = shape.reduce((a, b) => a * b, 1);
  // The indices count in the shape that the pooling had, whose rows may be shorter than those that are asked for.
  const inner = [n, c, ...whole];
  const places = Array.from(at.dataSync(), (index) => (asked ? moved(index, inner, shape) : index));
  if (places.some((place) => place < 0 || place >= count))
    throw new UserError(
      'invalid',
      `the node ${name} has an index outside of its output of shape [${shape}]; expected indices of a MaxPool`,
    );
  const source = new Int32Array(count).fill(-1);
  places.forEach((place, i) => {
    source[place] = i;
  });
  return [scattered(tf, x, source, shape)];
}

/** A flat index of one shape as a flat index of another of the same rank. */
function moved(index: number, from: readonly number[], to: readonly number[]): number {
  let [rest, place, step] = [index, 0, 1];
  for (let axis = from.length - 1; axis >= 0; axis--) {
    const size = from[axis] ?? 1;
    place += (rest % size) * step;
    rest = Math.floor(rest / size);
    step *= to[axis] ?? 1;
  }
  return place;
}

/** y[i] = x[source[i]], zero where that is -1. */
function scattered(tf: Tf, x: Tensor, source: Int32Array, shape: readonly number[]): Tensor {
  const size = x.size;
  const op = tf.customGrad((...args) => {
    const [given, save] = args;
    if (!(given instanceof tf.Tensor) || typeof save !== 'function') throw new Error('a tensor was expected');
    const values = given.dataSync();
    const y = Float32Array.from(source, (at) => (at < 0 ? 0 : (values[at] ?? 0)));
    save([]);
    return {
      value: tf.tensor(y, [...shape]),
      gradFunc: (dy: Tensor) => {
        const slopes = dy.dataSync();
        const dx = new Float32Array(size);
        source.forEach((at, i) => {
          if (at >= 0) dx[at] = slopes[i] ?? 0;
        });
        return tf.tensor(dx, x.shape);
      },
    };
  });
  return op(x);
}

export const operators: readonly Operator[] = [
  {
    onnx: 'MaxPool',
    units: 'second',
    types: ({ inputTypes }) => [inputTypes[0] ?? null, 'int64'],
    apply: maxPool,
  },
  { onnx: 'AveragePool', units: 'second', apply: averagePool },
  { onnx: 'LpPool', units: 'second', apply: lpPool },
  { onnx: 'GlobalAveragePool', units: 'second', apply: overall((tf, x, axes) => tf.mean(x, axes, true)) },
  { onnx: 'GlobalMaxPool', units: 'second', apply: overall((tf, x, axes) => tf.max(x, axes, true)) },
  {
    onnx: 'GlobalLpPool',
    units: 'second',
    apply: overall((tf, x, axes, p) => root(tf, tf.sum(tf.pow(tf.abs(x), p), axes, true), p)),
  },
  { onnx: 'MaxUnpool', units: 'second', apply: maxUnpool },
];
