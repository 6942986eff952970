/** Products and convolutions with what onnxruntime fuses to them (com.microsoft), and convolution with a state. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import type { Operand, Operator, OperatorCall } from '../contract.ts';
import { given, optional } from '../operands.ts';
import { activationOf } from '../recurrence/activations.ts';
import { convolve, filterLast } from '../spatial/convolve.ts';
import { channelsFirst, channelsLast } from '../spatial/layout.ts';
import { matMul } from '../tensors/matrices.ts';
import { convolution } from './convolutions.ts';

/** The last two axes turned, where the attribute says so. */
function turned(
  { tf, name, attributes }: OperatorCall,
  operand: Operand | undefined,
  attribute: string,
): Tensor {
  const x = given(operand, name);
  if (attributes.number(attribute, 0) === 0 || x.rank < 2) return x;
  const axes = x.shape.map((_, axis) => axis);
  return tf.transpose(x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
}

function fusedMatMul(inputs: readonly Operand[], call: OperatorCall): readonly Operand[] {
  const { tf, name, attributes } = call;
  if (attributes.number('transBatchA', 0) !== 0 || attributes.number('transBatchB', 0) !== 0)
    throw new UserError(
      'unsupported',
      `the node ${name} (com.microsoft.FusedMatMul) turns the axes of its batch, which is not computed here; export the model without onnxruntime's optimisations`,
    );
  const made = matMul(
    tf,
    turned(call, inputs[0], 'transA'),
    turned(call, inputs[1], 'transB'),
    'float32',
    name,
  );
  return [tf.mul(made, attributes.number('alpha', 1))];
}

function fusedGemm(inputs: readonly Operand[], call: OperatorCall): readonly Operand[] {
  const { tf, name, attributes } = call;
  const product = matMul(
    tf,
    turned(call, inputs[0], 'transA'),
    turned(call, inputs[1], 'transB'),
    'float32',
    name,
  );
  const scaled = tf.mul(product, attributes.number('alpha', 1));
  const c = optional(inputs[2], name);
  const sum = c ? tf.add(scaled, tf.mul(c, attributes.number('beta', 1))) : scaled;
  const parameters = ['activation_alpha', 'activation_beta'].flatMap((one) =>
    attributes.has(one) ? [attributes.number(one)] : [],
  );
  return [activationOf(tf, name, attributes.text('activation', ''), parameters)(sum)];
}

/** Inputs X, W, B, and Z, which is added before the activation. */
function fusedConvolution(inputs: readonly Operand[], call: OperatorCall): readonly Operand[] {
  const { tf, name, attributes } = call;
  const y = convolution(inputs, call);
  const z = optional(inputs[3], name);
  const activation = attributes.text('activation', '');
  return [
    activationOf(tf, name, activation, attributes.numbers('activation_params', []))(z ? tf.add(y, z) : y),
  ];
}

/** Each channel by a filter of its own over places before; input (b, c, l), weight (c, 1, k), bias, past_state (b, c, k - 1). */
function causalConvolution(
  inputs: readonly Operand[],
  { tf, name, attributes }: OperatorCall,
): readonly Operand[] {
  const [x, filter, bias] = [given(inputs[0], name), given(inputs[1], name), optional(inputs[2], name)];
  const [b = 1, c = 1, length = 1] = x.shape;
  const kernel = filter.shape[2] ?? 1;
  const past = optional(inputs[3], name) ?? tf.zeros([b, c, kernel - 1]);
  const whole = kernel === 1 ? x : tf.concat([past, x], 2);
  const window = { kernel, stride: 1, dilation: 1, before: 0, after: 0, beyond: 0 };
  const windows = [{ ...window, size: length + kernel - 1, places: length }];
  const y = channelsFirst(tf, convolve(tf, channelsLast(tf, whole), filterLast(tf, filter), windows, c));
  const made = bias ? tf.add(y, tf.reshape(bias, [1, c, 1])) : y;
  const activation = attributes.text('activation', 'none');
  if (!['none', 'silu', 'swish'].includes(activation))
    throw new UserError(
      'invalid',
      `the node ${name} has activation ${JSON.stringify(activation)}; expected none, silu or swish`,
    );
  const state = tf.slice(whole, [0, 0, length], [b, c, kernel - 1]);
  return [activation === 'none' ? made : tf.mul(made, tf.sigmoid(made)), state];
}

export const operators: readonly Operator[] = [
  { onnx: 'com.microsoft.FusedMatMul', units: 'last', apply: fusedMatMul },
  { onnx: 'com.microsoft.FusedGemm', units: 'last', apply: fusedGemm },
  { onnx: 'com.microsoft.FusedConv', units: 'second', apply: fusedConvolution },
  {
    onnx: 'CausalConvWithState',
    units: 'second',
    types: ({ inputTypes }) => [inputTypes[0] ?? null, inputTypes[0] ?? null],
    apply: causalConvolution,
  },
];
