/**
 * Normalisation where TensorFlow.js 4.22 has it not: by layer of volumes, and by batch on the way back without a scale or an
 * offset. By batch the layer is one of ours (network/layers/normalizations.ts). corners.test.ts compares both with TensorFlow's.
 */
import type { layers, NamedTensorMap, Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import type { Tf } from '../tf.ts';

const supplied = new WeakSet<object>();

/** A second call does nothing. */
export function supplyNormalisation(tf: Tf): void {
  if (supplied.has(tf.engine())) return;
  supplied.add(tf.engine());
  completeScales(tf);
  const prototype: layers.Layer = Object.getPrototypeOf(tf.layers.layerNormalization({}));
  const known = prototype.call;
  prototype.call = function (this: layers.Layer, inputs, kwargs) {
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    return x && x.rank > KNOWN_RANK
      ? tf.tidy(() => normalised(tf, this, x))
      : known.call(this, inputs, kwargs);
  };
}

/** Of the kernel: (batch, height, width, channels). */
const KNOWN_RANK = 4;

/**
 * Without scale or offset a layer hands null to the kernel, which takes it; the record of what is to be differentiated
 * does not. Ones and zeros stand in there.
 */
function completeScales(tf: Tf): void {
  const engine = tf.engine();
  const run = engine.runKernel.bind(engine);
  engine.runKernel = <T extends Tensor | Tensor[]>(
    kernelName: string,
    inputs: NamedTensorMap,
    attrs?: Parameters<typeof run>[2],
  ): T => {
    const { mean, scale, offset } = inputs;
    if (kernelName !== 'FusedBatchNorm' || engine.state.gradientDepth === 0 || !mean)
      return run(kernelName, inputs, attrs);
    const whole = { ...inputs, scale: scale ?? tf.onesLike(mean), offset: offset ?? tf.zerosLike(mean) };
    return run(kernelName, whole, attrs);
  };
}

const configSchema = z.object({
  axis: z.union([z.number(), z.array(z.number())]),
  epsilon: z.number(),
  scale: z.boolean(),
  center: z.boolean(),
});

/** (x - mean) / sqrt(variance + epsilon) * gamma + beta, written out. */
function normalised(tf: Tf, layer: layers.Layer, x: Tensor): Tensor {
  const { axis, epsilon, scale, center } = configSchema.parse(layer.getConfig());
  const axes = [axis].flat().map((a) => (a < 0 ? a + x.rank : a));
  // In the order in which they were made.
  const weights = [...layer.weights].sort((a, b) => a.id - b.id).map((weight) => weight.read());
  const along = (weight: Tensor | undefined) =>
    weight &&
    tf.reshape(
      weight,
      x.shape.map((size, at) => (axes.includes(at) ? size : 1)),
    );
  const gamma = scale ? along(weights.shift()) : undefined;
  const beta = center ? along(weights.shift()) : undefined;
  const { mean, variance } = tf.moments(x, axes, true);
  const centred = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, epsilon)));
  const scaled = gamma ? tf.mul(centred, gamma) : centred;
  return beta ? tf.add(scaled, beta) : scaled;
}
