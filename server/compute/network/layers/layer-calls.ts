/** Runs a layer otherwise than it would: without its activation, with rectifiers that guide the gradient, or unfused. */
import type { layers, Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import { UserError } from '../../../../core/errors/index.ts';
import type { Tf } from '../../tf.ts';
import { guided } from '../guided.ts';

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

/** Runs `body`, and names what an Embedding was given that its table has no row for. */
export function withTokensNamed<T>(layer: Layer, body: () => T): T {
  try {
    return body();
  } catch (error) {
    const [, token] = /index value (-?\d+) is not in/.exec(error instanceof Error ? error.message : '') ?? [];
    const inner = 'layer' in layer ? layer.layer : layer;
    if (token === undefined || !isLayer(inner) || inner.getClassName() !== 'Embedding') throw error;
    const { inputDim } = z.object({ inputDim: z.number() }).parse(inner.getConfig());
    // What becomes of a value that is none, or that has no room in 32 bits.
    const found = Number(token) === -(2 ** 31) ? 'a value that is no whole number' : token;
    throw new UserError(
      'invalid',
      `the layer ${layer.name} (Embedding) takes whole numbers from 0 to ${inputDim - 1}, found ${found}; look whether the data were made for another vocabulary, or are scaled`,
    );
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
 * Runs `body` while every rectifier in the layer lets only positive gradient through: ReLU layers, and relu with any limit
 * or threshold as the activation of any other, also within TimeDistributed. Leaky and smooth ones stay as they are: they
 * have no rule.
 */
export function withGuidedRectifiers(tf: Tf, layer: Layer, body: () => Tensor[]): Tensor[] {
  if (isRectifier(layer)) return body().map((y) => guided(tf, y));
  const inner = innermost(layer);
  if (!isActivated(inner)) return body();
  const own = inner.activation;
  if (!RECTIFIER.test(own.getClassName()) || LEAKY.test(own.getClassName())) return body();
  return swapped(inner, { apply: (x) => guided(tf, own.apply(x)), getClassName: () => 'guided' }, body);
}

/** `relu`, `relu6`, `relu(max=2,threshold=1)` */
const RECTIFIER = /^relu6?($|\()/;
const LEAKY = /slope=(?!0(,|\)))/;

/** A ReLU layer without a slope below, or TimeDistributed of one. */
function isRectifier(layer: Layer): boolean {
  const inner = 'layer' in layer ? layer.layer : layer;
  if (!isLayer(inner) || inner.getClassName() !== 'ReLU') return false;
  return !inner.getConfig().negativeSlope;
}

function isLayer(value: unknown): value is Layer {
  return typeof value === 'object' && value !== null && 'getClassName' in value && 'getConfig' in value;
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
