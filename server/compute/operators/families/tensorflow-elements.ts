/** TensorFlow's functions of each element, of one tensor or of more that are broadcast. */
import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../../tf.ts';
import type { Operator } from '../contract.ts';
import { given } from '../operands.ts';
import { perUnit } from '../roles.ts';
import { alike } from '../tensorflow/alike.ts';
import { broadcastShape, expand } from '../tensors/broadcasting.ts';
import { combineWholes, isWhole } from '../tensors/whole-numbers.ts';
import { operators as activations } from './activations.ts';
import { operators as arithmetic } from './arithmetic.ts';
import { operators as functions } from './functions.ts';
import { operators as logic } from './logic.ts';

/** By the name in ONNX. */
const OF_ONE: Readonly<Record<string, string>> = {
  ...{ Abs: 'Abs', Acos: 'Acos', Acosh: 'Acosh', Asin: 'Asin', Asinh: 'Asinh', Atan: 'Atan', Atanh: 'Atanh' },
  ...{
    Ceil: 'Ceil',
    Cos: 'Cos',
    Cosh: 'Cosh',
    Erf: 'Erf',
    Exp: 'Exp',
    Floor: 'Floor',
    Log: 'Log',
    Neg: 'Neg',
  },
  ...{ Reciprocal: 'Reciprocal', Inv: 'Reciprocal', Round: 'Round', Sigmoid: 'Sigmoid', Sign: 'Sign' },
  ...{ Sin: 'Sin', Sinh: 'Sinh', Sqrt: 'Sqrt', Tan: 'Tan', Tanh: 'Tanh', Relu: 'Relu' },
  ...{ Softplus: 'Softplus', Softsign: 'Softsign' },
};

const FORMULAS: Readonly<Record<string, (tf: Tf, x: Tensor) => Tensor>> = {
  Expm1: (tf, x) => tf.expm1(x),
  Log1p: (tf, x) => tf.log1p(x),
  Rsqrt: (tf, x) => tf.rsqrt(x),
  Square: (tf, x) => tf.square(x),
  Relu6: (tf, x) => tf.clipByValue(x, 0, 6),
  OnesLike: (tf, x) => tf.onesLike(x),
  ZerosLike: (tf, x) => tf.zerosLike(x),
};

const OF_TWO: Readonly<Record<string, string>> = {
  ...{ Add: 'Add', AddV2: 'Add', Sub: 'Sub', Mul: 'Mul', RealDiv: 'Div', Div: 'Div', Pow: 'Pow' },
  ...{ Maximum: 'Max', Minimum: 'Min', FloorMod: 'Mod', AddN: 'Sum' },
};
const COMPARISONS: Readonly<Record<string, string>> = {
  ...{
    Equal: 'Equal',
    Greater: 'Greater',
    GreaterEqual: 'GreaterOrEqual',
    Less: 'Less',
    LessEqual: 'LessOrEqual',
  },
  ...{ LogicalAnd: 'And', LogicalOr: 'Or', IsNan: 'IsNaN', IsInf: 'IsInf' },
};
const equal = alike(logic, 'Equal');
const not = alike(logic, 'Not');

const ROUNDED_DOWN = (a: number, b: number) => Math.floor(a / b);

export const operators: readonly Operator[] = [
  ...Object.entries(OF_ONE).map(
    ([tensorflow, onnx]): Operator => ({ tensorflow, units: 'kept', apply: alike(functions, onnx) }),
  ),
  ...Object.entries(FORMULAS).map(
    ([tensorflow, formula]): Operator => ({
      tensorflow,
      units: 'kept',
      apply: ([x], { tf, name }) => [formula(tf, given(x, name))],
    }),
  ),
  ...Object.entries(OF_TWO).map(
    ([tensorflow, onnx]): Operator => ({
      tensorflow,
      units: 'kept',
      ...(onnx === 'Add' ? { weights: { 0: perUnit('bias'), 1: perUnit('bias') } } : {}),
      apply: alike(arithmetic, onnx),
    }),
  ),
  {
    tensorflow: 'Mod',
    units: 'kept',
    apply: alike(arithmetic, 'Mod', () => ({ attributes: { fmod: 1 } })),
  },
  ...Object.entries(COMPARISONS).map(
    ([tensorflow, onnx]): Operator => ({
      tensorflow,
      units: 'kept',
      types: () => ['bool'],
      apply: alike(logic, onnx),
    }),
  ),
  { tensorflow: 'LogicalNot', units: 'kept', types: () => ['bool'], apply: not },
  {
    tensorflow: 'NotEqual',
    units: 'kept',
    types: () => ['bool'],
    apply: (inputs, call) => not(equal(inputs, call), call),
  },
  { tensorflow: 'BitwiseAnd', units: 'kept', apply: alike(logic, 'BitwiseAnd') },
  {
    tensorflow: 'Elu',
    units: 'kept',
    apply: alike(activations, 'Elu'),
  },
  { tensorflow: 'Selu', units: 'kept', apply: alike(activations, 'Selu') },
  {
    tensorflow: 'LeakyRelu',
    units: 'kept',
    apply: alike(activations, 'LeakyRelu', (_, { attributes }) => ({
      attributes: { alpha: attributes.number('alpha', 0.2) },
    })),
  },
  {
    tensorflow: 'Prelu',
    units: 'kept',
    weights: { 1: perUnit('slope') },
    apply: alike(activations, 'PRelu'),
  },
  {
    tensorflow: 'ClipByValue',
    units: 'kept',
    apply: alike(arithmetic, 'Clip'),
  },
  {
    tensorflow: 'FloorDiv',
    units: 'kept',
    apply: ([left, right], { tf, name, inputTypes }) => {
      const [a, b] = [given(left, name), given(right, name)];
      return [
        isWhole(a)
          ? combineWholes(tf, a, b, inputTypes[0] ?? null, name, ROUNDED_DOWN)
          : tf.floor(tf.div(a, b)),
      ];
    },
  },
  {
    tensorflow: 'SquaredDifference',
    units: 'kept',
    apply: ([a, b], { tf, name }) => [tf.square(tf.sub(given(a, name), given(b, name)))],
  },
  {
    tensorflow: 'DivNoNan',
    units: 'kept',
    apply: ([left, right], { tf, name }) => {
      const [a, b] = [given(left, name), given(right, name)];
      const none = tf.equal(b, 0);
      const shape = broadcastShape([a.shape, b.shape], name);
      const made = tf.div(a, tf.where(none, tf.onesLike(b), b));
      return [tf.where(tf.broadcastTo(none, shape), tf.zerosLike(made), made)];
    },
  },
  {
    tensorflow: 'Atan2',
    units: 'kept',
    apply: ([a, b], { tf, name }) => [tf.atan2(given(a, name), given(b, name))],
  },
  {
    tensorflow: 'BiasAdd',
    units: 'kept',
    weights: { 1: perUnit('bias') },
    apply: ([operand, bias], { tf, name, attributes }) => {
      const [x, b] = [given(operand, name), given(bias, name)];
      const second = attributes.text('data_format', 'NHWC').startsWith('NC');
      return [tf.add(x, second ? tf.reshape(b, [b.size, ...x.shape.slice(2).map(() => 1)]) : b)];
    },
  },
  {
    tensorflow: 'SelectV2',
    units: 'kept',
    types: ({ inputTypes }) => [inputTypes[1] ?? null],
    apply: alike(logic, 'Where'),
  },
  {
    // A condition of one axis chooses rows.
    tensorflow: 'Select',
    units: 'kept',
    types: ({ inputTypes }) => [inputTypes[1] ?? null],
    apply: alike(logic, 'Where', (inputs, { tf, name }) => {
      const [mask, a] = [given(inputs[0], name), given(inputs[1], name)];
      const rows = mask.rank === 1 && a.rank > 1;
      const wide = rows ? tf.reshape(mask, [mask.size, ...a.shape.slice(1).map(() => 1)]) : mask;
      return { inputs: [wide, ...inputs.slice(1)] };
    }),
  },
  {
    tensorflow: 'BroadcastTo',
    units: 'kept',
    apply: ([operand, shape], { tf, name }) => {
      const x = given(operand, name);
      const whole = broadcastShape([x.shape, Array.from(given(shape, name).dataSync(), Number)], name);
      return [x.dtype === 'float32' ? expand(tf, x, whole) : tf.broadcastTo(x, whole)];
    },
  },
];
