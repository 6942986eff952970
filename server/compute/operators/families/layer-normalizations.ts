/** Normalisation by the last axes of each row, with the sums and embeddings that onnxruntime fuses with it. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import type { Operand, Operator, OperatorCall } from '../contract.ts';
import { given, optional } from '../operands.ts';
import { perUnit } from '../roles.ts';
import { axisOf, normalised } from '../statistics.ts';

const from = (axis: number, rank: number) => Array.from({ length: rank - axis }, (_, at) => axis + at);

interface Layer {
  readonly y: Tensor;
  readonly mean: Tensor;
  readonly inverse: Tensor;
}

/** gamma and beta have the shape of the axes from `axis` on, or one that broadcasts to it. */
function layer(
  { tf }: OperatorCall,
  x: Tensor,
  axis: number,
  epsilon: number,
  gamma: Tensor,
  beta: Tensor | null,
): Layer {
  const { y, moments, inverse } = normalised(tf, x, from(axis, x.rank), epsilon);
  const scaled = tf.mul(y, gamma);
  return { y: beta ? tf.add(scaled, beta) : scaled, mean: moments.mean, inverse };
}

/** x / sqrt(mean of squares + epsilon) * gamma. */
function rootMeanSquare(
  { tf }: OperatorCall,
  x: Tensor,
  axis: number,
  epsilon: number,
  gamma: Tensor,
): Layer {
  const squares = tf.mean(tf.square(x), from(axis, x.rank), true);
  const inverse = tf.rsqrt(tf.add(squares, epsilon));
  return { y: tf.mul(tf.mul(x, inverse), gamma), mean: squares, inverse };
}

function layerNormalization(inputs: readonly Operand[], call: OperatorCall): readonly Operand[] {
  const x = given(inputs[0], call.name);
  const axis = axisOf(call.name, call.attributes.number('axis', -1), x.rank);
  const epsilon = call.attributes.number('epsilon', 1e-5);
  const [gamma, beta] = [given(inputs[1], call.name), optional(inputs[2], call.name)];
  const { y, mean, inverse } = layer(call, x, axis, epsilon, gamma, beta);
  return [y, mean, inverse];
}

function rmsNormalization(inputs: readonly Operand[], call: OperatorCall): readonly Operand[] {
  const x = given(inputs[0], call.name);
  const axis = axisOf(call.name, call.attributes.number('axis', -1), x.rank);
  const epsilon = call.attributes.number('epsilon', 1e-5);
  const { y, inverse } = rootMeanSquare(call, x, axis, epsilon, given(inputs[1], call.name));
  return [y, inverse];
}

/** Inputs: input, skip, gamma, beta, bias. */
function skipLayer(inputs: readonly Operand[], call: OperatorCall): readonly Operand[] {
  const { tf, name } = call;
  const [bias, beta] = [optional(inputs[4], name), optional(inputs[3], name)];
  const sum = added(call, inputs, bias);
  const epsilon = call.attributes.number('epsilon', 1e-12);
  const { y, mean, inverse } = layer(call, sum, sum.rank - 1, epsilon, given(inputs[2], name), beta);
  return [y, mean, inverse, tf.clone(sum)];
}

/** Inputs: input, skip, gamma, bias. */
function skipSimplified(inputs: readonly Operand[], call: OperatorCall): readonly Operand[] {
  const { tf, name } = call;
  const sum = added(call, inputs, optional(inputs[3], name));
  const epsilon = call.attributes.number('epsilon', 1e-12);
  const { y, mean, inverse } = rootMeanSquare(call, sum, sum.rank - 1, epsilon, given(inputs[2], name));
  return [y, mean, inverse, tf.clone(sum)];
}

function added({ tf, name }: OperatorCall, inputs: readonly Operand[], bias: Tensor | null): Tensor {
  const sum = tf.add(given(inputs[0], name), given(inputs[1], name));
  return bias ? tf.add(sum, bias) : sum;
}

/**
 * Sum of the embeddings of words, positions and segments, normalised. Inputs: input_ids (b, s), segment_ids, word, position
 * and segment embeddings, gamma, beta, mask, position_ids.
 */
function embedLayer(inputs: readonly Operand[], call: OperatorCall): readonly Operand[] {
  const { tf, name } = call;
  const [ids, segments, mask] = [
    given(inputs[0], name),
    optional(inputs[1], name),
    optional(inputs[7], name),
  ];
  const [words, positions, parts] = [
    given(inputs[2], name),
    given(inputs[3], name),
    optional(inputs[4], name),
  ];
  const [batch = 1, length = 1] = ids.shape;
  const rows = positions.shape[0] ?? 0;
  if (length > rows)
    throw new UserError(
      'invalid',
      `the node ${name} is given ${length} tokens; expected no more than its ${rows} positions`,
    );
  const asked = optional(inputs[8], name);
  const at = asked ? tf.gather(positions, asked) : tf.slice(positions, 0, length);
  const sum = tf.add(tf.gather(words, ids), at);
  const whole = segments && parts ? tf.add(sum, tf.gather(parts, segments)) : sum;
  const epsilon = call.attributes.number('epsilon', 1e-12);
  const { y } = layer(call, whole, 2, epsilon, given(inputs[5], name), given(inputs[6], name));
  // How many tokens of each row count.
  const counts = mask ? tf.sum(tf.cast(mask, 'int32'), 1) : tf.zeros([batch], 'int32');
  return [y, counts, tf.clone(whole)];
}

export const operators: readonly Operator[] = [
  {
    onnx: 'LayerNormalization',
    units: 'last',
    weights: { 1: perUnit('scale'), 2: perUnit('bias') },
    apply: layerNormalization,
  },
  { onnx: 'RMSNormalization', units: 'last', weights: { 1: perUnit('scale') }, apply: rmsNormalization },
  { onnx: 'SimplifiedLayerNormalization', units: 'last', apply: rmsNormalization },
  { onnx: 'com.microsoft.SimplifiedLayerNormalization', units: 'last', apply: rmsNormalization },
  { onnx: 'com.microsoft.SkipLayerNormalization', units: 'last', apply: skipLayer },
  { onnx: 'com.microsoft.SkipSimplifiedLayerNormalization', units: 'last', apply: skipSimplified },
  {
    onnx: 'com.microsoft.EmbedLayerNormalization',
    units: 'last',
    types: ({ inputTypes }) => [inputTypes[2] ?? null, 'int32', inputTypes[2] ?? null],
    apply: embedLayer,
  },
];
