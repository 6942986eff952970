/** Quantisation, and products of quantised numbers. */
import type { Tensor } from '@tensorflow/tfjs';
import type { ElementType } from '../../../../core/artifacts/operators.ts';
import type { Operand, Operator, OperatorCall } from '../contract.ts';
import { given, optional } from '../operands.ts';
import { exactly } from '../quantised/exact.ts';
import { along, steps } from '../quantised/steps.ts';
import { convolve, filterLast } from '../spatial/convolve.ts';
import { channelsFirst, channelsLast } from '../spatial/layout.ts';
import { perChannel } from '../statistics.ts';
import { elementTypeOf } from '../tensors/element-codes.ts';
import { matMul } from '../tensors/matrices.ts';
import { convolutionWindows } from './convolutions.ts';

type Told = Parameters<NonNullable<Operator['types']>>[0];

function quantisedType({ attributes, inputTypes }: Told): ElementType {
  const code = attributes.number('output_dtype', 0);
  return inputTypes[2] ?? (code === 0 ? 'uint8' : elementTypeOf(code, 'QuantizeLinear'));
}

/** Inputs x, y_scale, y_zero_point. */
function quantise(inputs: readonly Operand[], call: OperatorCall): readonly Operand[] {
  const { tf, name, attributes } = call;
  const [x, zero] = [tf.cast(given(inputs[0], name), 'float32'), optional(inputs[2], name)];
  const [axis, block] = [attributes.number('axis', 1), attributes.number('block_size', 0)];
  const over = (own: Tensor) => along(tf, name, own, x, axis, block);
  const type = quantisedType(call);
  const scaled = tf.div(x, over(given(inputs[1], name)));
  const saturate = attributes.number('saturate', 1) !== 0;
  return [steps(tf, name, scaled, zero && over(zero), type, saturate)];
}

/** Inputs x, x_scale, x_zero_point. */
function dequantise(inputs: readonly Operand[], { tf, name, attributes }: OperatorCall): readonly Operand[] {
  const [x, zero] = [given(inputs[0], name), optional(inputs[2], name)];
  const [axis, block] = [attributes.number('axis', 1), attributes.number('block_size', 0)];
  const over = (own: Tensor) => along(tf, name, own, x, axis, block);
  // Differences of integers of 32 bits are not all floats, those of integers are.
  const difference = zero ? tf.sub(x, over(zero)) : x;
  return [tf.mul(tf.cast(difference, 'float32'), over(given(inputs[1], name)))];
}

/** x -> uint8, with the scale and the zero point that hold all of x and 0. */
function dynamicQuantise(inputs: readonly Operand[], { tf, name }: OperatorCall): readonly Operand[] {
  const x = given(inputs[0], name);
  const [least, most] = [tf.minimum(tf.min(x), 0), tf.maximum(tf.max(x), 0)];
  const range = tf.sub(most, least);
  const scale = tf.where(tf.equal(range, 0), tf.onesLike(range), tf.div(range, 255));
  const zero = steps(tf, name, tf.div(tf.neg(least), scale), null, 'uint8');
  return [steps(tf, name, tf.div(x, scale), zero, 'uint8'), scale, zero];
}

/** int32 x less its zero point, which broadcasts. */
function less(
  { tf, name }: OperatorCall,
  x: Tensor,
  zero: Operand | undefined,
  shaped = (z: Tensor) => z,
): Tensor {
  const own = optional(zero, name);
  if (!own) return x;
  return tf.sub(x, own.size === 1 ? tf.reshape(own, []) : shaped(own));
}

const rows =
  ({ tf }: OperatorCall) =>
  (own: Tensor) =>
    own.rank === 1 ? tf.reshape(own, [own.size, 1]) : own;

/** Whole products (..., m, k) by (..., k, n). */
function wholeMatMul(call: OperatorCall, a: Tensor, b: Tensor): Tensor {
  const { tf, name } = call;
  return exactly(tf, name, a, b, a.shape.at(-1) ?? 1, (x, y) => matMul(tf, x, y, 'float32', name));
}

function wholeConvolution(call: OperatorCall, x: Tensor, filter: Tensor): Tensor {
  const { tf, name, attributes } = call;
  const kernel = filter.shape.slice(2);
  const windows = convolutionWindows(name, attributes, x.shape.slice(2), kernel);
  const length = filter.shape.slice(1).reduce((a, b) => a * b, 1);
  const groups = attributes.number('group', 1);
  const y = exactly(tf, name, channelsLast(tf, x), filterLast(tf, filter), length, (a, b) =>
    convolve(tf, a, b, windows, groups),
  );
  return channelsFirst(tf, y);
}

const firstAxis = (call: OperatorCall, x: Tensor) => (own: Tensor) =>
  call.tf.reshape(own, [own.size, ...x.shape.slice(1).map(() => 1)]);

/** Inputs A, B, a_zero_point (one, or one for each row), b_zero_point (one, or one for each column). */
function matMulInteger(inputs: readonly Operand[], call: OperatorCall): readonly Operand[] {
  const a = less(call, given(inputs[0], call.name), inputs[2], rows(call));
  const b = less(call, given(inputs[1], call.name), inputs[3]);
  return [wholeMatMul(call, a, b)];
}

/** Inputs x, w, x_zero_point, w_zero_point (one, or one for each output channel). */
function convInteger(inputs: readonly Operand[], call: OperatorCall): readonly Operand[] {
  const filter = given(inputs[1], call.name);
  const x = less(call, given(inputs[0], call.name), inputs[2]);
  return [wholeConvolution(call, x, less(call, filter, inputs[3], firstAxis(call, filter)))];
}

/** Whole sums to the output's steps. */
function requantised(call: OperatorCall, sums: Tensor, factor: Tensor, zero: Tensor): Tensor {
  const { tf, name, inputTypes } = call;
  const type = inputTypes[7] ?? 'uint8';
  return steps(tf, name, tf.mul(tf.cast(sums, 'float32'), factor), zero, type);
}

/** Inputs a, a_scale, a_zero_point, b, b_scale, b_zero_point, y_scale, y_zero_point. */
function qLinearMatMul(inputs: readonly Operand[], call: OperatorCall): readonly Operand[] {
  const { tf, name } = call;
  const tensor = (at: number) => given(inputs[at], name);
  const sums = wholeMatMul(
    call,
    less(call, tensor(0), inputs[2], rows(call)),
    less(call, tensor(3), inputs[5]),
  );
  const scaleOf = (own: Tensor, shaped = (one: Tensor) => one) =>
    own.size === 1 ? tf.reshape(own, []) : shaped(own);
  const factor = tf.div(
    tf.mul(scaleOf(tensor(1), rows(call)), scaleOf(tensor(4))),
    scaleOf(tensor(6), rows(call)),
  );
  return [requantised(call, sums, factor, scaleOf(tensor(7), rows(call)))];
}

/** Inputs x, x_scale, x_zero_point, w, w_scale, w_zero_point, y_scale, y_zero_point, B (int32). */
function qLinearConv(inputs: readonly Operand[], call: OperatorCall): readonly Operand[] {
  const { tf, name } = call;
  const tensor = (at: number) => given(inputs[at], name);
  const filter = tensor(3);
  const sums = wholeConvolution(
    call,
    less(call, tensor(0), inputs[2]),
    less(call, filter, inputs[5], firstAxis(call, filter)),
  );
  const bias = optional(inputs[8], name);
  const one = (own: Tensor) => (own.size === 1 ? tf.reshape(own, []) : perChannel(tf, own, sums));
  const factor = tf.div(tf.mul(one(tensor(1)), one(tensor(4))), one(tensor(6)));
  const whole = bias ? tf.add(sums, perChannel(tf, bias, sums)) : sums;
  return [requantised(call, whole, factor, one(tensor(7)))];
}

const quantisers = ['', 'com.microsoft.'].flatMap((domain): Operator[] => [
  { onnx: `${domain}QuantizeLinear`, units: 'kept', types: (call) => [quantisedType(call)], apply: quantise },
  {
    onnx: `${domain}DequantizeLinear`,
    units: 'kept',
    types: ({ attributes, inputTypes }) => {
      const code = attributes.number('output_dtype', 0);
      return [code === 0 ? (inputTypes[1] ?? null) : elementTypeOf(code, 'DequantizeLinear')];
    },
    apply: dequantise,
  },
]);

export const operators: readonly Operator[] = [
  ...quantisers,
  {
    onnx: 'DynamicQuantizeLinear',
    units: 'kept',
    types: () => ['uint8', 'float32', 'uint8'],
    apply: dynamicQuantise,
  },
  { onnx: 'MatMulInteger', units: 'last', types: () => ['int32'], apply: matMulInteger },
  { onnx: 'ConvInteger', units: 'second', types: () => ['int32'], apply: convInteger },
  {
    onnx: 'QLinearMatMul',
    units: 'last',
    types: ({ inputTypes }) => [inputTypes[7] ?? null],
    apply: qLinearMatMul,
  },
  {
    onnx: 'QLinearConv',
    units: 'second',
    types: ({ inputTypes }) => [inputTypes[7] ?? null],
    apply: qLinearConv,
  },
];
