/** Poolings of Keras that TensorFlow.js has not: global ones with kept axes, adaptive ones, one axis with channels first. */
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import type { Tf } from '../tf.ts';
import { channelsLast, channelsOf, type DataFormat, dataFormat, resized, spatialAxes } from './axes.ts';
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

/** Along one axis, `count` windows as even as they can be, of which neighbours may share a place. */
function adapted(tf: Tf, x: Tensor, axis: number, count: number, how: 'Average' | 'Max'): Tensor {
  const size = x.shape[axis] ?? 1;
  const windows = Array.from({ length: count }, (_, i) => {
    const [first, end] = [Math.floor((i * size) / count), Math.ceil(((i + 1) * size) / count)];
    const part = tf.slice(
      x,
      x.shape.map((_size, at) => (at === axis ? first : 0)),
      x.shape.map((whole, at) => (at === axis ? end - first : whole)),
    );
    return how === 'Max' ? tf.max(part, axis, true) : tf.mean(part, axis, true);
  });
  return windows.length === 1 && windows[0] ? windows[0] : tf.concat(windows, axis);
}

const window = z.object({
  poolSize: z.array(z.number().int()).length(1),
  strides: z.array(z.number().int()).length(1),
  padding: z.enum(['valid', 'same']),
});

export const poolings = (tf: Tf) =>
  (['Average', 'Max'] as const).flatMap((how) => [
    ...(['1D', '2D', '3D'] as const).map((dims) =>
      layerOf(tf, {
        className: `Adaptive${how}Pooling${dims}`,
        config: z.object({ dataFormat, outputSize: z.array(z.number().int()) }),
        shape: (own, inputs) => {
          const shape = only(inputs);
          const places = spatialAxes(shape.length, own.dataFormat);
          return shape.map((size, axis) => own.outputSize[places.indexOf(axis)] ?? size);
        },
        call: (_, inputs, own) => {
          const x = only(inputs);
          return spatialAxes(x.rank, own.dataFormat).reduce(
            (y, axis, at) => adapted(tf, y, axis, own.outputSize[at] ?? 1, how),
            x,
          );
        },
      }),
    ),
    layerOf(tf, {
      className: `ChannelsFirst${how}Pooling1D`,
      config: window,
      shape: ({ poolSize: [wide = 1], strides: [step = 1], padding }, inputs) =>
        resized(only(inputs), [2], (size) =>
          padding === 'same' ? Math.ceil(size / step) : Math.ceil((size - wide + 1) / step),
        ),
      call: (_, inputs, { poolSize: [wide = 1], strides: [step = 1], padding }) =>
        channelsLast(tf, only(inputs), 'channelsFirst', (x) => {
          const [b = 1, length = 1, c = 1] = x.shape;
          const column = x.as4D(b, length, 1, c);
          const y =
            how === 'Max'
              ? tf.maxPool(column, [wide, 1], [step, 1], padding)
              : tf.avgPool(column, [wide, 1], [step, 1], padding);
          return tf.squeeze(y, [2]);
        }),
    }),
  ]);
