/** Layers that pad, crop, repeat or sample the places of a picture, a volume or a sequence. */
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import type { Tf } from '../tf.ts';
import {
  type DataFormat,
  dataFormat,
  margins,
  marginsOf,
  perAxis,
  resized,
  sizes,
  spatialAxes,
} from './axes.ts';
import { layerOf, only } from './recipe.ts';

const padding = z.object({ padding: margins, dataFormat });
const cropping = z.object({ cropping: margins, dataFormat });

/** Each number `count` times in a row. A gather, whose gradient adds up what was repeated. */
function repeated(tf: Tf, x: Tensor, axis: number, count: number): Tensor {
  const size = x.shape[axis] ?? 0;
  const indices = Array.from({ length: size * count }, (_, i) => Math.floor(i / count));
  return count === 1 ? x : tf.gather(x, tf.tensor1d(indices, 'int32'), axis);
}

/**
 * TensorFlow's own sampling (half_pixel_centers) along one axis: a pixel's centre lies half a pixel in. By gathers, since
 * the gradients of TensorFlow.js' resizing know no such centres. float32, as there: at .5 the rounding decides.
 */
function sampledAlong(tf: Tf, x: Tensor, axis: number, size: number, how: string): Tensor {
  const old = x.shape[axis] ?? 0;
  if (old === size) return x;
  const scale = Math.fround(old / size);
  const centres = Array.from({ length: size }, (_, i) => Math.fround(Math.fround(i + 0.5) * scale));
  const gathered = (indices: readonly number[]) => tf.gather(x, tf.tensor1d([...indices], 'int32'), axis);
  if (how === 'nearest') return gathered(centres.map((at) => Math.min(Math.floor(at), old - 1)));
  const places = centres.map((at) => Math.fround(at - 0.5));
  const low = gathered(places.map((at) => Math.max(Math.floor(at), 0)));
  const high = gathered(places.map((at) => Math.min(Math.ceil(at), old - 1)));
  const share = tf.reshape(
    tf.tensor1d(places.map((at) => at - Math.floor(at))),
    x.shape.map((_, at) => (at === axis ? size : 1)),
  );
  return tf.add(low, tf.mul(tf.sub(high, low), share));
}

function sampled(tf: Tf, x: Tensor, height: number, width: number, how: string, format: DataFormat): Tensor {
  const [rows = 1, columns = 2] = spatialAxes(4, format);
  return sampledAlong(tf, sampledAlong(tf, x, rows, height, how), columns, width, how);
}

const rankOf = { '1D': 3, '2D': 4, '3D': 5 } as const;

export const shapeLayers = (tf: Tf) => [
  ...(['1D', '3D'] as const).flatMap((dims) => [
    layerOf(tf, {
      className: `ZeroPadding${dims}`,
      config: padding,
      shape: (config, inputs) => {
        const widths = marginsOf(config.padding, rankOf[dims] - 2);
        return resized(only(inputs), spatialAxes(rankOf[dims], config.dataFormat), (size, at) => {
          const [before, after] = widths[at]!;
          return size + before + after;
        });
      },
      call: (_, inputs, config) => {
        const x = only(inputs);
        const places = spatialAxes(x.rank, config.dataFormat);
        const widths = marginsOf(config.padding, places.length);
        return tf.pad(
          x,
          x.shape.map((_size, axis): [number, number] => widths[places.indexOf(axis)] ?? [0, 0]),
        );
      },
    }),
    layerOf(tf, {
      className: `Cropping${dims}`,
      config: cropping,
      shape: (config, inputs) => {
        const widths = marginsOf(config.cropping, rankOf[dims] - 2);
        return resized(only(inputs), spatialAxes(rankOf[dims], config.dataFormat), (size, at) => {
          const [before, after] = widths[at]!;
          return size - before - after;
        });
      },
      call: (_, inputs, config) => {
        const x = only(inputs);
        const places = spatialAxes(x.rank, config.dataFormat);
        const widths = marginsOf(config.cropping, places.length);
        const of = (axis: number) => widths[places.indexOf(axis)] ?? [0, 0];
        return tf.slice(
          x,
          x.shape.map((_size, axis) => of(axis)[0]),
          x.shape.map((size, axis) => size - of(axis)[0] - of(axis)[1]),
        );
      },
    }),
    layerOf(tf, {
      className: `UpSampling${dims}`,
      config: z.object({ size: sizes.default(2), dataFormat }),
      shape: (config, inputs) => {
        const times = perAxis(config.size, rankOf[dims] - 2);
        return resized(
          only(inputs),
          spatialAxes(rankOf[dims], config.dataFormat),
          (size, at) => size * times[at]!,
        );
      },
      call: (_, inputs, config) => {
        const x = only(inputs);
        const places = spatialAxes(x.rank, config.dataFormat);
        const times = perAxis(config.size, places.length);
        return places.reduce((y, axis, at) => repeated(tf, y, axis, times[at]!), x);
      },
    }),
  ]),
  layerOf(tf, {
    className: 'BilinearUpSampling2D',
    config: z.object({ size: sizes, dataFormat }),
    shape: (config, inputs) => {
      const times = perAxis(config.size, 2);
      return resized(only(inputs), spatialAxes(4, config.dataFormat), (size, at) => size * times[at]!);
    },
    call: (_, inputs, config) => {
      const x = only(inputs);
      const [high = 1, wide = 1] = perAxis(config.size, 2);
      const [rows = 1, columns = 2] = spatialAxes(4, config.dataFormat);
      const [height = 1, width = 1] = [x.shape[rows], x.shape[columns]];
      return sampled(tf, x, height * high, width * wide, 'bilinear', config.dataFormat);
    },
  }),
  layerOf(tf, {
    className: 'Resizing',
    config: z.object({
      height: z.number().int(),
      width: z.number().int(),
      interpolation: z.string(),
      dataFormat,
    }),
    shape: (config, inputs) =>
      resized(only(inputs), spatialAxes(4, config.dataFormat), (_, at) =>
        at === 0 ? config.height : config.width,
      ),
    call: (_, inputs, { height, width, interpolation, dataFormat: format }) =>
      sampled(tf, only(inputs), height, width, interpolation, format),
  }),
];
