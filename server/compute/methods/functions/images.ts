import { UserError } from '../../../../core/errors/index.ts';
import { shownPictures } from '../../data/display.ts';
import { classNames, labelsOf, pictureShape } from '../../data/examples.ts';
import { checkCancelled } from '../../inference/forward.ts';
import { f32, i32, type Method } from '../method.ts';

/** Pictures that a query without a limit shows. */
const DEFAULT_LIMIT = 100;

/** The pictures of a slice, in [0, 1]. */
export const method: Method = {
  version: '1',
  reading: 'Each picture is one example; its index and class stand below.',
  bytes: ({ query, data }) =>
    (query.limit ?? DEFAULT_LIMIT) * (data?.manifest.shape.reduce((a, b) => a * b, 1) ?? 0) * 4 * 2,
  async run(context) {
    const found = await context.examples();
    const { dataset } = found.split;
    if (!pictureShape(dataset))
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
    const shown = shownPictures(examples, 0, n);
    if (!shown) throw new Error('the examples are no pictures');
    const { shape, pixels } = shown;
    const warnings = n < total ? [`The first ${n} of ${total}; write limit ${total} to see all.`] : [];
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
      warnings: [...warnings, ...shown.warnings],
    };
  },
};
