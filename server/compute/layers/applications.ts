/** Layers of keras.applications (keras/src/applications/convnext.py, inception_resnet_v2.py). */
import { z } from 'zod';
import type { Tf } from '../tf.ts';
import { layerOf, only } from './recipe.ts';

export const applications = (tf: Tf) => [
  layerOf(tf, {
    className: 'LayerScale',
    config: z.object({ projectionDim: z.number().int() }),
    weights: ({ projectionDim }) => [{ name: 'gamma', shape: [projectionDim] }],
    shape: (_, inputs) => only(inputs),
    call: (_, inputs, _config, weights) => tf.mul(only(inputs), only(weights)),
  }),
  layerOf(tf, {
    className: 'CustomScaleLayer',
    config: z.object({ scale: z.number() }),
    shape: (_, inputs) => only(inputs),
    call: (_, inputs, { scale }) => {
      const [x = only(inputs), branch = only(inputs)] = inputs;
      return tf.add(x, tf.mul(branch, scale));
    },
  }),
];
