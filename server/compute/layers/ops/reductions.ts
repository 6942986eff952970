/** Operators along axes: sums, means, extremes, normalisations, products. */
import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../../tf.ts';
import { type Arguments, type Operator, type Operators, untaped } from './arguments.ts';

type Reduce = (tf: Tf, x: Tensor, axes: number[], keep: boolean) => Tensor;

function reduction(apply: Reduce): Operator {
  return {
    call: ['x'],
    apply: (given) => {
      const x = given.tensor('x');
      if (given.has('initial')) throw given.fault('has an initial value, which is not computed');
      return apply(given.tf, x, given.axes('axis', x.rank), given.flag('keepdims'));
    },
  };
}

function place(apply: (tf: Tf, x: Tensor, axis: number) => Tensor): Operator {
  return {
    call: ['x'],
    apply: (given) => {
      const { tf } = given;
      const x = given.tensor('x');
      const flat = given.has('axis') ? x : tf.reshape(x, [-1]);
      const axis = given.axis('axis', flat.rank, 0);
      return untaped(tf, () => {
        const at = tf.cast(apply(tf, flat, axis), 'float32');
        return given.flag('keepdims') ? tf.expandDims(at, axis) : at;
      });
    },
  };
}

const variance: Reduce = (tf, x, axes, keep) =>
  tf.mean(tf.square(tf.sub(x, tf.mean(x, axes, true))), axes, keep);
const truth = (tf: Tf, x: Tensor) => tf.notEqual(x, 0);

/** Products of matrices, the axes before the last two side by side, as NumPy. */
function product(given: Arguments, a: Tensor, b: Tensor): Tensor {
  const { tf } = given;
  const left = a.rank === 1 ? tf.expandDims(a, 0) : a;
  const right = b.rank === 1 ? tf.expandDims(b, 1) : b;
  const [rows = 1, inner = 1] = left.shape.slice(-2);
  const [own = 1, columns = 1] = right.shape.slice(-2);
  if (a.rank === 0 || b.rank === 0 || inner !== own)
    throw given.fault(`multiplies [${a.shape.join(', ')}] by [${b.shape.join(', ')}], which do not fit`);
  given.room([...left.shape.slice(0, -1), columns]);
  const flat = right.rank === 2 && left.rank > 2;
  const made = flat
    ? tf.reshape(tf.matMul(tf.reshape(left, [-1, inner]), right), [...left.shape.slice(0, -1), columns])
    : tf.matMul(left, right);
  const lead = made.shape.slice(0, -2);
  return tf.reshape(made, [...lead, ...(a.rank === 1 ? [] : [rows]), ...(b.rank === 1 ? [] : [columns])]);
}

export const reductions: Operators = {
  Sum: reduction((tf, x, axes, keep) => tf.sum(x, axes, keep)),
  Mean: reduction((tf, x, axes, keep) => tf.mean(x, axes, keep)),
  Max: reduction((tf, x, axes, keep) => tf.max(x, axes, keep)),
  Min: reduction((tf, x, axes, keep) => tf.min(x, axes, keep)),
  Amax: reduction((tf, x, axes, keep) => tf.max(x, axes, keep)),
  Amin: reduction((tf, x, axes, keep) => tf.min(x, axes, keep)),
  Prod: reduction((tf, x, axes, keep) => tf.prod(x, axes, keep)),
  Var: reduction(variance),
  Std: reduction((tf, x, axes, keep) => tf.sqrt(variance(tf, x, axes, keep))),
  Logsumexp: reduction((tf, x, axes, keep) => tf.logSumExp(x, axes, keep)),
  All: reduction((tf, x, axes, keep) =>
    untaped(tf, () => tf.cast(tf.all(truth(tf, x), axes, keep), 'float32')),
  ),
  Any: reduction((tf, x, axes, keep) =>
    untaped(tf, () => tf.cast(tf.any(truth(tf, x), axes, keep), 'float32')),
  ),
  CountNonzero: reduction((tf, x, axes, keep) =>
    untaped(tf, () => tf.sum(tf.cast(truth(tf, x), 'float32'), axes, keep)),
  ),
  Argmax: place((tf, x, axis) => tf.argMax(x, axis)),
  Argmin: place((tf, x, axis) => tf.argMin(x, axis)),
  Cumsum: {
    call: ['x'],
    apply: (given) => {
      const x = given.tensor('x');
      const { tf } = given;
      const flat = given.has('axis') ? x : tf.reshape(x, [-1]);
      const axis = given.axis('axis', flat.rank, 0);
      // TensorFlow.js' gradient is right along the last axis only.
      const turned = flat.shape.map((_, at) =>
        at === axis ? flat.rank - 1 : at === flat.rank - 1 ? axis : at,
      );
      return tf.transpose(tf.cumsum(tf.transpose(flat, turned), flat.rank - 1), turned);
    },
  },
  LogSoftmax: {
    call: ['x'],
    apply: (given) => {
      const x = given.tensor('x');
      return given.tf.sub(x, given.tf.logSumExp(x, [given.axis('axis', x.rank, -1)], true));
    },
  },
  Norm: {
    call: ['x'],
    apply: (given) => {
      const { tf } = given;
      const x = given.tensor('x');
      const order = given.raw('ord') ?? 2;
      const axes = given.axes('axis', x.rank);
      if (axes.length !== 1 && !(given.raw('ord') === null || given.raw('ord') === undefined))
        throw given.fault('is a norm of matrices; norms of vectors are computed');
      if (order === 1) return tf.sum(tf.abs(x), axes, given.flag('keepdims'));
      if (order !== 2) throw given.fault(`is the norm ${JSON.stringify(order)}; 1 and 2 are computed`);
      return tf.sqrt(tf.sum(tf.square(x), axes, given.flag('keepdims')));
    },
  },
  Normalize: {
    call: ['x'],
    apply: (given) => {
      const { tf } = given;
      const x = given.tensor('x');
      if (given.number('order', 2) !== 2) throw given.fault('normalises by another norm than 2');
      const least = given.has('epsilon') ? given.number('epsilon') : 1e-7;
      const squares = tf.sum(tf.square(x), given.axes('axis', x.rank), true);
      return tf.mul(x, tf.rsqrt(tf.maximum(squares, least * least)));
    },
  },
  Matmul: { call: ['x1', 'x2'], apply: (given) => product(given, given.tensor('x1'), given.tensor('x2')) },
  Dot: {
    call: ['x1', 'x2'],
    apply: (given) => {
      const { tf } = given;
      const [a, b] = [given.tensor('x1'), given.tensor('x2')];
      if (a.rank === 0 || b.rank === 0) return tf.mul(a, b);
      if (b.rank > 2) throw given.fault(`is a dot product by ${b.rank} axes; at most two are computed`);
      return product(given, a, b);
    },
  },
};
