/** Pictures and other grids of another size: each axis is interpolated alone. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import type { Tf } from '../../tf.ts';
import type { Operand, Operator, OperatorCall } from '../contract.ts';
import { given, numbersOf, optional } from '../operands.ts';
import { axisOf, bounded, counted } from '../tensors/axes.ts';
import { type Interpolation, type Taps, tapsOf } from '../tensors/interpolation.ts';
import { halfToEven } from '../tensors/precision.ts';
import { take } from '../tensors/selection.ts';
import { fitted, isWhole, wholeTensor } from '../tensors/whole-numbers.ts';

/** For each axis that changes: how large it is made, by what scale, and what of it is taken. */
interface Plan {
  readonly axis: number;
  readonly made: number;
  readonly scale: number;
  readonly roi: readonly [number, number];
}

const MODES: Readonly<Record<string, Interpolation['mode']>> = {
  nearest: 'nearest',
  linear: 'linear',
  bilinear: 'linear',
  trilinear: 'linear',
  cubic: 'cubic',
};

function modeOf({ attributes, name }: OperatorCall): Interpolation['mode'] {
  const told = attributes.text('mode', 'nearest');
  const known = Object.hasOwn(MODES, told) ? MODES[told] : undefined;
  if (known) return known;
  throw new UserError(
    'invalid',
    `the node ${name} resizes by the mode "${told}"; expected nearest, linear or cubic`,
  );
}

function interpolated(
  tf: Tf,
  x: Tensor,
  { axis }: Plan,
  { places, weights, outside }: Taps,
  value: number,
): Tensor {
  const along = (values: Float32Array | Uint8Array, dtype: 'float32' | 'bool') =>
    tf.tensor(
      values,
      x.shape.map((_, at) => (at === axis ? values.length : 1)),
      dtype,
    );
  const one = places.length === 1;
  const parts = places.map((place, tap) => {
    const taken = take(tf, x, place, axis);
    return one ? taken : tf.mul(taken, along(weights[tap] ?? new Float32Array(0), 'float32'));
  });
  const made = parts.reduce((sum, part) => tf.add(sum, part));
  if (!outside?.some((is) => is === 1)) return made;
  return tf.where(tf.broadcastTo(along(outside, 'bool'), made.shape), tf.fill(made.shape, value), made);
}

function resized(
  x: Tensor,
  plans: readonly Plan[],
  own: Interpolation,
  value: number,
  call: OperatorCall,
): Tensor {
  const { tf, name } = call;
  bounded(
    x.shape.map((size, axis) => plans.find((plan) => plan.axis === axis)?.made ?? size),
    name,
  );
  const changed = plans.filter(({ axis, made, scale, roi }) => {
    const whole = roi[0] === 0 && roi[1] === 1;
    return !(made === x.shape[axis] && scale === 1 && whole);
  });
  if (changed.length === 0) return x;
  const empty = plans.find(({ axis, made }) => x.shape[axis] === 0 && made > 0);
  if (empty)
    throw new UserError('invalid', `the node ${name} resizes an axis without elements to ${empty.made}`);
  const whole = isWhole(x);
  const made = changed.reduce(
    (all, plan) =>
      interpolated(
        tf,
        all,
        plan,
        tapsOf(own, x.shape[plan.axis] ?? 1, plan.made, plan.scale, plan.roi),
        value,
      ),
    // Of integers neighbours are taken as they are, sums of them are rounded.
    whole ? tf.cast(x, 'float32') : x,
  );
  if (!whole) return made;
  const type = call.inputTypes[0] ?? null;
  return wholeTensor(
    tf,
    Int32Array.from(made.dataSync(), (number) => fitted(halfToEven(number), type, name)),
    made.shape,
    type,
  );
}

/** Of inputs `roi`, `scales` and `sizes`, of which before version 11 there was one alone. */
function plansOf(x: Tensor, inputs: readonly Operand[], call: OperatorCall): Plan[] {
  const { name, attributes, opset } = call;
  const told = (at: number) => {
    const tensor = optional(inputs[at], name);
    return tensor && tensor.size > 0 ? numbersOf(tensor) : null;
  };
  const axes = attributes.has('axes')
    ? attributes.numbers('axes').map((axis) => axisOf(axis, x.rank, name))
    : counted(x.rank);
  const count = axes.length;
  const [scales, sizes] = opset < 11 ? [told(1), null] : [told(2), told(3)];
  const roi =
    attributes.text('coordinate_transformation_mode', 'half_pixel') === 'tf_crop_and_resize' ? told(1) : null;
  for (const [what, list, expected] of [
    ['scales', scales, count],
    ['sizes', sizes, count],
    ['ends of a region', roi, 2 * count],
  ] as const)
    if (list && list.length !== expected)
      throw new UserError(
        'invalid',
        `the node ${name} is told ${list.length} ${what} for ${count} axes; expected ${expected}`,
      );
  if (!scales && !sizes)
    throw new UserError('invalid', `the node ${name} resizes without scales and sizes; expected one of them`);
  const policy = attributes.text('keep_aspect_ratio_policy', 'stretch');
  const ratios = axes.map((axis, at) => (sizes?.[at] ?? 0) / (x.shape[axis] ?? 1));
  const shared =
    policy === 'not_larger' ? Math.min(...ratios) : policy === 'not_smaller' ? Math.max(...ratios) : null;
  return axes.map((axis, at) => {
    const size = x.shape[axis] ?? 1;
    const cut: [number, number] = roi ? [roi[at] ?? 0, roi[at + count] ?? 1] : [0, 1];
    if (sizes && shared !== null)
      return { axis, made: Math.floor(shared * size + 0.5), scale: shared, roi: cut };
    if (sizes) return { axis, made: sizes[at] ?? size, scale: ratios[at] ?? 1, roi: cut };
    return { axis, ...scaledTo(size, scales?.[at] ?? 1, name), roi: cut };
  });
}

/** As single precision has it: 3 by 7 / 3 is 7. */
function scaledTo(size: number, scale: number, node: string): { made: number; scale: number } {
  if (!(scale > 0))
    throw new UserError('invalid', `the node ${node} resizes by a scale of ${scale}; expected one above 0`);
  return { made: Math.floor(Math.fround(scale * size)), scale };
}

const SIMPLE = { nearest: 'simple', coordinates: 'asymmetric', cubicA: -0.75 } as const;

export const operators: readonly Operator[] = [
  {
    onnx: 'Resize',
    units: 'second',
    apply: (inputs, call) => {
      const { name, attributes, opset } = call;
      const x = given(inputs[0], name);
      const mode = modeOf(call);
      const antialias = attributes.number('antialias', 0) !== 0;
      if (antialias && mode === 'nearest')
        throw new UserError(
          'unsupported',
          `the node ${name} smooths what it takes the nearest of, which has no meaning`,
        );
      const later = {
        nearest: attributes.text('nearest_mode', 'round_prefer_floor'),
        coordinates: attributes.text('coordinate_transformation_mode', 'half_pixel'),
        cubicA: attributes.number('cubic_coeff_a', -0.75),
      };
      const own = {
        ...{ node: name, mode, antialias, ...(opset < 11 ? SIMPLE : later) },
        excludeOutside: attributes.number('exclude_outside', 0) !== 0,
      };
      return [resized(x, plansOf(x, inputs, call), own, attributes.number('extrapolation_value', 0), call)];
    },
  },
  {
    onnx: 'Upsample',
    units: 'second',
    apply: (inputs, call) => {
      const { name, attributes, opset } = call;
      const x = given(inputs[0], name);
      const scales = opset < 9 ? attributes.numbers('scales') : numbersOf(given(inputs[1], name));
      if (scales.length !== x.rank)
        throw new UserError(
          'invalid',
          `the node ${name} is told ${scales.length} scales for ${x.rank} axes; expected ${x.rank}`,
        );
      const own = { ...SIMPLE, node: name, mode: modeOf(call), antialias: false, excludeOutside: false };
      const plans = scales.map(
        (scale, axis): Plan => ({ axis, ...scaledTo(x.shape[axis] ?? 1, scale, name), roi: [0, 1] }),
      );
      return [resized(x, plans, own, 0, call)];
    },
  },
];
