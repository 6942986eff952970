/** Global poolings of Keras that TensorFlow.js has not: over volumes, with channels first, and with kept axes. */
import { z } from 'zod';
import type { Tf } from '../tf.ts';
import { channelsOf, type DataFormat, dataFormat, spatialAxes } from './axes.ts';
import { layerOf, only, type Shape } from './recipe.ts';

const config = z.object({ dataFormat, keepdims: z.boolean().default(false) });

function pooled(shape: Shape, format: DataFormat, keep: boolean): Shape {
  const [batch = null] = shape;
  const channels = shape[channelsOf(shape.length, format)] ?? null;
  if (!keep) return [batch, channels];
  const places = spatialAxes(shape.length, format);
  return shape.map((size, axis) => (places.includes(axis) ? 1 : size));
}

export const globalPoolings = (tf: Tf) =>
  (['1D', '2D', '3D'] as const).flatMap((dims) =>
    (['Average', 'Max'] as const).map((how) =>
      layerOf(tf, {
        className: `Global${how}Pooling${dims}`,
        config,
        shape: (own, inputs) => pooled(only(inputs), own.dataFormat, own.keepdims),
        call: (_, inputs, own) => {
          const x = only(inputs);
          const places = spatialAxes(x.rank, own.dataFormat);
          return how === 'Max' ? tf.max(x, places, own.keepdims) : tf.mean(x, places, own.keepdims);
        },
      }),
    ),
  );
