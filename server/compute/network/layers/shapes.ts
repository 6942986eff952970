/** Layers that flatten, reshape, pad, crop, repeat or sample the places of a picture, a volume or a sequence. */
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import type { Tf } from '../../tf.ts';
import {
  type DataFormat,
  dataFormat,
  margins,
  marginsOf,
  perAxis,
  placesOf,
  resized,
  sizes,
} from './axes.ts';
import { layerOf, only, type Shape } from './recipe.ts';

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
  const [rows = 1, columns = 2] = placesOf(4, format);
  return sampledAlong(tf, sampledAlong(tf, x, rows, height, how), columns, width, how);
}

const rankOf = { '1D': 3, '2D': 4, '3D': 5 } as const;

/** The product; null where one of them is open. */
function product(shape: Shape): number | null {
  return shape.reduce<number | null>((a, b) => (a === null || b === null ? null : a * b), 1);
}

export const shapeLayers = (tf: Tf) => [
  // TensorFlow.js' own takes no rows, as they stand after a global pooling, and no open sizes.
  layerOf(tf, {
    className: 'Flatten',
    config: z.object({ dataFormat }),
    shape: (_, inputs) => {
      const [batch = null, ...sizes] = only(inputs);
      return [batch, product(sizes)];
    },
    call: (_, inputs, config) => {
      const x = only(inputs);
      const [batch = 0, ...sizes] = x.shape;
      // Channels go last, as they stand where they were there from the first.
      const first = config.dataFormat === 'channelsFirst' && x.rank > 2;
      const turned = first ? tf.transpose(x, [0, ...placesOf(x.rank, 'channelsFirst'), 1]) : x;
      return tf.reshape(turned, [batch, sizes.reduce((a, b) => a * b, 1)]);
    },
  }),
  // TensorFlow.js' own never reckons the size that is left to it (-1), so that no weights can be made after it.
  layerOf(tf, {
    className: 'Reshape',
    config: z.object({ targetShape: sizes.transform((value) => [value].flat()) }),
    shape: ({ targetShape }, inputs) => {
      const [batch = null, ...from] = only(inputs);
      const known = targetShape.filter((size) => size >= 0).reduce((a, b) => a * b, 1);
      const count = product(from);
      const left = count === null ? null : count / known;
      const faulty = targetShape.includes(-1) ? !Number.isInteger(left ?? 0) : (left ?? 1) !== 1;
      if (faulty) throw new Error(`[${from.join(', ')}] cannot be reshaped into [${targetShape.join(', ')}]`);
      return [batch, ...targetShape.map((size) => (size < 0 ? left : size))];
    },
    call: (_, inputs, { targetShape }) => {
      const x = only(inputs);
      return tf.reshape(x, [x.shape[0] ?? 0, ...targetShape]);
    },
  }),
  ...(['1D', '3D'] as const).flatMap((dims) => [
    layerOf(tf, {
      className: `ZeroPadding${dims}`,
      config: padding,
      shape: (config, inputs) => {
        const widths = marginsOf(config.padding, rankOf[dims] - 2);
        return resized(only(inputs), placesOf(rankOf[dims], config.dataFormat), (size, at) => {
          const [before, after] = widths[at]!;
          return size + before + after;
        });
      },
      call: (_, inputs, config) => {
        const x = only(inputs);
        const places = placesOf(x.rank, config.dataFormat);
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
        return resized(only(inputs), placesOf(rankOf[dims], config.dataFormat), (size, at) => {
          const [before, after] = widths[at]!;
          return size - before - after;
        });
      },
      call: (_, inputs, config) => {
        const x = only(inputs);
        const places = placesOf(x.rank, config.dataFormat);
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
          placesOf(rankOf[dims], config.dataFormat),
          (size, at) => size * times[at]!,
        );
      },
      call: (_, inputs, config) => {
        const x = only(inputs);
        const places = placesOf(x.rank, config.dataFormat);
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
      return resized(only(inputs), placesOf(4, config.dataFormat), (size, at) => size * times[at]!);
    },
    call: (_, inputs, config) => {
      const x = only(inputs);
      const [high = 1, wide = 1] = perAxis(config.size, 2);
      const [rows = 1, columns = 2] = placesOf(4, config.dataFormat);
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
      resized(only(inputs), placesOf(4, config.dataFormat), (_, at) =>
        at === 0 ? config.height : config.width,
      ),
    call: (_, inputs, { height, width, interpolation, dataFormat: format }) =>
      sampled(tf, only(inputs), height, width, interpolation, format),
  }),
];
