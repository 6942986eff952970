import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../core/errors/index.ts';
import { byUnit, forEachBatch } from '../forward.ts';
import { Moments } from '../moments.ts';
import { checkUnit, layerArgument, shown } from './arguments.ts';
import { f32, type Method, type MethodContext } from './method.ts';

const MAX_BINS = 200;
/** Values that the quartiles are read from; the counts themselves use all of them. */
const SAMPLE = 65_536;

/** Distribution of a layer's (or unit's) values over all examples and places: range first, then counts. */
export const histogram: Method = {
  function: 'histogram',
  version: '1',
  summary: 'Distribution of the values of a layer, or of one unit, over a slice.',
  reading:
    'Height is how often a value occurs, over every example and place. A spike at zero is what ReLU cuts off; the bins follow Freedman and Diaconis.',
  async run(context) {
    const { tf, plan } = context;
    const { manifest, address } = plan.model;
    const wanted = layerArgument(plan.query, manifest);
    const examples = await context.examples();
    const loaded = await context.model();
    const total = examples.indices.length;
    let moments: Moments | undefined;
    let allUnits = 0;
    const sample: number[] = [];
    const halves = [scaled(context, 0), scaled(context, 0.5)] as const;
    await forEachBatch(
      halves[0],
      manifest,
      loaded,
      examples,
      [wanted.layer],
      ({ outputs, from, to }) => {
        const values = chosen(tf, byUnit(tf, outputs[0]!), wanted.layer, wanted.unit);
        allUnits = values.shape[1] ?? 1;
        moments ??= new Moments(allUnits);
        moments.add(tf, values);
        sampleInto(sample, tf, values, Math.ceil((SAMPLE * (to - from)) / total));
      },
      'range',
    );
    if (!moments) throw new UserError('invalid', `${examples.address} is empty`);
    const all = moments.pooled();
    const count = all.count[0]!;
    if (count === 0)
      throw new UserError('invalid', `${shown(wanted)} has no finite value on ${examples.address}`);
    const edges = binEdges(sample, count, all.min[0]!, all.max[0]!);
    const bins = edges.length - 1;
    const [low, high] = [edges[0]!, edges[bins]!];
    const counts = new Float64Array(bins);
    await forEachBatch(
      halves[1],
      manifest,
      loaded,
      examples,
      [wanted.layer],
      ({ outputs }) => {
        const values = chosen(tf, byUnit(tf, outputs[0]!), wanted.layer, wanted.unit).flatten();
        const finite = tf.cast(tf.isFinite(values), 'float32');
        const clean = tf.where(tf.isFinite(values), values, tf.fill(values.shape, low));
        const place = tf.floor(tf.mul(tf.sub(clean, low), bins / (high - low)));
        const index = tf.cast(tf.clipByValue(place, 0, bins - 1), 'int32');
        const part = tf.bincount(index.as1D(), finite.as1D(), bins).dataSync();
        for (let b = 0; b < bins; b++) counts[b]! += part[b]!;
      },
      'counts',
    );
    const found = moments;
    let deadUnits = 0;
    for (let u = 0; u < found.units; u++) if (found.dead(u)) deadUnits++;
    return {
      type: 'histogram',
      title: `Distribution of ${shown(wanted)} of ${address} over ${examples.address}`,
      axes: [
        { name: 'bin', size: bins },
        { name: 'edge', size: bins + 1, unit: 'activation' },
      ],
      tensors: {
        counts: f32(Float32Array.from(counts), [bins], ['bin']),
        edges: f32(Float32Array.from(edges), [bins + 1], ['edge']),
      },
      record: {
        layer: wanted.layer,
        unit: wanted.unit,
        count,
        mean: all.mean[0]!,
        sd: all.sd(0),
        min: all.min[0]!,
        max: all.max[0]!,
        skew: all.skew(0),
        zeros: all.zeros[0]! / count,
        deadUnits,
        units: found.units,
        nonFinite: all.nonFinite,
      },
      n: total,
      warnings: all.nonFinite > 0 ? [`${all.nonFinite} values are not finite; they were left out.`] : [],
      parameters: { bins },
    };
  },
};

/** Half of the work each: a pass over the data for the range, another for the counts. */
function scaled(context: MethodContext, offset: number) {
  return {
    tf: context.tf,
    signal: context.signal,
    progress: (done: number, note: string) => context.progress(offset + done / 2, note),
  };
}

function chosen(tf: MethodContext['tf'], values: Tensor, layer: string, unit: number | null): Tensor {
  if (unit === null) return values;
  checkUnit(layer, unit, values.shape[1] ?? 1);
  return tf.slice(values, [0, unit], [-1, 1]);
}

/** Evenly spaced finite values, at most `most` of them. */
function sampleInto(sample: number[], tf: MethodContext['tf'], values: Tensor, most: number): void {
  const { size } = values;
  const stride = Math.max(1, Math.ceil(size / most));
  const flat = tf.reshape(values, [size]);
  const taken = stride === 1 ? flat : tf.gather(flat, tf.range(0, size, stride, 'int32'));
  for (const value of taken.dataSync()) if (Number.isFinite(value)) sample.push(value);
}

/**
 * Bins of width 2 IQR n^(-1/3) (Freedman & Diaconis 1981), at most 200, over [min, max]; where the quartiles
 * coincide, Sturges' log2(n) + 1 bins. A constant gets one bin of width one around it.
 */
export function binEdges(sample: readonly number[], count: number, min: number, max: number): Float64Array {
  if (!(max > min)) return Float64Array.of(min - 0.5, min + 0.5);
  const sorted = Float64Array.from(sample).sort();
  const iqr = quantile(sorted, 0.75) - quantile(sorted, 0.25);
  const width = 2 * iqr * count ** (-1 / 3);
  const ideal = width > 0 ? Math.ceil((max - min) / width) : Math.ceil(Math.log2(count) + 1);
  const bins = Math.max(1, Math.min(MAX_BINS, ideal));
  return Float64Array.from({ length: bins + 1 }, (_, i) =>
    i === bins ? max : min + ((max - min) * i) / bins,
  );
}

/** Linear interpolation between order statistics (type 7 of Hyndman & Fan 1996, NumPy's default). */
function quantile(sorted: Float64Array, q: number): number {
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)] ?? 0;
  const high = sorted[Math.ceil(at)] ?? low;
  return low + (high - low) * (at - Math.floor(at));
}
