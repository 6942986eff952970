import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import type { MethodContext } from '../../inference/context.ts';
import { forEachBatch, sizesOf } from '../../inference/forward.ts';
import { nonFiniteWarning } from '../../inference/origin.ts';
import { Moments } from '../../measures/moments.ts';
import { checkUnit, layerArgument, shown } from '../arguments.ts';
import { f32, f64, type Method } from '../method.ts';

const MAX_BINS = 200;
/** Values that the quartiles are read from; the counts themselves use all of them. */
const SAMPLE = 65_536;

/** Distribution of a layer's (or unit's) values over all examples and places: range first, then counts. */
export const method: Method = {
  version: '2',
  reading:
    'Height is how often a value occurs, over every example and place. A spike at zero is what ReLU cuts off; the bins follow Freedman and Diaconis.',
  async run(context) {
    const { plan } = context;
    const { manifest, address } = plan.model;
    const wanted = layerArgument(plan.query, manifest);
    const examples = await context.examples();
    const loaded = await context.model();
    const total = examples.indices.length;
    let moments: Moments | undefined;
    let places = 1;
    const sample: number[] = [];
    const halves = [scaled(context, 0), scaled(context, 0.5)] as const;
    await forEachBatch(
      halves[0],
      manifest,
      loaded,
      examples,
      [wanted.layer],
      ({ outputs, from, to }) => {
        const sizes = sizesOf(outputs[0]!);
        const values = chosen(outputs[0]!, wanted.layer, wanted.unit);
        places = sizes.places;
        moments ??= new Moments(wanted.unit === null ? sizes.units : 1);
        moments.add(values);
        sampleInto(sample, values, Math.ceil((SAMPLE * (to - from)) / total));
      },
      'range',
    );
    if (!moments) throw new UserError('invalid', `${examples.address} is empty`);
    const all = moments.pooled();
    const count = all.count[0]!;
    const warnings =
      all.firstNonFinite === null
        ? []
        : [
            await nonFiniteWarning(
              context,
              loaded,
              examples,
              Math.floor(all.firstNonFinite / places),
              all.nonFinite,
              'they are in no bin',
            ),
          ];
    if (count === 0)
      throw new UserError(
        'invalid',
        [`${shown(wanted)} has no finite value on ${examples.address}`, ...warnings].join('. '),
      );
    const edges = binEdges(sample, count, all.min(0), all.max(0));
    const bins = edges.length - 1;
    const counts = new Float64Array(bins);
    await forEachBatch(
      halves[1],
      manifest,
      loaded,
      examples,
      [wanted.layer],
      ({ outputs }) => {
        for (const value of chosen(outputs[0]!, wanted.layer, wanted.unit))
          if (Number.isFinite(value)) counts[binOf(value, edges)]! += 1;
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
        edges: f64(edges, [bins + 1], ['edge']),
      },
      record: {
        layer: wanted.layer,
        unit: wanted.unit,
        count,
        mean: all.mean(0),
        sd: all.sd(0),
        min: all.min(0),
        max: all.max(0),
        skew: all.skew(0),
        zeros: all.zeros[0]! / count,
        deadUnits,
        units: found.units,
        nonFinite: all.nonFiniteCount,
        ...all.nonFinite,
      },
      n: total,
      warnings,
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

/** All of the layer's values, or the unit's, (n * places). */
function chosen(output: Tensor, layer: string, unit: number | null): Float32Array {
  const values = output.dataSync<'float32'>();
  if (unit === null) return values;
  const { units } = sizesOf(output);
  checkUnit(layer, unit, units);
  return Float32Array.from({ length: values.length / units }, (_, i) => values[i * units + unit]!);
}

/** Evenly spaced finite values, at most `most` of them. */
function sampleInto(sample: number[], values: Float32Array, most: number): void {
  const stride = Math.max(1, Math.ceil(values.length / most));
  for (let i = 0; i < values.length; i += stride) if (Number.isFinite(values[i]!)) sample.push(values[i]!);
}

/** The bin of a value within the edges; of an edge the bin that begins there, of the last one the last bin, as NumPy counts. */
export function binOf(value: number, edges: Float64Array): number {
  const bins = edges.length - 1;
  const [low, high] = [edges[0]!, edges[bins]!];
  let bin = Math.min(bins - 1, Math.max(0, Math.floor(((value - low) / (high - low)) * bins)));
  // The division rounds: the edges, as they are told, decide.
  while (bin > 0 && value < edges[bin]!) bin--;
  while (bin < bins - 1 && value >= edges[bin + 1]!) bin++;
  return bin;
}

/**
 * Bins of width 2 IQR n^(-1/3) (Freedman & Diaconis 1981), at most 200, over [min, max]; where the quartiles
 * coincide, Sturges' log2(n) + 1 bins. A constant gets one bin around it, of
 * width one, or of its own size where it is so large or so small that such a bin would say nothing.
 */
export function binEdges(sample: readonly number[], count: number, min: number, max: number): Float64Array {
  if (!(max > min)) {
    const size = Math.abs(min);
    const half = size === 0 || (size > 1e-3 && size < 1e6) ? 0.5 : size / 2;
    return Float64Array.of(min - half, min + half);
  }
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
