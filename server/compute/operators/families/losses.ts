/** Losses of classes, which some models are exported with. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import type { Tf } from '../../tf.ts';
import type { Operand, Operator, OperatorCall } from '../contract.ts';
import { given, optional } from '../operands.ts';

/** x (n, c, ...) with channels last and the rest flat: (rows, c). */
function flat(tf: Tf, x: Tensor): Tensor {
  const order = [0, ...x.shape.slice(2).map((_, axis) => axis + 2), 1];
  return tf.reshape(tf.transpose(x, order), [-1, x.shape[1] ?? 1]);
}

/** In two stages: WebAssembly adds one after the other, which loses digits of long sums. */
function total(tf: Tf, x: Tensor): Tensor {
  const side = Math.max(1, Math.ceil(Math.sqrt(x.size)));
  const whole = tf.pad(tf.reshape(x, [x.size]), [[0, side * side - x.size]]);
  return tf.sum(tf.sum(tf.reshape(whole, [side, side]), 1));
}

/** -weight of the class times its log-probability, for log-probabilities (n, c, ...) and classes (n, ...). */
function likelihoodLoss(logs: Tensor, inputs: readonly Operand[], call: OperatorCall): Tensor {
  const { tf, name, attributes } = call;
  const target = given(inputs[1], name);
  const classes = logs.shape[1] ?? 1;
  const expected = logs.shape.filter((_, axis) => axis !== 1);
  if (logs.rank < 2 || String(expected) !== String(target.shape))
    throw new UserError(
      'invalid',
      `the node ${name} has classes of shape [${target.shape}] for scores of shape [${logs.shape}]; expected [${expected}]`,
    );
  const labels = tf.reshape(tf.cast(target, 'int32'), [-1]);
  const ignored = attributes.has('ignore_index')
    ? tf.equal(labels, tf.scalar(attributes.number('ignore_index'), 'int32'))
    : tf.zeros(labels.shape, 'bool');
  const chosen = tf.cast(tf.oneHot(tf.where(ignored, tf.zerosLike(labels), labels), classes), 'bool');
  const rows = flat(tf, logs);
  const own = tf.sum(tf.where(chosen, rows, tf.zerosLike(rows)), 1);
  const weight = optional(inputs[2], name);
  const each = weight
    ? tf.sum(tf.mul(tf.cast(chosen, 'float32'), tf.reshape(weight, [1, classes])), 1)
    : tf.onesLike(own);
  const counted = tf.where(ignored, tf.zerosLike(each), each);
  const losses = tf.neg(tf.mul(own, counted));
  const reduction = attributes.text('reduction', 'mean');
  if (reduction === 'none') return tf.reshape(losses, target.shape);
  if (reduction === 'sum') return total(tf, losses);
  if (reduction === 'mean') return tf.div(total(tf, losses), total(tf, counted));
  throw new UserError(
    'invalid',
    `the node ${name} has reduction ${JSON.stringify(reduction)}; expected none, sum or mean`,
  );
}

/** Inputs scores (n, c, ...), labels (n, ...), weights (c); outputs the loss and the log-probabilities. */
function crossEntropy(inputs: readonly Operand[], call: OperatorCall): readonly Operand[] {
  const { tf, name } = call;
  const scores = given(inputs[0], name);
  const [n = 1, c = 1, ...places] = scores.shape;
  const last = tf.reshape(tf.logSoftmax(flat(tf, scores)), [n, ...places, c]);
  const logs = tf.transpose(last, [0, last.rank - 1, ...places.map((_, axis) => axis + 1)]);
  return [likelihoodLoss(logs, inputs, call), logs];
}

export const operators: readonly Operator[] = [
  {
    onnx: 'NegativeLogLikelihoodLoss',
    units: 'kept',
    apply: (inputs, call) => [likelihoodLoss(given(inputs[0], call.name), inputs, call)],
  },
  {
    onnx: 'SoftmaxCrossEntropyLoss',
    units: 'second',
    types: ({ inputTypes }) => [inputTypes[0] ?? null, inputTypes[0] ?? null],
    apply: crossEntropy,
  },
];
