/** Tensors made larger or smaller at their ends. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import type { Tf } from '../../tf.ts';
import type { Operand, Operator, OperatorCall } from '../contract.ts';
import { given, numbersOf, optional } from '../operands.ts';
import { axisOf, bounded, counted } from '../tensors/axes.ts';
import { take } from '../tensors/selection.ts';
import { slicedAlong } from '../tensors/slices.ts';
import { concatenated } from './joining.ts';

const MODES = ['constant', 'reflect', 'edge', 'wrap'] as const;
type Mode = (typeof MODES)[number];

/** At most so many places before and after along an axis; below 0 it is cut. */
interface Ends {
  readonly axis: number;
  readonly before: number;
  readonly after: number;
}

function endsOf(x: Tensor, inputs: readonly Operand[], call: OperatorCall): Ends[] {
  const { name, attributes, opset } = call;
  const told =
    opset < 11 ? attributes.numbers(opset < 2 ? 'paddings' : 'pads') : numbersOf(given(inputs[1], name));
  const along = optional(inputs[3], name);
  const axes = along ? numbersOf(along).map((axis) => axisOf(axis, x.rank, name)) : counted(x.rank);
  if (told.length !== 2 * axes.length)
    throw new UserError(
      'invalid',
      `the node ${name} has ${told.length} pads for ${axes.length} axes; expected two for each`,
    );
  return axes.map((axis, at) => ({ axis, before: told[at] ?? 0, after: told[at + axes.length] ?? 0 }));
}

function padded(tf: Tf, x: Tensor, ends: Ends, mode: Mode, value: Tensor | null, node: string): Tensor {
  const { axis, before, after } = ends;
  if (before === 0 && after === 0) return x;
  const size = x.shape[axis] ?? 0;
  const whole = before + size + after;
  bounded(
    x.shape.map((own, at) => (at === axis ? whole : own)),
    node,
  );
  if (mode === 'constant') {
    const [from, to] = [Math.min(size, Math.max(0, -before)), size - Math.max(0, -after)];
    const kept = slicedAlong(tf, x, from, Math.max(0, to - from), axis);
    const filled = (count: number) => {
      const shape = x.shape.map((own, at) => (at === axis ? count : own));
      return count > 0 ? [fill(tf, x, shape, value)] : [];
    };
    return concatenated(tf, [...filled(before), kept, ...filled(after)], axis, node);
  }
  if (size === 0 && whole > 0)
    throw new UserError('invalid', `the node ${node} pads an axis without elements by the mode ${mode}`);
  return take(
    tf,
    x,
    Int32Array.from({ length: whole }, (_, at) => origin(at - before, size, mode)),
    axis,
  );
}

/** The place of an axis that stands for one outside of it. */
function origin(place: number, size: number, mode: Mode): number {
  const modulo = (by: number) => ((place % by) + by) % by;
  if (mode === 'wrap') return modulo(size);
  if (mode === 'edge') return Math.min(Math.max(place, 0), size - 1);
  if (size === 1) return 0;
  const turned = modulo(2 * (size - 1));
  return turned < size ? turned : 2 * (size - 1) - turned;
}

/** A constant of the tensor's own type; 0, false or no text where none is told. */
function fill(tf: Tf, like: Tensor, shape: number[], value: Tensor | null): Tensor {
  if (like.dtype === 'string') {
    const text = value ? (value.dataSync<'string'>()[0] ?? '') : '';
    return tf.fill(shape, text, 'string');
  }
  if (like.dtype === 'float32' && value) return tf.mul(tf.ones(shape), tf.reshape(value, []));
  const number = Number(value?.dataSync()[0] ?? 0);
  return tf.fill(
    shape,
    number,
    like.dtype === 'bool' ? 'bool' : like.dtype === 'int32' ? 'int32' : 'float32',
  );
}

function modeOf({ attributes, name }: OperatorCall): Mode {
  const told = attributes.text('mode', 'constant');
  const known = MODES.find((mode) => mode === told);
  if (known) return known;
  throw new UserError('invalid', `the node ${name} pads by the mode "${told}"; expected ${MODES.join(', ')}`);
}

export const operators: readonly Operator[] = [
  {
    onnx: 'Pad',
    units: 'kept',
    apply: (inputs, call) => {
      const { tf, name, attributes, opset } = call;
      const x = given(inputs[0], name);
      const mode = modeOf(call);
      const value = opset < 11 ? tf.scalar(attributes.number('value', 0)) : optional(inputs[2], name);
      const all = endsOf(x, inputs, call);
      bounded(
        x.shape.map((size, at) => {
          const own = all.find(({ axis }) => axis === at);
          return size + (own ? own.before + own.after : 0);
        }),
        name,
      );
      return [all.reduce((made, ends) => padded(tf, made, ends, mode, value, name), x)];
    },
  },
  {
    onnx: 'CenterCropPad',
    units: 'kept',
    apply: ([operand, shape], { tf, name, attributes }) => {
      const x = given(operand, name);
      const wanted = numbersOf(given(shape, name));
      const axes = attributes.has('axes')
        ? attributes.numbers('axes').map((axis) => axisOf(axis, x.rank, name))
        : counted(x.rank);
      if (axes.length !== wanted.length)
        throw new UserError(
          'invalid',
          `the node ${name} is told ${wanted.length} sizes for ${axes.length} axes; expected as many`,
        );
      return [
        axes.reduce((made, axis, at) => {
          const [size, target] = [x.shape[axis] ?? 0, wanted[at] ?? 0];
          if (target <= size) return slicedAlong(tf, made, Math.floor((size - target) / 2), target, axis);
          const before = Math.floor((target - size) / 2);
          return padded(tf, made, { axis, before, after: target - size - before }, 'constant', null, name);
        }, x),
      ];
    },
  },
];
