/** Activations with attributes. Formulas and defaults are ONNX' own. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import type { Tf } from '../../tf.ts';
import type { Attributes, Operator } from '../contract.ts';
import { given, optional } from '../operands.ts';
import { perUnit } from '../roles.ts';
import { isWhole, mapWholes, wholes } from '../tensors/whole-numbers.ts';

type Formula = (tf: Tf, x: Tensor, attributes: Attributes, node: string) => Tensor;

const FORMULAS: Readonly<Record<string, Formula>> = {
  Celu: (tf, x, attributes) => {
    const alpha = attributes.number('alpha', 1);
    return tf.add(tf.relu(x), tf.mul(alpha, tf.expm1(negativePart(tf, tf.div(x, alpha)))));
  },
  Elu: (tf, x, attributes) => {
    const alpha = attributes.number('alpha', 1);
    return tf.add(tf.relu(x), tf.mul(alpha, tf.expm1(negativePart(tf, x))));
  },
  Gelu: (tf, x, attributes, node) => {
    const approximate = attributes.text('approximate', 'none');
    if (approximate !== 'none' && approximate !== 'tanh')
      throw new UserError(
        'invalid',
        `the node ${node} approximates Gelu by "${approximate}"; expected none or tanh`,
      );
    return approximate === 'tanh' ? geluByTanh(tf, x) : gelu(tf, x);
  },
  HardSigmoid: (tf, x, attributes) =>
    tf.clipByValue(tf.add(tf.mul(x, attributes.number('alpha', 0.2)), attributes.number('beta', 0.5)), 0, 1),
  LeakyRelu: (tf, x, attributes) =>
    tf.where(tf.greaterEqual(x, 0), x, tf.mul(x, attributes.number('alpha', 0.01))),
  Selu: (tf, x, attributes) => {
    const alpha = attributes.number('alpha', 1.6732632423543772);
    const negative = tf.mul(alpha, tf.expm1(negativePart(tf, x)));
    return tf.mul(attributes.number('gamma', 1.0507009873554805), tf.add(tf.relu(x), negative));
  },
  Shrink: (tf, x, attributes) => {
    const [bias, lambd] = [attributes.number('bias', 0), attributes.number('lambd', 0.5)];
    const none = tf.zerosLike(x);
    const high = tf.where(tf.greater(x, lambd), tf.sub(x, bias), none);
    return tf.where(tf.less(x, -lambd), tf.add(x, bias), high);
  },
  Swish: (tf, x, attributes) => swish(tf, x, attributes.number('alpha', 1)),
  ThresholdedRelu: (tf, x, attributes) =>
    tf.where(tf.greater(x, attributes.number('alpha', 1)), x, tf.zerosLike(x)),
  'com.microsoft.Gelu': (tf, x) => gelu(tf, x),
  'com.microsoft.QuickGelu': (tf, x, attributes) => swish(tf, x, attributes.number('alpha', 1.702)),
};

/** The number itself below 0. */
const negativePart = (tf: Tf, x: Tensor) => tf.neg(tf.relu(tf.neg(x)));
const swish = (tf: Tf, x: Tensor, alpha: number) => tf.mul(x, tf.sigmoid(tf.mul(x, alpha)));
const gelu = (tf: Tf, x: Tensor) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
function geluByTanh(tf: Tf, x: Tensor): Tensor {
  const cubic = tf.add(x, tf.mul(tf.mul(tf.square(x), x), 0.044715));
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(tf.mul(cubic, Math.sqrt(2 / Math.PI))), 1));
}

/** Of a bias that may be left out. */
const withBias =
  (formula: (tf: Tf, x: Tensor) => Tensor): Operator['apply'] =>
  ([x, bias], { tf, name }) => {
    const added = optional(bias, name);
    const own = given(x, name);
    return [formula(tf, added ? tf.add(own, added) : own)];
  };

export const operators: readonly Operator[] = [
  ...Object.entries(FORMULAS).map(
    ([onnx, formula]): Operator => ({
      onnx,
      units: 'kept',
      apply: ([operand], { tf, attributes, name, inputTypes }) => {
        const x = given(operand, name);
        // Of these only Shrink takes integers, and gives them.
        if (!isWhole(x)) return [formula(tf, x, attributes, name)];
        const values = formula(tf, tf.cast(x, 'float32'), attributes, name).dataSync();
        let at = 0;
        return [mapWholes(tf, x, inputTypes[0] ?? null, name, () => values[at++] ?? 0)];
      },
    }),
  ),
  { onnx: 'com.microsoft.FastGelu', units: 'kept', apply: withBias(geluByTanh) },
  { onnx: 'com.microsoft.BiasGelu', units: 'kept', apply: withBias(gelu) },
  {
    onnx: 'PRelu',
    units: 'kept',
    weights: { 1: perUnit('slope') },
    apply: ([operand, slope], { tf, name, inputTypes }) => {
      const [x, alpha] = [given(operand, name), given(slope, name)];
      if (!isWhole(x)) return [tf.add(tf.relu(x), tf.mul(alpha, negativePart(tf, x)))];
      const slopes = wholes(alpha.size === x.size ? alpha : tf.broadcastTo(alpha, x.shape));
      let at = 0;
      return [
        mapWholes(tf, x, inputTypes[0] ?? null, name, (value) => {
          const by = slopes[at++] ?? 0;
          return value < 0 ? value * by : value;
        }),
      ];
    },
  },
];
