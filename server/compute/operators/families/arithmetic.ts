/** Functions of two or more numbers, broadcast. Integers wrap around in their own type and divide towards zero. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import type { Tf } from '../../tf.ts';
import type { Operand, Operator, OperatorCall } from '../contract.ts';
import { given, optional } from '../operands.ts';
import { perUnit } from '../roles.ts';
import { ofRank } from '../tensors/axes.ts';
import { broadcastShape, isTensor, reduceTo } from '../tensors/broadcasting.ts';
import { combineWholes, fitted, isWhole, wholes, wholeTensor } from '../tensors/whole-numbers.ts';

type Floats = (tf: Tf, a: Tensor, b: Tensor) => Tensor;
type Wholes = (a: number, b: number) => number;

const PAIRS: Readonly<Record<string, readonly [Floats, (node: string) => Wholes]>> = {
  Add: [(tf, a, b) => tf.add(a, b), () => (a, b) => a + b],
  Sub: [(tf, a, b) => tf.sub(a, b), () => (a, b) => a - b],
  Mul: [(tf, a, b) => tf.mul(a, b), () => product],
  Div: [(tf, a, b) => tf.div(a, b), quotient],
};

/** Of as many as are given. */
const MANY: Readonly<Record<string, readonly [Floats, Wholes]>> = {
  Max: [(tf, a, b) => tf.maximum(a, b), Math.max],
  Min: [(tf, a, b) => tf.minimum(a, b), Math.min],
  Sum: [(tf, a, b) => tf.add(a, b), (a, b) => a + b],
};

/** Beyond 2^53 only its lowest 32 bits are exact, which are all that an int32 keeps. */
function product(a: number, b: number): number {
  const whole = a * b;
  return Number.isSafeInteger(whole) ? whole : Number(BigInt(a) * BigInt(b));
}

function quotient(node: string): Wholes {
  return (a, b) => {
    if (b === 0) throw new UserError('invalid', `the node ${node} divides an integer by zero`);
    return Math.trunc(a / b);
  };
}

function pairOf(inputs: readonly Operand[], { name }: OperatorCall): [Tensor, Tensor] {
  const [a, b] = [given(inputs[0], name), given(inputs[1], name)];
  broadcastShape([a.shape, b.shape], name);
  return [a, b];
}

/** Sign as the divisor has it, or with `fmod` as the dividend has it: C's fmod, exact of floats. */
const remainder = (fmod: boolean): Wholes =>
  fmod ? (a, b) => a % b : (a, b) => (a % b !== 0 && a % b < 0 !== b < 0 ? (a % b) + b : a % b);

function modOf(tf: Tf, a: Tensor, b: Tensor, fmod: boolean, node: string): Tensor {
  const f = remainder(fmod);
  const shape = broadcastShape([a.shape, b.shape], node);
  const dividing = tf.customGrad((...args) => {
    const [x, y] = [args[0], args[1]];
    if (!isTensor(x) || !isTensor(y)) throw new Error('tensors were expected');
    const [left, right] = [tf.broadcastTo(x, shape).dataSync(), tf.broadcastTo(y, shape).dataSync()];
    const value = Float32Array.from(left, (one, i) => f(one, right[i] ?? 0));
    const counts = Float32Array.from(left, (one, i) => Math.round((one - (value[i] ?? 0)) / (right[i] ?? 0)));
    return {
      value: tf.tensor(value, shape, 'float32'),
      gradFunc: (dy: Tensor) => [
        reduceTo(tf, dy, x.shape),
        reduceTo(tf, tf.neg(tf.mul(dy, tf.tensor(counts, shape, 'float32'))), y.shape),
      ],
    };
  });
  return dividing(a, b);
}

/**
 * Gradients where TensorFlow.js gives NaN: by a base of 0 with the exponent 0, and by the exponent of a base that is not
 * above 0.
 */
function power(tf: Tf, a: Tensor, b: Tensor): Tensor {
  const raising = tf.customGrad((...args) => {
    const [x, y, save] = args;
    if (!isTensor(x) || !isTensor(y) || typeof save !== 'function') throw new Error('tensors were expected');
    const exponent = y.size === 1 ? y.dataSync()[0] : null;
    const value =
      exponent === 2 && x.rank >= y.rank
        ? tf.square(x)
        : exponent === 0.5 && x.rank >= y.rank
          ? tf.sqrt(x)
          : tf.pow(x, y);
    save([x, y, value]);
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [base = x, by = y, made = value] = saved;
        const none = tf.zerosLike(dy);
        const slope = tf.mul(tf.mul(dy, by), tf.pow(base, tf.sub(by, 1)));
        const growth = tf.mul(
          tf.mul(dy, made),
          tf.log(tf.where(tf.greater(base, 0), base, tf.onesLike(base))),
        );
        return [
          reduceTo(tf, tf.where(expandedMask(tf, tf.equal(by, 0), dy), none, slope), base.shape),
          reduceTo(tf, growth, by.shape),
        ];
      },
    };
  });
  return raising(a, b);
}

const expandedMask = (tf: Tf, mask: Tensor, like: Tensor) => tf.broadcastTo(mask, like.shape);

export const operators: readonly Operator[] = [
  ...Object.entries(PAIRS).map(
    ([onnx, [floats, whole]]): Operator => ({
      onnx,
      units: 'kept',
      // Behind a product of matrices.
      ...(onnx === 'Add' ? { weights: { 0: perUnit('bias'), 1: perUnit('bias') } } : {}),
      apply: (inputs, call) => {
        const [a, b] = pairOf(inputs, call);
        const type = call.inputTypes[0] ?? null;
        return [
          isWhole(a)
            ? combineWholes(call.tf, a, b, type, call.name, whole(call.name))
            : floats(call.tf, a, b),
        ];
      },
    }),
  ),
  ...Object.entries(MANY).map(
    ([onnx, [floats, whole]]): Operator => ({
      onnx,
      units: 'kept',
      apply: (inputs, { tf, name, inputTypes }) => {
        const all = inputs.map((operand) => given(operand, name));
        broadcastShape(
          all.map((x) => x.shape),
          name,
        );
        const type = inputTypes[0] ?? null;
        return [
          all.reduce((a, b) => (isWhole(a) ? combineWholes(tf, a, b, type, name, whole) : floats(tf, a, b))),
        ];
      },
    }),
  ),
  {
    onnx: 'Mean',
    units: 'kept',
    apply: (inputs, { tf, name }) => {
      const all = inputs.map((operand) => given(operand, name));
      return [
        tf.div(
          all.reduce((a, b) => tf.add(a, b)),
          all.length,
        ),
      ];
    },
  },
  {
    onnx: 'Mod',
    units: 'kept',
    apply: (inputs, call) => {
      const [a, b] = pairOf(inputs, call);
      const fmod = call.attributes.number('fmod', 0) === 1;
      if (!isWhole(a)) return [modOf(call.tf, a, b, fmod, call.name)];
      const divide = quotient(call.name);
      const rest = remainder(fmod);
      return [
        combineWholes(call.tf, a, b, call.inputTypes[0] ?? null, call.name, (x, y) => {
          divide(x, y);
          return rest(x, y);
        }),
      ];
    },
  },
  {
    onnx: 'Pow',
    units: 'kept',
    apply: (inputs, call) => {
      const { tf, name } = call;
      const [a, b] = pairOf(inputs, call);
      if (!isWhole(a)) return [power(tf, a, tf.cast(b, 'float32'))];
      const shape = broadcastShape([a.shape, b.shape], name);
      const type = call.inputTypes[0] ?? null;
      const [base, exponent] = [wholes(tf.broadcastTo(a, shape)), tf.broadcastTo(b, shape).dataSync()];
      const made = Float64Array.from(base, (x, i) => fitted(x ** (exponent[i] ?? 0), type, name));
      return [wholeTensor(tf, made, shape, type)];
    },
  },
  {
    onnx: 'Clip',
    units: 'kept',
    apply: (inputs, { tf, name, attributes, inputTypes }) => {
      const x = given(inputs[0], name);
      const [least, most] = ['min', 'max'].map((attribute, at) => {
        const told = optional(inputs[at + 1], name);
        if (told)
          return ofRank(tf.reshape(told, told.size === 1 ? [] : told.shape), 0, `its ${attribute}`, name);
        return attributes.has(attribute) ? tf.scalar(attributes.number(attribute), x.dtype) : null;
      });
      if (isWhole(x)) {
        const type = inputTypes[0] ?? null;
        const [low, high] = [least, most].map((bound) => bound?.dataSync()[0]);
        const bound = (value: number) =>
          Math.min(Math.max(value, low ?? value), high ?? Number.POSITIVE_INFINITY);
        return [wholeTensor(tf, wholes(x).map(bound), x.shape, type)];
      }
      const raised = least ? tf.maximum(x, least) : x;
      return [most ? tf.minimum(raised, most) : raised];
    },
  },
];
