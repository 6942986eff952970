/** Functions of one number without attributes, applied to each element. Of Sign, Abs and Neg integers too. */
import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../../tf.ts';
import type { Operator } from '../contract.ts';
import { given } from '../operands.ts';
import { isTensor } from '../tensors/broadcasting.ts';
import { isWhole, mapWholes } from '../tensors/whole-numbers.ts';

type Formula = (tf: Tf, x: Tensor) => Tensor;

const FORMULAS: Readonly<Record<string, Formula>> = {
  Acos: (tf, x) => tf.acos(x),
  Acosh: (tf, x) => tf.acosh(x),
  Asin: (tf, x) => tf.asin(x),
  Asinh: (tf, x) => sloped(tf, x, asinh, (own) => tf.rsqrt(tf.add(tf.square(own), 1))),
  Atan: (tf, x) => tf.atan(x),
  Atanh: (tf, x) => tf.atanh(x),
  Ceil: (tf, x) => tf.ceil(x),
  Cos: (tf, x) => tf.cos(x),
  Cosh: (tf, x) => tf.cosh(x),
  Erf: (tf, x) => tf.erf(x),
  Exp: (tf, x) => tf.exp(x),
  Floor: (tf, x) => tf.floor(x),
  Log: (tf, x) => tf.log(x),
  Reciprocal: (tf, x) => tf.reciprocal(x),
  Round: (tf, x) => tf.round(x),
  Sigmoid: (tf, x) => tf.sigmoid(x),
  Sin: (tf, x) => tf.sin(x),
  Sinh: (tf, x) => tf.sinh(x),
  Sqrt: (tf, x) => tf.sqrt(x),
  Tan: (tf, x) => tf.tan(x),
  Tanh: (tf, x) => tf.tanh(x),
  Mish: (tf, x) => tf.mul(x, tf.tanh(softplus(tf, x))),
  Softplus: softplus,
  Softsign: (tf, x) => tf.div(x, tf.add(tf.abs(x), 1)),
  HardSwish: (tf, x) => tf.mul(x, tf.clipByValue(tf.add(tf.mul(x, 1 / 6), 0.5), 0, 1)),
};

/** With what they give of integers. */
const OF_INTEGERS: Readonly<Record<string, readonly [Formula, (x: number) => number]>> = {
  Abs: [(tf, x) => tf.abs(x), Math.abs],
  Neg: [(tf, x) => tf.neg(x), (x) => -x],
  Relu: [(tf, x) => tf.relu(x), (x) => Math.max(x, 0)],
  Sign: [(tf, x) => tf.sign(x), Math.sign],
};

/** A value that is put together of pieces with corners, where the whole has none. */
function sloped(tf: Tf, x: Tensor, formula: Formula, slope: (x: Tensor) => Tensor): Tensor {
  const whole = tf.customGrad((...args) => {
    const [own, save] = args;
    if (!isTensor(own) || typeof save !== 'function') throw new Error('one tensor was expected');
    save([own]);
    return {
      value: formula(tf, own),
      gradFunc: (dy: Tensor, [saved = own]: Tensor[]) => tf.mul(dy, slope(saved)),
    };
  });
  return whole(x);
}

/** ln(|x| + sqrt(x^2 + 1)), which TensorFlow.js takes of x itself: of large negative numbers nothing is left. */
function asinh(tf: Tf, x: Tensor): Tensor {
  const size = tf.abs(x);
  const root = tf.add(tf.sqrt(tf.add(tf.square(x), 1)), 1);
  return tf.mul(tf.sign(x), tf.log1p(tf.add(size, tf.mul(size, tf.div(size, root)))));
}

/** log(1 + e^x), without an overflow of e^x. */
function softplus(tf: Tf, x: Tensor): Tensor {
  const value: Formula = (_, own) => tf.add(tf.relu(own), tf.log1p(tf.exp(tf.neg(tf.abs(own)))));
  return sloped(tf, x, value, (own) => tf.sigmoid(own));
}

export const operators: readonly Operator[] = [
  ...Object.entries(FORMULAS).map(
    ([onnx, formula]): Operator => ({
      onnx,
      units: 'kept',
      apply: ([x], { tf, name }) => [formula(tf, given(x, name))],
    }),
  ),
  ...Object.entries(OF_INTEGERS).map(
    ([onnx, [formula, whole]]): Operator => ({
      onnx,
      units: 'kept',
      apply: ([operand], { tf, name, inputTypes }) => {
        const x = given(operand, name);
        return [isWhole(x) ? mapWholes(tf, x, inputTypes[0] ?? null, name, whole) : formula(tf, x)];
      },
    }),
  ),
];
