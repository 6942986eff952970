/** Runs a layer with another activation function than its own: none, or rectifiers that guide the gradient. */
import type { layers, Tensor } from '@tensorflow/tfjs';
import type { Tf } from './backend.ts';

type Layer = layers.Layer;
/** What TensorFlow.js asks of an activation; its name decides whether a fused kernel is used. */
interface Activation {
  apply(x: Tensor): Tensor;
  getClassName(): string;
}

/** Runs `body` while the layer has no activation of its own. */
export function withoutActivation<T>(layer: Layer, body: () => T): T {
  return swapped(layer, { apply: (x) => x, getClassName: () => 'linear' }, body);
}

/**
 * Runs `body` while every rectifier in the layer lets only positive gradient through: ReLU layers, and relu or relu6 as
 * the activation of any other, also within TimeDistributed. Leaky and smooth ones stay as they are: they have no rule.
 */
export function withGuidedRectifiers(
  tf: Tf,
  layer: Layer,
  inputs: readonly Tensor[],
  body: () => Tensor[],
): Tensor[] {
  const [x] = inputs;
  if (layer.getClassName() === 'ReLU' && x) {
    const { maxValue } = layer.getConfig();
    return [guidedRelu(tf, x, typeof maxValue === 'number' ? maxValue : null)];
  }
  const inner = 'layer' in layer && isActivated(layer.layer) ? layer.layer : layer;
  const name = isActivated(inner) ? inner.activation.getClassName() : '';
  if (name !== 'relu' && name !== 'relu6') return body();
  const most = name === 'relu6' ? 6 : null;
  return swapped(inner, { apply: (v) => guidedRelu(tf, v, most), getClassName: () => 'guided' }, body);
}

/** max(x, 0), at most `most`. */
function guidedRelu(tf: Tf, x: Tensor, most: number | null): Tensor {
  const op = tf.customGrad((...args) => {
    const [value, save] = args;
    if (!(value instanceof tf.Tensor) || typeof save !== 'function')
      throw new Error('one tensor was expected');
    save([value]);
    const rectified = tf.relu(value);
    return {
      value: most === null ? rectified : tf.minimum(rectified, most),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [at] = saved;
        if (!at) throw new Error('the saved tensor is missing');
        const passes =
          most === null ? tf.greater(at, 0) : tf.logicalAnd(tf.greater(at, 0), tf.less(at, most));
        return tf.mul(tf.relu(dy), tf.cast(passes, 'float32'));
      },
    };
  });
  return op(x);
}

function swapped<T>(layer: object, activation: Activation, body: () => T): T {
  if (!isActivated(layer)) return body();
  const own = layer.activation;
  layer.activation = activation;
  try {
    return body();
  } finally {
    layer.activation = own;
  }
}

function isActivated(layer: unknown): layer is { activation: Activation } {
  return (
    typeof layer === 'object' &&
    layer !== null &&
    'activation' in layer &&
    typeof layer.activation === 'object' &&
    layer.activation !== null &&
    'getClassName' in layer.activation &&
    'apply' in layer.activation
  );
}
