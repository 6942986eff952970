/** Operators that act number by number. Formulas as in keras/src/backend/tensorflow/numpy.py and nn.py. */
import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../../tf.ts';
import { type Arguments, type Operator, type Operators, untaped } from './arguments.ts';

function unary(apply: (tf: Tf, x: Tensor, given: Arguments) => Tensor): Operator {
  return { call: ['x'], apply: (given) => apply(given.tf, given.tensor('x'), given) };
}

/** Shapes fit from the last axis on. */
function together(given: Arguments, a: Tensor, b: Tensor): void {
  const rank = Math.max(a.rank, b.rank);
  given.room(
    Array.from({ length: rank }, (_, i) => {
      const [one = 1, other = 1] = [a.shape[i - rank + a.rank], b.shape[i - rank + b.rank]];
      if (one !== other && one !== 1 && other !== 1)
        throw given.fault(
          `gets tensors of the shapes [${a.shape.join(', ')}] and [${b.shape.join(', ')}], which do not fit`,
        );
      return Math.max(one, other);
    }),
  );
}

function binary(apply: (tf: Tf, a: Tensor, b: Tensor) => Tensor): Operator {
  return {
    call: ['x1', 'x2'],
    apply: (given) => {
      const [a, b] = [given.tensor('x1'), given.tensor('x2')];
      together(given, a, b);
      return apply(given.tf, a, b);
    },
  };
}

/** 1 or 0. */
function compared(apply: (tf: Tf, a: Tensor, b: Tensor) => Tensor): Operator {
  return binary((tf, a, b) => untaped(tf, () => tf.cast(apply(tf, a, b), 'float32')));
}

function stepped(apply: (tf: Tf, x: Tensor) => Tensor): Operator {
  return unary((tf, x) => untaped(tf, () => tf.cast(apply(tf, x), 'float32')));
}

const truth = (tf: Tf, x: Tensor) => tf.notEqual(x, 0);
const divide = binary((tf, a, b) => tf.div(a, b));

/** Number types that whole numbers are cast to. */
const WHOLE = /^u?int(8|16|32|64)$/;

export const elementwise: Operators = {
  Add: binary((tf, a, b) => tf.add(a, b)),
  Subtract: binary((tf, a, b) => tf.sub(a, b)),
  Multiply: binary((tf, a, b) => tf.mul(a, b)),
  Divide: divide,
  TrueDivide: divide,
  DivideNoNan: binary((tf, a, b) => tf.divNoNan(a, b)),
  FloorDivide: binary((tf, a, b) => untaped(tf, () => tf.floor(tf.div(a, b)))),
  Mod: binary((tf, a, b) =>
    tf.sub(
      a,
      tf.mul(
        untaped(tf, () => tf.floor(tf.div(a, b))),
        b,
      ),
    ),
  ),
  Power: binary((tf, a, b) => tf.pow(a, b)),
  Maximum: binary((tf, a, b) => tf.maximum(a, b)),
  Minimum: binary((tf, a, b) => tf.minimum(a, b)),
  SquaredDifference: binary((tf, a, b) => tf.squaredDifference(a, b)),

  Abs: unary((tf, x) => tf.abs(x)),
  Absolute: unary((tf, x) => tf.abs(x)),
  Negative: unary((tf, x) => tf.neg(x)),
  Square: unary((tf, x) => tf.square(x)),
  Sqrt: unary((tf, x) => tf.sqrt(x)),
  Rsqrt: unary((tf, x) => tf.rsqrt(x)),
  Reciprocal: unary((tf, x) => tf.reciprocal(x)),
  Exp: unary((tf, x) => tf.exp(x)),
  Expm1: unary((tf, x) => tf.expm1(x)),
  Log: unary((tf, x) => tf.log(x)),
  Log1p: unary((tf, x) => tf.log1p(x)),
  Log2: unary((tf, x) => tf.div(tf.log(x), Math.LN2)),
  Log10: unary((tf, x) => tf.div(tf.log(x), Math.LN10)),
  Sin: unary((tf, x) => tf.sin(x)),
  Cos: unary((tf, x) => tf.cos(x)),
  Tan: unary((tf, x) => tf.tan(x)),
  Arcsin: unary((tf, x) => tf.asin(x)),
  Arccos: unary((tf, x) => tf.acos(x)),
  Arctan: unary((tf, x) => tf.atan(x)),
  Sinh: unary((tf, x) => tf.sinh(x)),
  Cosh: unary((tf, x) => tf.cosh(x)),
  Tanh: unary((tf, x) => tf.tanh(x)),
  Erf: unary((tf, x) => tf.erf(x)),
  Clip: unary((tf, x, given) => {
    const low = given.tensor('x_min');
    const high = given.tensor('x_max');
    return tf.minimum(tf.maximum(x, low), high);
  }),
  Floor: stepped((tf, x) => tf.floor(x)),
  Ceil: stepped((tf, x) => tf.ceil(x)),
  Round: unary((tf, x, given) => {
    if (given.number('decimals', 0) !== 0)
      throw given.fault('rounds to decimals; whole numbers are computed');
    return untaped(tf, () => tf.round(x));
  }),
  Trunc: stepped((tf, x) => tf.mul(tf.sign(x), tf.floor(tf.abs(x)))),
  Sign: unary((tf, x) => tf.sign(x)),
  Isnan: stepped((tf, x) => tf.isNaN(x)),
  Isinf: stepped((tf, x) => tf.isInf(x)),
  Isfinite: stepped((tf, x) => tf.isFinite(x)),

  Equal: compared((tf, a, b) => tf.equal(a, b)),
  NotEqual: compared((tf, a, b) => tf.notEqual(a, b)),
  Greater: compared((tf, a, b) => tf.greater(a, b)),
  GreaterEqual: compared((tf, a, b) => tf.greaterEqual(a, b)),
  Less: compared((tf, a, b) => tf.less(a, b)),
  LessEqual: compared((tf, a, b) => tf.lessEqual(a, b)),
  LogicalAnd: compared((tf, a, b) => tf.logicalAnd(truth(tf, a), truth(tf, b))),
  LogicalOr: compared((tf, a, b) => tf.logicalOr(truth(tf, a), truth(tf, b))),
  LogicalXor: compared((tf, a, b) => tf.logicalXor(truth(tf, a), truth(tf, b))),
  LogicalNot: stepped((tf, x) => tf.logicalNot(truth(tf, x))),
  Where: {
    call: ['condition', 'x1', 'x2'],
    apply: (given) => {
      const { tf } = given;
      const [condition, a, b] = [given.tensor('condition'), given.tensor('x1'), given.tensor('x2')];
      together(given, a, b);
      together(given, condition, a);
      together(given, condition, b);
      const all = untaped(tf, () =>
        tf.logicalOr(truth(tf, condition), tf.zerosLike(tf.add(a, b)).cast('bool')),
      );
      const whole = (x: Tensor) =>
        tf.add(
          x,
          untaped(tf, () => tf.zeros(all.shape)),
        );
      return tf.where(all, whole(a), whole(b));
    },
  },
  Cast: unary((tf, x, given) => {
    const dtype = given.raw('dtype');
    if (typeof dtype !== 'string' || /^(string|complex)/.test(dtype))
      throw given.fault(`casts to ${JSON.stringify(dtype)}; numbers are computed`);
    if (WHOLE.test(dtype)) return untaped(tf, () => tf.mul(tf.sign(x), tf.floor(tf.abs(x))));
    return dtype === 'bool' ? untaped(tf, () => tf.cast(truth(tf, x), 'float32')) : tf.mul(x, 1);
  }),
  ConvertToTensor: unary((tf, x) => tf.mul(x, 1)),
  Copy: unary((tf, x) => tf.mul(x, 1)),
  StopGradient: {
    call: ['variable'],
    apply: (given) => untaped(given.tf, () => given.tf.mul(given.tensor('variable'), 1)),
  },
  OnesLike: unary((tf, x) => untaped(tf, () => tf.onesLike(x))),
  ZerosLike: unary((tf, x) => untaped(tf, () => tf.zerosLike(x))),
  FullLike: {
    call: ['x', 'fill_value'],
    apply: (given) =>
      given.tf.add(
        untaped(given.tf, () => given.tf.zerosLike(given.tensor('x'))),
        given.tensor('fill_value'),
      ),
  },
};
