/** How stored values become what a model is given: the pair's preprocessing, ready to be applied number by number. */
import type { PreprocessingRecord } from '../../../core/preprocessing/index.ts';
import type { NamedTensor } from '../../../core/result/index.ts';

export interface Given {
  /** Shape of one example as the model takes it. */
  readonly shape: readonly number[];
  /** For each number of the given example its place in the stored one; null where the order is the same. */
  readonly source: Int32Array | null;
  /** For each number of the given example: (stored - subtract) / divide. */
  readonly subtract: Float64Array;
  readonly divide: Float64Array;
  /** The model takes whole numbers: fractions are cut off, as Keras does. */
  readonly whole: boolean;
}

export function givenBy(record: PreprocessingRecord): Given {
  const { spec, shapes } = record;
  const { given, shown, stored, channels: axis, whole } = shapes;
  const width = given.reduce((a, b) => a * b, 1);
  // The given example may be flattened; its channels are those of the shown one.
  const channels = shown[axis] ?? 1;
  const inner = shown.slice(axis + 1).reduce((a, b) => a * b, 1);
  const spread = (value: number | readonly number[]) =>
    Float64Array.from({ length: width }, (_, i) =>
      typeof value === 'number' ? value : (value[Math.floor(i / inner) % channels] ?? Number.NaN),
    );
  return {
    shape: given,
    source: spec.layout.kind === 'transpose' ? sourceIndices(stored, spec.layout.axes) : null,
    subtract: spread(spec.scale.subtract),
    divide: spread(spec.scale.divide),
    whole,
  };
}

/** Flat places in the stored example, in the order of the transposed one. */
function sourceIndices(stored: readonly number[], axes: readonly number[]): Int32Array {
  const strides = stored.map((_, axis) => stored.slice(axis + 1).reduce((a, b) => a * b, 1));
  const sizes = axes.map((axis) => stored[axis] ?? 1);
  const steps = axes.map((axis) => strides[axis] ?? 1);
  const count = stored.reduce((a, b) => a * b, 1);
  const at = new Array<number>(axes.length).fill(0);
  return Int32Array.from({ length: count }, () => {
    const place = at.reduce((sum, index, axis) => sum + index * (steps[axis] ?? 0), 0);
    for (let axis = at.length - 1; axis >= 0; axis--) {
      at[axis] = (at[axis] ?? 0) + 1;
      if ((at[axis] ?? 0) < (sizes[axis] ?? 1)) break;
      at[axis] = 0;
    }
    return place;
  });
}

/** Writes the stored example that begins at `start` of `x` as the model is given it, to `out` from `to` on. */
export function writeGiven(
  { source, subtract, divide, whole }: Given,
  x: NamedTensor['data'],
  start: number,
  out: Float32Array,
  to: number,
): void {
  for (let j = 0; j < subtract.length; j++) {
    const stored = x[start + (source ? source[j]! : j)]!;
    const value = (stored - subtract[j]!) / divide[j]!;
    out[to + j] = whole ? Math.trunc(value) : value;
  }
}
