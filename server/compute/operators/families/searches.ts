/** Where the largest, the different, the non-zero elements are. Places have no gradient, elements taken from them have. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import type { Tf } from '../../tf.ts';
import type { Operator, OperatorCall } from '../contract.ts';
import { given, numbersOf } from '../operands.ts';
import { axisOf, bounded, sizeOf } from '../tensors/axes.ts';
import { eachLine } from '../tensors/lines.ts';
import { pick, take } from '../tensors/selection.ts';

/** Places of the largest (smallest) of each line; NaN counts as larger than all, as NumPy has it. */
function extreme(x: Tensor, { tf, name, attributes }: OperatorCall, largest: boolean): Tensor {
  const axis = axisOf(attributes.number('axis', 0), Math.max(x.rank, 1), name);
  const last = attributes.number('select_last_index', 0) !== 0;
  const shape = x.rank === 0 ? [1] : x.shape;
  const values = x.dataSync();
  if (shape[axis] === 0)
    throw new UserError('invalid', `the node ${name} looks for an extreme along an axis without elements`);
  const kept = shape.map((size, at) => (at === axis ? 1 : size));
  const found = new Int32Array(sizeOf(kept));
  eachLine(shape, axis, (places, line) => {
    let best = 0;
    for (let i = 1; i < places.length; i++) {
      const [one, other] = [values[places[i] ?? 0] ?? 0, values[places[best] ?? 0] ?? 0];
      const more = Number.isNaN(one) ? !Number.isNaN(other) : largest ? one > other : one < other;
      const same = one === other || (Number.isNaN(one) && Number.isNaN(other));
      if (more || (last && same)) best = i;
    }
    found[line] = best;
  });
  const wanted =
    x.rank === 0 ? [] : attributes.number('keepdims', 1) !== 0 ? kept : shape.filter((_, at) => at !== axis);
  return tf.tensor(found, wanted, 'int32');
}

function topK(x: Tensor, k: number, { tf, name, attributes }: OperatorCall): [Tensor, Tensor] {
  const axis = axisOf(attributes.number('axis', -1), x.rank, name);
  const size = x.shape[axis] ?? 1;
  if (!(Number.isInteger(k) && k >= 0 && k <= size))
    throw new UserError(
      'invalid',
      `the node ${name} takes the ${k} largest of ${size}; expected 0 to ${size}`,
    );
  const sign = attributes.number('largest', 1) !== 0 ? -1 : 1;
  const values = x.dataSync();
  const shape = x.shape.map((own, at) => (at === axis ? k : own));
  const [indices, from] = [new Int32Array(sizeOf(shape)), new Int32Array(sizeOf(shape))];
  const inner = sizeOf(shape.slice(axis + 1));
  const valueAt = (at: number) => sign * (values[at] ?? 0);
  eachLine(x.shape, axis, (places, line) => {
    const order = Array.from(places, (_, i) => i).sort((a, b) => {
      const [one, other] = [valueAt(places[a] ?? 0), valueAt(places[b] ?? 0)];
      return one === other ? a - b : one < other ? -1 : 1;
    });
    for (let rank = 0; rank < k; rank++) {
      const to = (Math.floor(line / inner) * k + rank) * inner + (line % inner);
      const at = order[rank] ?? 0;
      indices[to] = at;
      from[to] = places[at] ?? 0;
    }
  });
  return [pick(tf, x, from, shape), tf.tensor(indices, shape, 'int32')];
}

/** Values, places of their first appearance, places of all elements among them, and how often each is. */
function unique(x: Tensor, { tf, name, attributes }: OperatorCall): Tensor[] {
  const whole = !attributes.has('axis');
  const flat = whole ? tf.reshape(x, [-1]) : x;
  const axis = whole ? 0 : axisOf(attributes.number('axis'), x.rank, name);
  const values: ArrayLike<number | string> = x.dtype === 'string' ? x.dataSync<'string'>() : x.dataSync();
  const rows: (number | string)[][] = Array.from({ length: flat.shape[axis] ?? 0 }, () => []);
  eachLine(flat.shape, axis, (places) => {
    places.forEach((at, i) => {
      rows[i]?.push(values[at] ?? 0);
    });
  });
  const known = new Map<string, number>();
  const [first, inverse, counts]: [number[], number[], number[]] = [[], [], []];
  rows.forEach((row, i) => {
    // NaN is the same as no other, itself among them; JSON would write it as it writes null.
    const key = row.some((value) => Number.isNaN(value)) ? `none ${i}` : JSON.stringify(row);
    const at = known.get(key) ?? first.length;
    if (at === first.length) {
      known.set(key, at);
      first.push(i);
      counts.push(0);
    }
    inverse.push(at);
    counts[at]!++;
  });
  const order = first.map((_, at) => at);
  if (attributes.number('sorted', 1) !== 0)
    order.sort((a, b) => compareRows(rows[first[a] ?? 0] ?? [], rows[first[b] ?? 0] ?? []));
  const placed = new Int32Array(order.length);
  order.forEach((at, place) => {
    placed[at] = place;
  });
  const whole32 = (list: number[]) => tf.tensor1d(Int32Array.from(list), 'int32');
  const from = order.map((at) => first[at] ?? 0);
  return [
    take(tf, flat, Int32Array.from(from), axis),
    whole32(from),
    whole32(inverse.map((at) => placed[at] ?? 0)),
    whole32(order.map((at) => counts[at] ?? 0)),
  ];
}

/** NaN comes last. */
function compareRows(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  for (let i = 0; i < a.length; i++) {
    const [one, other] = [a[i] ?? 0, b[i] ?? 0];
    if (one === other) continue;
    if (Number.isNaN(one) || Number.isNaN(other))
      return Number(Number.isNaN(one)) - Number(Number.isNaN(other));
    return one < other ? -1 : 1;
  }
  return 0;
}

function nonZero(tf: Tf, x: Tensor, node: string): Tensor {
  const values = x.dataSync();
  const found: number[] = [];
  values.forEach((value, at) => {
    if (value !== 0) found.push(at);
  });
  const [rank, count] = bounded([x.rank, found.length], node);
  const made = new Int32Array((rank ?? 0) * found.length);
  found.forEach((at, column) => {
    let rest = at;
    for (let axis = x.rank - 1; axis >= 0; axis--) {
      const size = x.shape[axis] ?? 1;
      made[axis * found.length + column] = rest % size;
      rest = Math.floor(rest / size);
    }
  });
  return tf.tensor(made, [rank ?? 0, count ?? 0], 'int32');
}

export const operators: readonly Operator[] = [
  ...(['ArgMax', 'ArgMin'] as const).map(
    (onnx): Operator => ({
      onnx,
      units: 'kept',
      types: () => ['int64'],
      apply: ([x], call) => [extreme(given(x, call.name), call, onnx === 'ArgMax')],
    }),
  ),
  {
    onnx: 'TopK',
    units: 'kept',
    types: ({ inputTypes }) => [inputTypes[0] ?? null, 'int64'],
    apply: ([operand, count], call) => {
      const x = given(operand, call.name);
      const k = call.opset < 10 ? call.attributes.number('k') : numbersOf(given(count, call.name))[0];
      return topK(x, k ?? Number.NaN, call);
    },
  },
  {
    onnx: 'Unique',
    units: 'kept',
    types: ({ inputTypes }) => [inputTypes[0] ?? null, 'int64', 'int64', 'int64'],
    apply: ([x], call) => unique(given(x, call.name), call),
  },
  {
    onnx: 'NonZero',
    units: 'kept',
    types: () => ['int64'],
    apply: ([x], { tf, name }) => [nonZero(tf, given(x, name), name)],
  },
];
