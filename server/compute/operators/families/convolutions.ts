/** Convolutions, and transposed ones. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import type { Tf } from '../../tf.ts';
import type { Attributes, Operand, Operator, OperatorCall } from '../contract.ts';
import { given, optional } from '../operands.ts';
import { filter, perUnit } from '../roles.ts';
import { convolve, convolvePoints, filterLast, isPoint } from '../spatial/convolve.ts';
import { channelsFirst, channelsLast } from '../spatial/layout.ts';
import { convolveTransposed } from '../spatial/transposed.ts';
import { type Windows, windowAttributes, windowsOf } from '../spatial/windows.ts';
import { perChannel } from '../statistics.ts';

interface Convolution {
  readonly x: Tensor;
  readonly filter: Tensor;
  readonly bias: Tensor | null;
  readonly groups: number;
}

/** x (n, c, ...places), filter (o, c / groups, ...kernel), bias (o). Throws UserError where they do not fit each other. */
function operandsOf(inputs: readonly Operand[], call: OperatorCall, transposed: boolean): Convolution {
  const [x, filter] = [given(inputs[0], call.name), given(inputs[1], call.name)];
  const groups = call.attributes.number('group', 1);
  const kernel = filter.shape.slice(2);
  const asked = call.attributes.numbers('kernel_shape', kernel);
  const places = x.rank - 2;
  if (places < 1 || places > 3)
    throw new UserError(
      places < 1 ? 'invalid' : 'unsupported',
      `the node ${call.name} convolves along ${places} axes; expected one to three`,
    );
  if (filter.rank !== x.rank || String(asked) !== String(kernel))
    throw new UserError(
      'invalid',
      `the node ${call.name} has a filter of shape [${filter.shape}] for an input of shape [${x.shape}] and a kernel_shape of [${asked}]; expected them to agree`,
    );
  const [first = 1, second = 1] = filter.shape;
  const channels = transposed ? first : second * groups;
  if (channels !== x.shape[1] || first % groups !== 0)
    throw new UserError(
      'invalid',
      `the node ${call.name} has a filter of shape [${filter.shape}] in ${groups} groups for ${x.shape[1]} channels; expected one for as many channels`,
    );
  return { x, filter, bias: optional(inputs[2], call.name), groups };
}

function biased(tf: Tf, y: Tensor, bias: Tensor | null): Tensor {
  return bias ? tf.add(y, bias) : y;
}

/** Of channels first, as ONNX has them. */
export function convolution(inputs: readonly Operand[], call: OperatorCall): Tensor {
  const { tf, name, attributes } = call;
  const { x, filter, bias, groups } = operandsOf(inputs, call, false);
  const windows = convolutionWindows(name, attributes, x.shape.slice(2), filter.shape.slice(2));
  if (groups === 1 && windows.every(isPoint)) {
    const y = convolvePoints(tf, x, filter, windows);
    return bias ? tf.add(y, perChannel(tf, bias, y)) : y;
  }
  const y = convolve(
    tf,
    channelsLast(tf, x),
    call.prepared(1, () => filterLast(tf, filter)),
    windows,
    groups,
  );
  return channelsFirst(tf, biased(tf, y, bias));
}

export function convolutionWindows(
  node: string,
  attributes: Attributes,
  sizes: readonly number[],
  kernel: readonly number[],
): readonly Windows[] {
  return windowsOf(node, windowAttributes(node, attributes, sizes.length), sizes, kernel);
}

function transposed(inputs: readonly Operand[], call: OperatorCall): Tensor {
  const { tf, name, attributes } = call;
  const { x, filter, bias, groups } = operandsOf(inputs, call, true);
  const places = x.rank - 2;
  const { strides, dilations, autoPad, pads } = windowAttributes(name, attributes, places);
  const added = attributes.numbers('output_padding', Array<number>(places).fill(0));
  const asked = attributes.has('output_shape') ? attributes.numbers('output_shape').slice(-places) : null;
  const axes = x.shape.slice(2).map((size, axis) => {
    const [stride, dilation] = [strides[axis] ?? 1, dilations[axis] ?? 1];
    const kernel = filter.shape[axis + 2] ?? 1;
    const whole = stride * (size - 1) + (added[axis] ?? 0) + (kernel - 1) * dilation + 1;
    const same = autoPad === 'SAME_UPPER' || autoPad === 'SAME_LOWER';
    // Where not even the whole is as long as "same" asks for, onnxruntime leaves it at that.
    const target = asked?.[axis] ?? (same ? Math.min(whole, size * stride) : null);
    if (target === null) {
      const [before, after] = [pads[axis] ?? 0, pads[axis + places] ?? 0];
      return { size, kernel, stride, dilation, before, places: whole - before - after };
    }
    // Of an uneven padding the larger half lies at the end, but with SAME_LOWER (and without auto_pad) at the start.
    const total = Math.max(0, whole - target);
    const half = Math.floor(total / 2);
    return {
      size,
      kernel,
      stride,
      dilation,
      before: autoPad === 'SAME_UPPER' ? half : total - half,
      places: target,
    };
  });
  const short = axes.find(({ places: count }) => count < 1);
  if (short)
    throw new UserError(
      'invalid',
      `the node ${name} would give ${short.places} places along an axis of ${short.size}; expected one at least`,
    );
  const y = convolveTransposed(tf, channelsLast(tf, x), filter, axes, groups);
  return channelsFirst(tf, biased(tf, y, bias));
}

export const operators: readonly Operator[] = [
  {
    onnx: 'Conv',
    units: 'second',
    weights: { 1: filter('unit', 'input'), 2: perUnit('bias') },
    apply: (inputs, call) => [convolution(inputs, call)],
  },
  {
    onnx: 'ConvTranspose',
    units: 'second',
    weights: { 1: filter('input', 'unit'), 2: perUnit('bias') },
    apply: (inputs, call) => [transposed(inputs, call)],
  },
];
