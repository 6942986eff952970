/** Reductions along axes, which are an attribute or, since version 13 or 18, an input. Of integers exact. */
import type { Tensor } from '@tensorflow/tfjs';
import type { ElementType } from '../../../../core/artifacts/operators.ts';
import type { Tf } from '../../tf.ts';
import type { Operator } from '../contract.ts';
import { given } from '../operands.ts';
import { axesOf, counted, sizeOf } from '../tensors/axes.ts';
import { broadcastIndices, isTensor } from '../tensors/broadcasting.ts';
import { fitted, isWhole, wholes, wholeTensor } from '../tensors/whole-numbers.ts';

/** Of floats: sizes stay as 1. `axes` may be empty: then each element is reduced alone. */
type Floats = (tf: Tf, x: Tensor, axes: number[]) => Tensor;
/** Of the integers of one line. */
type Wholes = (line: readonly number[]) => number;

interface Reduction {
  readonly floats: Floats;
  readonly wholes: Wholes;
  /** What nothing is reduced to. */
  readonly nothing: number;
}

/** Axis by axis, the last first: what is added up is never long, and so is what is rounded away. */
const sum: Floats = (tf, x, axes) => axes.reduceRight((made, axis) => tf.sum(made, axis, true), x);
const total: Wholes = (line) => line.reduce((all, x) => all + x, 0);
const squares: Wholes = (line) => line.reduce((all, x) => all + x * x, 0);
const HIGHEST = 2 ** 31 - 1;

const REDUCTIONS: Readonly<Record<string, Reduction>> = {
  ReduceSum: { floats: sum, wholes: total, nothing: 0 },
  ReduceMean: {
    floats: (tf, x, axes) => tf.div(sum(tf, x, axes), sizeOf(axes.map((axis) => x.shape[axis] ?? 1))),
    wholes: (line) => total(line) / line.length,
    nothing: Number.NaN,
  },
  ReduceMax: {
    floats: (tf, x, axes) => tf.max(x, axes, true),
    wholes: (line) => line.reduce((most, x) => Math.max(most, x), -HIGHEST - 1),
    nothing: Number.NEGATIVE_INFINITY,
  },
  ReduceMin: {
    floats: (tf, x, axes) => tf.min(x, axes, true),
    wholes: (line) => line.reduce((least, x) => Math.min(least, x), HIGHEST),
    nothing: Number.POSITIVE_INFINITY,
  },
  ReduceProd: {
    floats: product,
    wholes: (line) => line.reduce((all, x) => all * x, 1),
    nothing: 1,
  },
  ReduceL1: {
    floats: (tf, x, axes) => sum(tf, tf.abs(x), axes),
    wholes: (line) => line.reduce((all, x) => all + Math.abs(x), 0),
    nothing: 0,
  },
  ReduceL2: { floats: length, wholes: (line) => Math.sqrt(squares(line)), nothing: 0 },
  ReduceLogSum: {
    floats: (tf, x, axes) => tf.log(sum(tf, x, axes)),
    wholes: (line) => Math.log(total(line)),
    nothing: Number.NEGATIVE_INFINITY,
  },
  ReduceLogSumExp: {
    floats: (tf, x, axes) => {
      // The largest is taken out, where it is a number, so that no power overflows.
      const values = tf.tidy(() => tf.max(x, axes, true));
      const most = tf.tensor(
        Float32Array.from(values.dataSync(), (value) => (Number.isFinite(value) ? value : 0)),
        values.shape,
        'float32',
      );
      return tf.add(tf.log(sum(tf, tf.exp(tf.sub(x, most)), axes)), most);
    },
    wholes: (line) => Math.log(line.reduce((all, x) => all + Math.exp(x), 0)),
    nothing: Number.NEGATIVE_INFINITY,
  },
  ReduceSumSquare: {
    floats: (tf, x, axes) => sum(tf, tf.square(x), axes),
    wholes: squares,
    nothing: 0,
  },
};

/** The root of the sum of squares; at 0 its gradient is 0. */
function length(tf: Tf, x: Tensor, axes: number[]): Tensor {
  const measured = tf.customGrad((...args) => {
    const [own, save] = args;
    if (!isTensor(own) || typeof save !== 'function') throw new Error('one tensor was expected');
    const value = tf.sqrt(sum(tf, tf.square(own), axes));
    save([own, value]);
    return {
      value,
      gradFunc: (dy: Tensor, [from = own, y = value]: Tensor[]) => tf.mul(tf.divNoNan(from, y), dy),
    };
  });
  return measured(x);
}

/** Its gradient is the product of all others, right where one or more are 0. */
function product(tf: Tf, x: Tensor, axes: number[]): Tensor {
  const multiplied = tf.customGrad((...args) => {
    const [own] = args;
    if (!isTensor(own)) throw new Error('one tensor was expected');
    const values = own.dataSync();
    const { shape, line } = linesOf(own.shape, axes);
    const made = new Float32Array(sizeOf(shape)).fill(1);
    const zeros = new Int32Array(made.length);
    const others = new Float64Array(made.length).fill(1);
    for (let i = 0; i < values.length; i++) {
      const [at, value] = [line[i] ?? 0, values[i] ?? 0];
      made[at]! *= value;
      if (value === 0) zeros[at]!++;
      else others[at]! *= value;
    }
    const slopes = Float32Array.from(values, (value, i) => {
      const [count, rest] = [zeros[line[i] ?? 0] ?? 0, others[line[i] ?? 0] ?? 1];
      return count === 0 ? rest / value : count === 1 && value === 0 ? rest : 0;
    });
    return {
      value: tf.tensor(made, shape, 'float32'),
      gradFunc: (dy: Tensor) => tf.mul(dy, tf.tensor(slopes, own.shape, 'float32')),
    };
  });
  return multiplied(x);
}

/** The shape with reduced sizes of 1, and for each element its line's place in it. */
function linesOf(from: readonly number[], axes: readonly number[]): { shape: number[]; line: Int32Array } {
  const shape = from.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return { shape, line: broadcastIndices(shape, from) };
}

/** Nothing is the least of integers, and false. */
const truth = (value: number) => (value > 0 ? 1 : 0);

function ofWholes(
  tf: Tf,
  x: Tensor,
  axes: readonly number[],
  type: ElementType | null,
  node: string,
  f: Wholes,
): Tensor {
  const { shape, line } = linesOf(x.shape, axes);
  const lines = Array.from({ length: sizeOf(shape) }, (): number[] => []);
  wholes(x).forEach((value, i) => {
    lines[line[i] ?? 0]?.push(value);
  });
  return wholeTensor(
    tf,
    lines.map((one) => (type === 'bool' ? truth(f(one)) : fitted(f(one), type, node))),
    shape,
    type,
  );
}

export const operators: readonly Operator[] = Object.entries(REDUCTIONS).map(
  ([onnx, { floats, wholes: whole, nothing }]): Operator => ({
    onnx,
    units: 'kept',
    apply: (inputs, call) => {
      const { tf, name, attributes } = call;
      const x = given(inputs[0], name);
      const told = axesOf(inputs, 1, call, x.rank);
      const none = told === null || told.length === 0;
      if (none && attributes.number('noop_with_empty_axes', 0) !== 0) {
        return [x];
      }
      const axes = none ? counted(x.rank) : told;
      const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
      const shape =
        attributes.number('keepdims', 1) !== 0 ? kept : x.shape.filter((_, axis) => !axes.includes(axis));
      const made = isWhole(x)
        ? ofWholes(tf, x, axes, x.dtype === 'bool' ? 'bool' : (call.inputTypes[0] ?? null), name, whole)
        : x.size === 0
          ? tf.fill(kept, nothing)
          : x.rank === 0
            ? tf.reshape(floats(tf, tf.reshape(x, [1]), [0]), [])
            : floats(tf, x, axes);
      return [tf.reshape(made, shape)];
    },
  }),
);
