/** Runs a layer otherwise than it would: without its activation, with rectifiers that guide the gradient, or unfused. */
import type { layers, Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import type { Tf } from './tf.ts';

type Layer = layers.Layer;
/** What TensorFlow.js asks of an activation; its name decides whether a fused kernel is used. */
interface Activation {
  apply(x: Tensor): Tensor;
  getClassName(): string;
}

/** Runs `body` while the layer, or the one that TimeDistributed applies, has no activation of its own. */
export function withoutActivation<T>(layer: Layer, body: () => T): T {
  return swapped(innermost(layer), { apply: (x) => x, getClassName: () => 'linear' }, body);
}

/**
 * Runs `body` so that a picture's convolution stays apart from its activation: the fused one has a gradient of its own,
 * which also asks for the filter's, and knows no dilation.
 */
export function withoutFusing<T>(tf: Tf, layer: Layer, body: () => T): T {
  const inner = innermost(layer);
  if (!(inner instanceof tf.layers.Layer) || inner.getClassName() !== 'Conv2D') return body();
  inner.call = (inputs) => {
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    if (!x) throw new Error(`${inner.name} was given nothing`);
    const y = convolved(tf, inner, x);
    return isActivated(inner) ? inner.activation.apply(y) : y;
  };
  try {
    return body();
  } finally {
    // The class's own is seen again.
    Reflect.deleteProperty(inner, 'call');
  }
}

const convolutionSchema = z.object({
  strides: z.tuple([z.number(), z.number()]),
  dilationRate: z.union([z.tuple([z.number(), z.number()]), z.number()]),
  padding: z.enum(['same', 'valid']),
  dataFormat: z.enum(['channelsFirst', 'channelsLast']),
});

/** What the Conv2D layer computes before its activation. */
function convolved(tf: Tf, layer: Layer, x: Tensor): Tensor {
  const { strides, dilationRate, padding, dataFormat } = convolutionSchema.parse(layer.getConfig());
  const [kernel, bias] = layer.weights.map((weight) => weight.read());
  const first = dataFormat === 'channelsFirst';
  const last = first ? tf.transpose(x, [0, 2, 3, 1]) : x;
  const [a = 1, b = 1, c = 1, d = 1] = last.shape;
  const [h = 1, w = 1, i = 1, o = 1] = kernel?.shape ?? [];
  if (!kernel) throw new Error(`${layer.name} has no kernel`);
  const product = tf.conv2d(
    last.as4D(a, b, c, d),
    kernel.as4D(h, w, i, o),
    strides,
    padding,
    'NHWC',
    dilationRate,
  );
  const y = bias ? tf.add(product, bias) : product;
  return first ? tf.transpose(y, [0, 3, 1, 2]) : y;
}

/** The layer that TimeDistributed applies, or the layer itself. */
function innermost(layer: Layer): object {
  return 'layer' in layer && isActivated(layer.layer) ? layer.layer : layer;
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
  const inner = innermost(layer);
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
