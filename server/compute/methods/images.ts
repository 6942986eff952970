import { UserError } from '../../../core/errors/index.ts';
import { classNames, labelsOf, pictureShape, rowsOf } from '../examples.ts';
import { checkCancelled } from '../forward.ts';
import { f32, i32, type Method } from './method.ts';

/** Pictures that a query without a limit shows. */
const DEFAULT_LIMIT = 100;

/** The pictures of a slice, in [0, 1]. */
export const images: Method = {
  function: 'images',
  version: '1',
  summary: 'The pictures of a slice.',
  reading: 'Each picture is one example; its index and class stand below.',
  bytes: ({ query, data }) =>
    (query.limit ?? DEFAULT_LIMIT) * (data?.manifest.shape.reduce((a, b) => a * b, 1) ?? 0) * 4 * 2,
  async run(context) {
    const found = await context.examples();
    const { dataset } = found.split;
    const shape = pictureShape(dataset);
    if (!shape)
      throw new UserError(
        'invalid',
        `the examples of ${found.address} have shape [${dataset.shape.join(', ')}]: images() needs (height, width) or (height, width, channels)`,
      );
    const total = found.indices.length;
    const examples =
      context.plan.query.limit === undefined
        ? { ...found, indices: found.indices.slice(0, DEFAULT_LIMIT) }
        : found;
    const n = examples.indices.length;
    checkCancelled(context.signal);
    const pixels = rowsOf(examples, 0, n);
    const warnings = n < total ? [`The first ${n} of ${total}; write limit ${total} to see all.`] : [];
    if (fitToUnit(pixels)) warnings.push('The values lie outside of 0 to 1: they were stretched to fit.');
    return {
      type: 'images',
      title: `Examples of ${examples.address}`,
      axes: [
        { name: 'example', size: n },
        { name: 'y', size: shape[0], unit: 'pixels' },
        { name: 'x', size: shape[1], unit: 'pixels' },
        { name: 'class', size: dataset.classes.length, labels: classNames(dataset, dataset.classes.length) },
      ],
      tensors: {
        images: f32(pixels, [n, ...shape], ['example', 'y', 'x', 'channel']),
        index: i32(examples.indices, [n], ['example']),
        label: i32(labelsOf(examples), [n], ['example']),
      },
      n,
      warnings,
    };
  },
};

/** Stretches values to [0, 1] where any lies outside; true if it did. NaN becomes 0. */
export function fitToUnit(pixels: Float32Array): boolean {
  let [min, max] = [0, 1];
  for (const value of pixels) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const stretch = min < 0 || max > 1;
  for (let i = 0; i < pixels.length; i++) {
    const value = pixels[i]!;
    if (Number.isNaN(value)) pixels[i] = 0;
    else if (stretch) pixels[i] = (value - min) / (max - min);
  }
  return stretch;
}
