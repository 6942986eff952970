/** Normalisation by running statistics, by example, by groups of channels, by neighbours and by norms. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import type { Operand, Operator, OperatorCall } from '../contract.ts';
import { given, isSequence } from '../operands.ts';
import { perUnit } from '../roles.ts';
import { axisOf, normalised, perChannel } from '../statistics.ts';

/** Inputs X (n, c, ...), scale, B, mean, var (c each). */
function batchNormalization(inputs: readonly Operand[], call: OperatorCall): readonly Operand[] {
  const { tf, name, attributes } = call;
  const [x, scale, offset] = [given(inputs[0], name), given(inputs[1], name), given(inputs[2], name)];
  const [mean, variance] = [given(inputs[3], name), given(inputs[4], name)];
  const epsilon = attributes.number('epsilon', 1e-5);
  if (call.opset < 9 && attributes.number('spatial', 1) === 0) {
    // Statistics of every place of every channel.
    const root = tf.rsqrt(tf.add(variance, epsilon));
    return [tf.add(tf.mul(tf.sub(x, mean), tf.mul(root, scale)), offset)];
  }
  if (scale.size !== (x.shape[1] ?? 1))
    throw new UserError(
      'invalid',
      `the node ${name} has scales of shape [${scale.shape}] for an input of shape [${x.shape}]; expected one for each channel`,
    );
  const training = call.opset >= 14 && attributes.number('training_mode', 0) === 1;
  if (!training) {
    const factor = tf.mul(scale, tf.rsqrt(tf.add(variance, epsilon)));
    const shift = tf.sub(offset, tf.mul(mean, factor));
    return [tf.add(tf.mul(x, perChannel(tf, factor, x)), perChannel(tf, shift, x))];
  }
  const axes = x.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
  const { y, moments } = normalised(tf, x, axes, epsilon);
  const momentum = attributes.number('momentum', 0.9);
  const running = (kept: Tensor, found: Tensor) =>
    tf.add(tf.mul(kept, momentum), tf.mul(tf.reshape(found, kept.shape), 1 - momentum));
  return [
    tf.add(tf.mul(y, perChannel(tf, scale, x)), perChannel(tf, offset, x)),
    running(mean, moments.mean),
    running(variance, moments.variance),
  ];
}

/** Inputs X (n, c, ...places), scale (c), B (c): by the places of each channel of each example. */
function instanceNormalization(inputs: readonly Operand[], { tf, name, attributes }: OperatorCall) {
  const [x, scale, offset] = [given(inputs[0], name), given(inputs[1], name), given(inputs[2], name)];
  const axes = x.shape.slice(2).map((_, axis) => axis + 2);
  const { y } = normalised(tf, x, axes, attributes.number('epsilon', 1e-5));
  return [tf.add(tf.mul(y, perChannel(tf, scale, x)), perChannel(tf, offset, x))];
}

/** Inputs X (n, c, ...), scale and bias: of each group before version 21, of each channel since. */
function groupNormalization(inputs: readonly Operand[], { tf, name, attributes }: OperatorCall) {
  const [x, scale, offset] = [given(inputs[0], name), given(inputs[1], name), given(inputs[2], name)];
  const groups = attributes.number('num_groups');
  const [n = 1, c = 1, ...places] = x.shape;
  if (groups < 1 || c % groups !== 0)
    throw new UserError(
      'invalid',
      `the node ${name} has ${groups} groups for ${c} channels; expected a number that divides them`,
    );
  const size = places.reduce((a, b) => a * b, c / groups);
  const { y } = normalised(tf, tf.reshape(x, [n, groups, size]), [2], attributes.number('epsilon', 1e-5));
  if (scale.size === groups && groups !== c)
    return [
      tf.reshape(
        tf.add(tf.mul(y, tf.reshape(scale, [1, groups, 1])), tf.reshape(offset, [1, groups, 1])),
        x.shape,
      ),
    ];
  const whole = tf.reshape(y, x.shape);
  return [tf.add(tf.mul(whole, perChannel(tf, scale, x)), perChannel(tf, offset, x))];
}

/** x / (bias + alpha / size * squares of the neighbouring channels)^beta, over `size` channels around each. */
function localResponse(inputs: readonly Operand[], { tf, name, attributes }: OperatorCall) {
  const x = given(inputs[0], name);
  const size = attributes.number('size');
  const [n = 1, c = 1, ...places] = x.shape;
  const rest = places.reduce((a, b) => a * b, 1);
  const flat = tf.reshape(x, [n, c, rest]);
  const squares = tf.pad(tf.square(flat), [
    [0, 0],
    [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)],
    [0, 0],
  ]);
  const neighbours = Array.from({ length: size }, (_, at) => tf.slice(squares, [0, at, 0], [n, c, rest]));
  const base = tf.add(
    tf.mul(tf.addN(neighbours), attributes.number('alpha', 1e-4) / size),
    attributes.number('bias', 1),
  );
  return [tf.reshape(tf.div(flat, tf.pow(base, attributes.number('beta', 0.75))), x.shape)];
}

/** (x - mean) / (standard deviation + 1e-9), as ONNX writes the function out. */
function meanVariance(inputs: readonly Operand[], { tf, name, attributes }: OperatorCall) {
  const x = given(inputs[0], name);
  const axes = attributes.numbers('axes', [0, 2, 3]).map((axis) => axisOf(name, axis, x.rank));
  const { mean, variance } = tf.moments(x, axes, true);
  return [tf.div(tf.sub(x, mean), tf.add(tf.sqrt(variance), 1e-9))];
}

/** x / (sum |x|^p)^(1/p) along an axis; nothing stays nothing. */
function lpNormalization(inputs: readonly Operand[], { tf, name, attributes }: OperatorCall) {
  const x = given(inputs[0], name);
  const axis = axisOf(name, attributes.number('axis', -1), x.rank);
  const p = attributes.number('p', 2);
  if (p !== 1 && p !== 2) throw new UserError('invalid', `the node ${name} has p ${p}; expected 1 or 2`);
  const whole = p === 1 ? tf.sum(tf.abs(x), axis, true) : tf.sum(tf.square(x), axis, true);
  const none = tf.equal(whole, 0);
  const safe = tf.where(none, tf.onesLike(whole), whole);
  return [tf.div(x, p === 1 ? safe : tf.sqrt(safe))];
}

/** As a trained model runs it: nothing is dropped. */
function dropout(inputs: readonly Operand[], { tf, name, outputs }: OperatorCall): readonly Operand[] {
  const x = given(inputs[0], name);
  const flag = (at: number) => {
    const operand = inputs[at];
    return operand && !isSequence(operand) ? Number(operand.dataSync()[0]) : null;
  };
  // The second input is the ratio, the third whether the model is being trained.
  if (flag(2) && flag(1) !== 0)
    throw new UserError(
      'unsupported',
      `the node ${name} (Dropout) drops at random, as in training; export the model for inference`,
    );
  return outputs > 1 ? [tf.clone(x), tf.cast(tf.onesLike(x), 'bool')] : [tf.clone(x)];
}

const SCALED = { 1: perUnit('scale'), 2: perUnit('bias') };

export const operators: readonly Operator[] = [
  {
    onnx: 'BatchNormalization',
    units: 'second',
    weights: { ...SCALED, 3: perUnit('mean'), 4: perUnit('variance') },
    apply: batchNormalization,
  },
  { onnx: 'InstanceNormalization', units: 'second', weights: SCALED, apply: instanceNormalization },
  { onnx: 'GroupNormalization', units: 'second', apply: groupNormalization },
  { onnx: 'LRN', units: 'second', apply: localResponse },
  { onnx: 'MeanVarianceNormalization', units: 'second', apply: meanVariance },
  { onnx: 'LpNormalization', units: 'kept', apply: lpNormalization },
  {
    onnx: 'Dropout',
    units: 'kept',
    types: ({ inputTypes, opset }) => [inputTypes[0] ?? null, opset < 10 ? (inputTypes[0] ?? null) : 'bool'],
    apply: dropout,
  },
];
