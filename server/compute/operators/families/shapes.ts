/** What changes a tensor's shape and not its elements, or tells of its shape. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import type { Tf } from '../../tf.ts';
import type { MovedUnits, Operator } from '../contract.ts';
import { given, numbersOf, optional } from '../operands.ts';
import { axesOf, axisOf, bounded, counted, sizeOf, stridesOf } from '../tensors/axes.ts';
import { broadcastIndices, broadcastShape, expand, gridIndices } from '../tensors/broadcasting.ts';
import { pick, take } from '../tensors/selection.ts';

/** Of -1 the size that is left, of 0 the input's own unless zeros are meant as such. */
export function reshapedTo(x: Tensor, wanted: readonly number[], zeros: boolean, node: string): number[] {
  const shape = wanted.map((size, at) => (size === 0 && !zeros ? (x.shape[at] ?? 0) : size));
  const known = sizeOf(shape.filter((size) => size !== -1));
  const found = shape.map((size) => (size === -1 && known > 0 ? x.size / known : size));
  const open = shape.filter((size) => size === -1).length;
  if (open > 1 || found.some((size) => !(Number.isInteger(size) && size >= 0)) || sizeOf(found) !== x.size)
    throw new UserError(
      'invalid',
      `the node ${node} reshapes [${x.shape}] to [${wanted.join(', ')}]; expected a shape of ${x.size} elements`,
    );
  return found;
}

/** Also of texts, which the backends do not turn. */
export function transposed(tf: Tf, x: Tensor, order: readonly number[]): Tensor {
  if (x.dtype !== 'string' && x.rank <= 6) return tf.transpose(x, [...order]);
  const strides = stridesOf(x.shape);
  const shape = order.map((axis) => x.shape[axis] ?? 1);
  return pick(
    tf,
    x,
    gridIndices(
      shape,
      order.map((axis) => strides[axis] ?? 0),
    ),
    shape,
  );
}

/** Units stay where their axis, and all before it or all behind it, stays. */
function reshapedUnits({ axis, from, to }: MovedUnits): number | null {
  const same = (at: number, there: number) => from[at] !== null && from[at] === to[there];
  if (axis === from.length - 1) return same(axis, to.length - 1) ? to.length - 1 : null;
  return axis === 1 && to.length > 2 && same(1, 1) ? 1 : null;
}

export const operators: readonly Operator[] = [
  {
    onnx: 'Reshape',
    units: 'kept',
    movesUnits: reshapedUnits,
    apply: ([operand, shape], { tf, name, attributes, opset }) => {
      const x = given(operand, name);
      const wanted = opset < 5 ? attributes.numbers('shape') : numbersOf(given(shape, name));
      return [tf.reshape(x, reshapedTo(x, wanted, attributes.number('allowzero', 0) !== 0, name))];
    },
  },
  {
    onnx: 'Flatten',
    units: 'last',
    apply: ([operand], { tf, name, attributes }) => {
      const x = given(operand, name);
      const told = attributes.number('axis', 1);
      const axis = told === x.rank ? told : axisOf(told, x.rank, name);
      return [tf.reshape(x, [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis))])];
    },
  },
  {
    onnx: 'Squeeze',
    units: 'kept',
    apply: (inputs, call) => {
      const x = given(inputs[0], call.name);
      const told = axesOf(inputs, 1, call, x.rank);
      const axes = told ?? counted(x.rank).filter((axis) => x.shape[axis] === 1);
      const wide = axes.find((axis) => x.shape[axis] !== 1);
      if (wide !== undefined)
        throw new UserError(
          'invalid',
          `the node ${call.name} squeezes the axis ${wide} of the shape [${x.shape}]; expected a size of 1`,
        );
      return [
        call.tf.reshape(
          x,
          x.shape.filter((_, axis) => !axes.includes(axis)),
        ),
      ];
    },
  },
  {
    onnx: 'Unsqueeze',
    units: 'kept',
    apply: (inputs, call) => {
      const x = given(inputs[0], call.name);
      const told = optional(inputs[1], call.name);
      const count = told ? told.size : call.attributes.numbers('axes').length;
      const axes = axesOf(inputs, 1, call, x.rank + count) ?? [];
      let from = 0;
      const shape = counted(x.rank + count).map((axis) => (axes.includes(axis) ? 1 : (x.shape[from++] ?? 1)));
      return [call.tf.reshape(x, shape)];
    },
  },
  {
    onnx: 'Transpose',
    units: 'kept',
    movesUnits: ({ axis, to }, attributes) =>
      attributes.numbers('perm', counted(to.length).reverse()).indexOf(axis),
    apply: ([operand], { tf, name, attributes }) => {
      const x = given(operand, name);
      const order = attributes.numbers('perm', counted(x.rank).reverse());
      if ([...order].sort((a, b) => a - b).join() !== counted(x.rank).join())
        throw new UserError(
          'invalid',
          `the node ${name} puts the axes of the shape [${x.shape}] in the order ${order.join(', ')}; expected each of ${x.rank} once`,
        );
      return [transposed(tf, x, order)];
    },
  },
  {
    onnx: 'Shape',
    units: 'last',
    types: () => ['int64'],
    apply: ([operand], { tf, name, attributes }) => {
      const x = given(operand, name);
      const end = attributes.has('end') ? attributes.number('end') : x.rank;
      return [tf.tensor1d(x.shape.slice(attributes.number('start', 0), end), 'int32')];
    },
  },
  {
    onnx: 'Size',
    units: 'last',
    types: () => ['int64'],
    apply: ([operand], { tf, name }) => [tf.scalar(given(operand, name).size, 'int32')],
  },
  {
    onnx: 'Expand',
    units: 'kept',
    apply: ([operand, shape], { tf, name }) => {
      const x = given(operand, name);
      const whole = broadcastShape([x.shape, numbersOf(given(shape, name))], name);
      if (x.dtype === 'float32') return [expand(tf, x, whole)];
      return [pick(tf, x, broadcastIndices(x.shape, whole), whole)];
    },
  },
  {
    onnx: 'Tile',
    units: 'kept',
    apply: ([operand, repeats], { tf, name }) => {
      const x = given(operand, name);
      const times = numbersOf(given(repeats, name));
      if (times.length !== x.rank)
        throw new UserError(
          'invalid',
          `the node ${name} repeats the shape [${x.shape}] ${times.join(', ')} times; expected a number for each axis`,
        );
      bounded(
        x.shape.map((size, axis) => size * (times[axis] ?? 1)),
        name,
      );
      return [
        times.reduce((made, count, axis) => {
          const size = x.shape[axis] ?? 1;
          return count === 1
            ? made
            : take(
                tf,
                made,
                Int32Array.from({ length: size * count }, (_, at) => at % size),
                axis,
              );
        }, x),
      ];
    },
  },
];
