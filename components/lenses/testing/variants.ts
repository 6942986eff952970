/** What a lens must bear, made of a whole result: numbers that are none, far too large or too small, and other sizes. */
import {
  type NamedTensor,
  type Result,
  type ResultType,
  type SeriesRecord,
  seriesRecordSchema,
} from '@/core/result/types.ts';

export interface Variant {
  readonly name: string;
  readonly result: Result;
  /** It has other places along an axis. */
  readonly places?: true;
  /** Numbers that the picture shows are none, which it has to say. */
  readonly lacks?: true;
}

interface Change {
  readonly name: string;
  to(value: number, at: number): number;
  readonly lacks?: true;
  /** Numbers that no share can be. */
  readonly beyond?: true;
}
/** Shares by definition: 0 to 1, or none. */
const SHARES: readonly ResultType[] = ['calibration'];
/** NaN of an empty bin is no fault. */
const NAN_MEANS_NONE: readonly ResultType[] = ['calibration'];
const MOST = 3.4028234663852886e38;
const LEAST = 1.401298464324817e-45;
const SPECIAL = [null, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
const CHANGES: readonly Change[] = [
  { name: 'all NaN', to: () => Number.NaN, lacks: true },
  { name: 'one NaN', to: (value, at) => (at === 0 ? Number.NaN : value), lacks: true },
  { name: 'infinities', to: (value, at) => SPECIAL[at % 3] ?? value, lacks: true },
  { name: 'all infinite', to: () => Number.POSITIVE_INFINITY, lacks: true },
  { name: 'all zero', to: () => 0 },
  { name: 'constant', to: () => 0.7 },
  { name: 'constant and negative', to: () => -3, beyond: true },
  { name: 'largest floats', to: (_, at) => (at % 2 === 0 ? MOST : -MOST), beyond: true },
  { name: 'smallest floats', to: (_, at) => (at % 3) * LEAST },
  { name: 'one far off', to: (value, at) => (at === 1 ? 1e30 : value), beyond: true },
];
const SCALES: readonly (readonly [string, number])[] = [
  ['huge', 1e30],
  ['tiny', 1e-30],
];

/** The same result with other numbers; places, classes and bytes stay what they are. */
function withNumbers(
  { meta, tensors }: Result,
  to: Change['to'],
  changes: (name: string) => boolean = () => true,
): Result {
  const change = (tensor: NamedTensor): NamedTensor => {
    if (tensor.dtype === 'F32') return { ...tensor, data: Float32Array.from(tensor.data, to) };
    return tensor.dtype === 'F64' ? { ...tensor, data: Float64Array.from(tensor.data, to) } : tensor;
  };
  const changed = Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [name, changes(name) ? change(tensor) : tensor]),
  );
  if (meta.type !== 'series[step]') return { meta, tensors: changed };
  const record: SeriesRecord = seriesRecordSchema.parse(meta.record);
  const series = record.series.map((line) => ({
    ...line,
    // As it is written: what is no finite number is null.
    values: line.values.map((value, at) => {
      const next = to(value ?? Number.NaN, at);
      return Number.isFinite(next) ? next : null;
    }),
  }));
  return { meta: { ...meta, record: { ...record, series } }, tensors: changed };
}

/** Bins are counted, and their edges are finite and rise, whatever was in them: edges go with the unit of measure only. */
const OF_BINS = /(edges|counts)$/;
const measures = ({ meta, tensors }: Result): boolean =>
  meta.type === 'series[step]' ||
  Object.entries(tensors).some(([name, { dtype }]) => /^F/.test(dtype) && !OF_BINS.test(name));
const ofNumbers = (result: Result): Variant[] => [
  ...CHANGES.filter(({ beyond }) => !(beyond && SHARES.includes(result.meta.type))).map(
    ({ name, to, lacks }) => ({
      name,
      result: withNumbers(result, to, (tensor) => !OF_BINS.test(tensor)),
      ...(lacks && !NAN_MEANS_NONE.includes(result.meta.type) && measures(result) && { lacks }),
    }),
  ),
  ...SCALES.filter(() => !SHARES.includes(result.meta.type)).map(([name, factor]) => ({
    name,
    result: scaled(result, factor),
  })),
];

/** Facts of a distribution that are in the unit of its values. */
const MEASURES = ['mean', 'sd', 'min', 'max'];
function scaled(result: Result, factor: number): Result {
  const { meta, tensors } = withNumbers(
    result,
    (value) => value * factor,
    (name) => !/counts$/.test(name),
  );
  if (meta.type !== 'histogram' || typeof meta.record !== 'object' || meta.record === null)
    return { meta, tensors };
  const record = Object.entries(meta.record).map(([name, value]) => [
    name,
    MEASURES.includes(name) && typeof value === 'number' ? value * factor : value,
  ]);
  return { meta: { ...meta, record: Object.fromEntries(record) }, tensors };
}

/** Every third example has no prediction, and every third neighbour is not there. */
const withoutPredictions = ({ meta, tensors }: Result): Result => ({
  meta,
  tensors: Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [
      name,
      /predicted$|^neighbours$/.test(name)
        ? { ...tensor, data: Int32Array.from(tensor.data, (value, at) => (at % 3 === 1 ? -1 : value)) }
        : tensor,
    ]),
  ),
});

/** Axes that go along with another, by how many more places they have. */
const BOUND: Readonly<Record<string, { readonly to: string; readonly more: number }>> = {
  edge: { to: 'bin', more: 1 },
  'true class': { to: 'class', more: 0 },
  'predicted class': { to: 'class', more: 0 },
};

/** The same result with `size` places along an axis, repeating what is there. */
export function resized(result: Result, axis: string, size: number): Result {
  const { meta } = result;
  const sizeOf = (name: string, now: number): number => {
    if (name === axis) return size;
    const bound = BOUND[name];
    return bound?.to === axis ? size + bound.more : now;
  };
  const label = (labels: readonly string[], i: number): string => {
    const text = labels[i % labels.length] ?? '';
    if (i < labels.length) return text;
    return /#\d+$/.test(text) ? text.replace(/\d+$/, String(i)) : `${text} ${i}`;
  };
  const axes = meta.axes.map(({ labels, ...rest }) => {
    const next = sizeOf(rest.name, rest.size);
    return {
      ...rest,
      size: next,
      ...(labels && { labels: Array.from({ length: next }, (_, i) => label(labels, i)) }),
    };
  });
  const named: Record<string, Result['meta']['tensors'][string]> = {};
  const tensors: Record<string, NamedTensor> = {};
  for (const [name, tensor] of Object.entries(result.tensors)) {
    const of = meta.tensors[name];
    if (!of) continue;
    // The pixels of the input beside maps of a layer have a size of their own.
    const own = /image/.test(name) && (axis === 'y' || axis === 'x');
    const shape = tensor.shape.map((now, i) => (own ? now : sizeOf(of.axes[i] ?? '', now)));
    named[name] = { ...of, shape };
    const data = repeated(tensor, shape);
    // An example is in an answer once, and edges rise.
    if (/index$/.test(name)) for (let i = 0; i < data.length; i++) data[i] = i;
    const [low, high] = [tensor.data[0] ?? 0, tensor.data[tensor.data.length - 1] ?? 1];
    if (/edges$/.test(name))
      for (let i = 0; i < data.length; i++) data[i] = low + ((high - low) * i) / (data.length - 1);
    tensors[name] = { ...tensor, shape, data };
  }
  return { meta: { ...meta, axes, tensors: named, record: resizedRecord(meta.record, axis, size) }, tensors };
}

function repeated(tensor: NamedTensor, shape: readonly number[]): NamedTensor['data'] {
  const count = shape.reduce((product, n) => product * n, 1);
  const data = tensor.data.slice(0, 0).constructor as new (n: number) => NamedTensor['data'];
  const out = new data(count);
  for (let flat = 0; flat < count; flat++) {
    let [rest, from, stride] = [flat, 0, 1];
    for (let d = shape.length - 1; d >= 0; d--) {
      const [next, now] = [shape[d] ?? 1, tensor.shape[d] ?? 1];
      from += ((rest % next) % Math.max(1, now)) * stride;
      rest = Math.floor(rest / next);
      stride *= now;
    }
    out[flat] = tensor.data[from] ?? 0;
  }
  return out;
}

/** Lists of the record that go along with an axis. */
const LISTS: Readonly<Record<string, string>> = { class: 'classes', row: 'rows', column: 'columns' };
function resizedRecord(record: unknown, axis: string, size: number): unknown {
  if (typeof record !== 'object' || record === null) return record;
  if (axis === 'step') {
    const parsed = seriesRecordSchema.safeParse(record);
    if (!parsed.success) return record;
    const { series } = parsed.data;
    const cut = <T>(list: readonly T[]) => Array.from({ length: size }, (_, i) => list[i % list.length]);
    return {
      ...record,
      series: series.map(({ name, values }) => ({
        name,
        values: cut(values),
        steps: Array.from({ length: size }, (_, i) => i),
      })),
    };
  }
  const list = LISTS[axis];
  const held = list ? (record as Readonly<Record<string, unknown>>)[list] : undefined;
  if (list === undefined || !Array.isArray(held)) return record;
  const next = Array.from({ length: size }, (_, i) =>
    i < held.length ? held[i] : `${held[i % held.length] ?? 'class'} ${i}`,
  );
  return { ...record, [list]: next };
}

/** Places along each axis that are tried: none, one, and many. An axis that is not named here stays as it is. */
const SIZES: Readonly<Record<string, readonly number[]>> = {
  class: [0, 1, 300],
  unit: [0, 1, 2000],
  example: [0, 1, 2000],
  feature: [0, 1, 2000],
  step: [0, 1, 2000],
  bin: [1, 300],
  row: [0, 1, 300],
  column: [0, 1, 300],
  neighbour: [1, 50],
  y: [1],
  x: [1, 200],
};

function ofSizes(result: Result): Variant[] {
  const axes = new Set([
    ...result.meta.axes.map(({ name }) => name),
    ...Object.values(result.meta.tensors).flatMap((tensor) => tensor.axes),
    ...(result.meta.type === 'series[step]' ? ['step'] : []),
  ]);
  return [...axes].flatMap((axis) =>
    (SIZES[axis] ?? []).map((size) => ({
      name: `${size} along ${axis}`,
      places: true,
      result: resized(result, axis, size),
    })),
  );
}

/** The same result of nothing: every axis has length 0. */
const ofNothing = ({ meta, tensors }: Result): Variant => ({
  name: 'nothing',
  result: {
    meta: { ...meta, axes: meta.axes.map(({ labels: _, ...axis }) => ({ ...axis, size: 0 })) },
    tensors: Object.fromEntries(
      Object.entries(tensors).map(([name, tensor]) => [
        name,
        { ...tensor, shape: tensor.shape.map(() => 0), data: new Float32Array() },
      ]),
    ),
  },
});

/** All of them; the whole result is drawn by itself. */
export const variantsOf = (result: Result): readonly Variant[] => [
  { name: 'without predictions', result: withoutPredictions(result) },
  ...ofNumbers(result),
  ...ofSizes(result),
  ofNothing(result),
];
