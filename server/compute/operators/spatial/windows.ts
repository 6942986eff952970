/** Where the windows of convolutions and poolings lie along each axis of places, as ONNX' attributes say it. */
import { UserError } from '../../../../core/errors/index.ts';
import type { Attributes } from '../contract.ts';

/** Windows along one axis. */
export interface Windows {
  /** Of the input. */
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** What is padded before the first and after the last number. */
  readonly before: number;
  readonly after: number;
  /** How far the last window reaches over the padded end, where sizes are rounded up (ceil_mode). */
  readonly beyond: number;
  /** Of the output. */
  readonly places: number;
}

/** From the first number of a window to its last. */
export function reachOf({ kernel, dilation }: Pick<Windows, 'kernel' | 'dilation'>): number {
  return (kernel - 1) * dilation + 1;
}

export interface WindowAttributes {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly autoPad: AutoPad;
  /** Before each axis, then after each. */
  readonly pads: readonly number[];
}
const AUTO_PADS = ['NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID'] as const;
export type AutoPad = (typeof AUTO_PADS)[number];

/** Throws UserError('invalid') for attributes that do not fit an input of `axes` axes of places. */
export function windowAttributes(node: string, attributes: Attributes, axes: number): WindowAttributes {
  const perAxis = (name: string, least: number, fallback: number, count = axes) => {
    const found = attributes.numbers(name, Array<number>(count).fill(fallback));
    if (found.length !== count || found.some((value) => !Number.isInteger(value) || value < least))
      throw new UserError(
        'invalid',
        `the node ${node} has ${name} ${JSON.stringify(found)}; expected ${count} whole numbers from ${least}`,
      );
    return found;
  };
  const named = attributes.text('auto_pad', 'NOTSET') || 'NOTSET';
  const autoPad = AUTO_PADS.find((one) => one === named);
  if (!autoPad)
    throw new UserError(
      'invalid',
      `the node ${node} has auto_pad ${JSON.stringify(named)}; expected one of ${AUTO_PADS.join(', ')}`,
    );
  return {
    strides: perAxis('strides', 1, 1),
    dilations: perAxis('dilations', 1, 1),
    autoPad,
    pads: autoPad === 'NOTSET' ? perAxis('pads', 0, 0, 2 * axes) : Array<number>(2 * axes).fill(0),
  };
}

/**
 * Windows of each axis; `ceil`: sizes are rounded up, as poolings can. Throws UserError('invalid') where a window is larger
 * than the padded input.
 */
export function windowsOf(
  node: string,
  attributes: WindowAttributes,
  sizes: readonly number[],
  kernels: readonly number[],
  ceil = false,
): readonly Windows[] {
  return sizes.map((size, axis) => {
    const kernel = kernels[axis] ?? 1;
    const stride = attributes.strides[axis] ?? 1;
    const dilation = attributes.dilations[axis] ?? 1;
    const reach = reachOf({ kernel, dilation });
    const [before, after] = paddingOf(attributes, axis, size, stride, reach);
    const room = size + before + after - reach;
    if (room < 0)
      throw new UserError(
        'invalid',
        `the node ${node} has windows of ${reach} along an axis of ${size} (padded by ${before} and ${after}); expected no larger ones`,
      );
    let places = (ceil ? Math.ceil(room / stride) : Math.floor(room / stride)) + 1;
    // A window that would begin behind the last number is left out.
    if (ceil && (places - 1) * stride >= size + before) places--;
    const beyond = Math.max(0, (places - 1) * stride - room);
    return { size, kernel, stride, dilation, before, after, beyond, places };
  });
}

function paddingOf(
  { autoPad, pads, strides }: WindowAttributes,
  axis: number,
  size: number,
  stride: number,
  reach: number,
): readonly [number, number] {
  if (autoPad === 'NOTSET' || autoPad === 'VALID') return [pads[axis] ?? 0, pads[axis + strides.length] ?? 0];
  const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + reach - size);
  const less = Math.floor(total / 2);
  return autoPad === 'SAME_UPPER' ? [less, total - less] : [total - less, less];
}
