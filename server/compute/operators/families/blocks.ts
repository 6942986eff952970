/** Places put into channels, channels into places, and columns into pictures. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import type { Operator, OperatorCall } from '../contract.ts';
import { given, numbersOf } from '../operands.ts';
import { ofRank, sizeOf, stridesOf } from '../tensors/axes.ts';
import { gridIndices } from '../tensors/broadcasting.ts';
import { accumulate } from '../tensors/selection.ts';
import { transposed } from './shapes.ts';

function blockSize({ attributes, name }: OperatorCall, divides: readonly number[]): number {
  const size = attributes.number('blocksize');
  if (Number.isInteger(size) && size > 0 && divides.every((one) => one % size === 0)) return size;
  throw new UserError(
    'invalid',
    `the node ${name} has blocks of ${size} for sizes of ${divides.join(' and ')}; expected one that divides them`,
  );
}

/** (n, c * kernel, blocks) added up to (n, c, ...image). */
function fromColumns(
  x: Tensor,
  image: readonly number[],
  kernel: readonly number[],
  call: OperatorCall,
): Tensor {
  const { tf, attributes, name } = call;
  const rank = image.length;
  const ones = image.map(() => 1);
  const [dilations, strides] = [attributes.numbers('dilations', ones), attributes.numbers('strides', ones)];
  const pads = attributes.numbers(
    'pads',
    [...ones, ...ones].map(() => 0),
  );
  const padded = image.map((size, axis) => size + (pads[axis] ?? 0) + (pads[axis + rank] ?? 0));
  const counts = padded.map((size, axis) => {
    const reach = (dilations[axis] ?? 1) * ((kernel[axis] ?? 1) - 1) + 1;
    return Math.floor((size - reach) / (strides[axis] ?? 1)) + 1;
  });
  const [n = 1, rows = 1, blocks = 1] = x.shape;
  const channels = rows / sizeOf(kernel);
  if (!Number.isInteger(channels) || blocks !== sizeOf(counts))
    throw new UserError(
      'invalid',
      `the node ${name} has columns of shape [${x.shape}] for blocks of ${kernel.join(' x ')} of a picture of ${image.join(' x ')}; expected ${sizeOf(counts)} blocks of a multiple of ${sizeOf(kernel)} elements`,
    );
  // On the padded picture, whose borders are cut then.
  const steps = stridesOf(padded);
  const places = gridIndices(
    [...kernel, ...counts],
    [
      ...steps.map((step, axis) => step * (dilations[axis] ?? 1)),
      ...steps.map((step, axis) => step * (strides[axis] ?? 1)),
    ],
  );
  const columns = tf.reshape(x, [n * channels, sizeOf(kernel) * blocks]);
  const whole = tf.reshape(accumulate(tf, columns, places, 1, sizeOf(padded)), [n * channels, ...padded]);
  const cut = tf.slice(whole, [0, ...image.map((_, axis) => pads[axis] ?? 0)], [n * channels, ...image]);
  return tf.reshape(cut, [n, channels, ...image]);
}

export const operators: readonly Operator[] = [
  {
    onnx: 'DepthToSpace',
    units: 'second',
    apply: ([operand], call) => {
      const { tf, attributes, name } = call;
      const x = ofRank(given(operand, name), 4, 'pictures', name);
      const [n = 1, c = 1, h = 1, w = 1] = x.shape;
      const size = attributes.number('blocksize');
      const depth = c / (size * size);
      if (!(Number.isInteger(depth) && size > 0))
        throw new UserError(
          'invalid',
          `the node ${name} spreads ${c} channels over blocks of ${size} x ${size}; expected a multiple of ${size * size}`,
        );
      const mode = attributes.text('mode', 'DCR');
      if (mode !== 'DCR' && mode !== 'CRD')
        throw new UserError(
          'invalid',
          `the node ${name} spreads channels by the mode "${mode}"; expected DCR or CRD`,
        );
      const turned =
        mode === 'DCR'
          ? transposed(tf, tf.reshape(x, [n, size, size, depth, h, w]), [0, 3, 4, 1, 5, 2])
          : transposed(tf, tf.reshape(x, [n, depth, size, size, h, w]), [0, 1, 4, 2, 5, 3]);
      return [tf.reshape(turned, [n, depth, h * size, w * size])];
    },
  },
  {
    onnx: 'SpaceToDepth',
    units: 'second',
    apply: ([operand], call) => {
      const { tf, attributes, name } = call;
      const x = ofRank(given(operand, name), 4, 'pictures', name);
      const [n = 1, c = 1, h = 1, w = 1] = x.shape;
      const size = blockSize(call, [h, w]);
      const split = tf.reshape(x, [n, c, h / size, size, w / size, size]);
      const crd = attributes.text('mode', 'DCR') === 'CRD';
      const turned = transposed(tf, split, crd ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4]);
      return [tf.reshape(turned, [n, c * size * size, h / size, w / size])];
    },
  },
  {
    onnx: 'Col2Im',
    units: 'second',
    apply: ([columns, image, block], call) => [
      fromColumns(
        ofRank(given(columns, call.name), 3, 'columns', call.name),
        numbersOf(given(image, call.name)),
        numbersOf(given(block, call.name)),
        call,
      ),
    ],
  },
];
