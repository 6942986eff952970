/** Whether an answer is what its type says (kinds.ts): asked where a worker makes it, and in the tests of methods. */
import type { Axis, Dtype } from './axes.ts';
import { kindOf, type ResultType } from './kinds.ts';

export interface Answered {
  readonly type: ResultType;
  readonly axes: readonly Axis[];
  readonly tensors: Readonly<
    Record<
      string,
      { readonly dtype: Dtype; readonly shape: readonly number[]; readonly axes: readonly string[] }
    >
  >;
  readonly record?: unknown;
}

const PLACES = new Set(['y', 'x', 'channel']);

/** One sentence for each departure; none: it conforms. */
export function departures({ type, axes, tensors, record }: Answered): string[] {
  const kind = kindOf(type);
  const found: string[] = [];
  for (const [name, row] of Object.entries(kind.tensors))
    if (!row.optional && tensors[name] === undefined) found.push(`${type} lacks the tensor ${name}`);
  const sizes = new Map(axes.map(({ name, size }) => [name, size]));
  for (const [name, tensor] of Object.entries(tensors)) {
    const of = `the tensor ${name} of ${type}`;
    const row = kind.tensors[name];
    const { named } = kind;
    if (row === undefined) {
      if (named === undefined || !name.startsWith(named.prefix)) found.push(`${type} has no tensor ${name}`);
      else if (named.axis !== null && tensor.axes.join() !== named.axis)
        found.push(`${of} has axes [${tensor.axes.join(', ')}], expected [${named.axis}]`);
    } else {
      const dtypes = [row.dtype].flat();
      if (!dtypes.includes(tensor.dtype))
        found.push(`${of} is ${tensor.dtype}, expected ${dtypes.join(' or ')}`);
      if (tensor.axes.join() !== row.axes.join())
        found.push(`${of} has axes [${tensor.axes.join(', ')}], expected [${row.axes.join(', ')}]`);
    }
    if (tensor.shape.length !== tensor.axes.length)
      found.push(`${of} has ${tensor.shape.length} dimensions and ${tensor.axes.length} names of axes`);
    for (const [i, axis] of tensor.axes.entries()) {
      const size = sizes.get(axis);
      const own = row?.ownPlaces && PLACES.has(axis);
      if (size !== undefined && size !== tensor.shape[i] && row !== undefined && !own)
        found.push(`${of} has ${tensor.shape[i]} along ${axis}, the axis has ${size}`);
    }
  }
  if (kind.record === null) {
    if (record !== undefined) found.push(`${type} has no record`);
  } else {
    const parsed = kind.record.safeParse(record);
    if (!parsed.success)
      found.push(
        `the record of ${type}: ${parsed.error.issues.map((i) => `${i.path.join('.')} ${i.message}`).join('; ')}`,
      );
  }
  return found;
}
