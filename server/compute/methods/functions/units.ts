import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import { classNames, labelsOf } from '../../data/examples.ts';
import { pictureMaker } from '../../data/pictures.ts';
import { forEachBatch, unitMeansOf } from '../../inference/forward.ts';
import { originOf } from '../../inference/origin.ts';
import { Moments } from '../../measures/moments.ts';
import { project } from '../../measures/projection.ts';
import { layerArgument } from '../arguments.ts';
import { f32, i32, type Method, type OutputTensor, u8 } from '../method.ts';
import {
  firstPart,
  layerSize,
  MAX_NUMBERS,
  METHOD_TITLES,
  PICTURE_BYTES,
  pointsBytes,
  thinned,
} from '../points.ts';

/** Share of the progress that the forward pass takes. */
const FORWARD = 0.5;

/**
 * Neuron space: a unit is the vector of its activations over the examples (feature maps averaged over their places),
 * so that units which answer alike lie close.
 */
export const method: Method = {
  version: '2',
  reading:
    'Each point is a unit; near ones answer to the same examples. Its picture is the mean example, weighted by how strongly the unit answers.',
  bytes: pointsBytes,
  async run(context) {
    const { tf, plan } = context;
    const { manifest, address } = plan.model;
    const { layer } = layerArgument(plan.query, manifest);
    const size = layerSize(plan, layer).units;
    const asked = await context.examples();
    const { examples, warnings } = thinned(asked, Math.max(1, Math.floor(MAX_NUMBERS / size)));
    const n = examples.indices.length;
    const { dataset } = examples.split;
    const labels = labelsOf(examples);
    const classes = examples.split.y ? dataset.classes.length : 0;
    const maker = pictureMaker(examples, size, 4, PICTURE_BYTES);
    const pixels = maker ? maker.shape.reduce((a, b) => a * b, 1) : 0;
    const loaded = await context.model();
    const profiles = new Float32Array(size * n);
    const moments = new Moments(size);
    // Per class and unit, (classes, units): sums of the finite means, and how many those are.
    const classSums = new Float64Array(classes * size);
    const classCounts = new Int32Array(classes * size);
    const pictureSums = new Float64Array(size * pixels);
    const weightSums = new Float64Array(size);
    await forEachBatch(firstPart(context, FORWARD), manifest, loaded, examples, [layer], (batch) => {
      const { from, to } = batch;
      const output = batch.outputs[0]!;
      const { means } = unitMeansOf(output);
      moments.add(output.dataSync<'float32'>());
      let largest = 0;
      for (let i = 0; i < to - from; i++) {
        const label = labels[from + i]!;
        for (let u = 0; u < size; u++) {
          const value = means[i * size + u]!;
          profiles[u * n + from + i] = value;
          if (!Number.isFinite(value)) continue;
          largest = Math.max(largest, value);
          if (label < 0 || label >= classes) continue;
          classSums[label * size + u]! += value;
          classCounts[label * size + u]! += 1;
        }
      }
      if (maker && largest > 0) {
        // Only what excites a unit draws its picture: negative activations are no evidence for their example. As
        // shares of the largest, so that no sum leaves the range of float32.
        const weights = Float32Array.from(means, (v) => (v > 0 && Number.isFinite(v) ? v / largest : 0));
        const shares = tf.tensor2d(weights, [to - from, size]);
        const shown = maker.make(tf, batch.x).as2D(to - from, pixels);
        const clean = tf.where(tf.isFinite(shown), shown, tf.zerosLike(shown));
        add(weightSums, tf.sum(shares, 0), largest);
        add(pictureSums, tf.matMul(shares, clean, true), largest);
      }
    });
    const comparable = comparableOf(profiles, size, n);
    const first = profiles.findIndex((value) => !Number.isFinite(value));
    if (first >= 0) {
      const origin = await originOf(context, loaded, examples, first % n);
      if (comparable.units.length === 0)
        throw new UserError(
          'invalid',
          `no unit of ${layer} has finite activations on most of ${examples.address}, so that none can be compared. ${origin}`,
        );
      const out = [
        ...(comparable.units.length < size
          ? [`${size - comparable.units.length} of ${size} units have no place here`]
          : []),
        ...(comparable.columns < n
          ? [`${n - comparable.columns} of ${n} examples were left out of the comparison`]
          : []),
      ];
      warnings.push(`Not all activations are finite: ${out.join(', ')}. ${origin}`);
    }
    const projected = await project(
      context,
      plan.query.using,
      comparable.profiles,
      size,
      comparable.columns,
      comparable.units,
      FORWARD,
    );
    const { dims, method } = projected.record;
    const column = (of: (u: number) => number) =>
      f32(
        Float32Array.from({ length: size }, (_, u) => of(u)),
        [size],
        ['unit'],
      );
    const tensors: Record<string, OutputTensor> = {
      xyz: f32(projected.xyz, [size, dims], ['unit', 'component']),
      mean: column((u) => moments.mean(u)),
      sd: column((u) => moments.sd(u)),
      max: column((u) => moments.max(u)),
      dead: u8(
        Uint8Array.from({ length: size }, (_, u) => (moments.dead(u) ? 1 : 0)),
        [size],
        ['unit'],
      ),
      best_class: i32(
        Int32Array.from({ length: size }, (_, u) =>
          moments.dead(u) ? -1 : bestClass(classSums, classCounts, size, u),
        ),
        [size],
        ['unit'],
      ),
    };
    if (maker)
      tensors.pictures = f32(
        Float32Array.from(pictureSums, (sum, i) => {
          const weight = weightSums[Math.floor(i / pixels)]!;
          return weight > 0 ? sum / weight : 0;
        }),
        [size, ...maker.shape],
        ['unit', 'y', 'x', 'channel'],
      );
    return {
      type: 'points[unit]',
      title: `Units of ${layer} of ${address} by their activations on ${examples.address}, ${METHOD_TITLES[method]}`,
      axes: [{ name: 'unit', size, labels: Array.from({ length: size }, (_, u) => `${layer}#${u}`) }],
      tensors,
      record: { ...projected.record, classes: classNames(dataset, classes), layer },
      n,
      warnings: [...warnings, ...projected.warnings, ...(maker?.warnings ?? [])],
      method,
      parameters: projected.parameters,
      ...(projected.seed === undefined ? {} : { seed: projected.seed }),
    };
  },
};

/** Adds a small tensor's values times a factor, in float64. */
function add(sums: Float64Array, part: Tensor, factor: number): void {
  const values = part.dataSync();
  for (let i = 0; i < sums.length; i++) sums[i]! += values[i]! * factor;
}

/** Class with the highest mean activation, -1 without labels. `sums` and `counts` (classes, units). */
function bestClass(sums: Float64Array, counts: Int32Array, units: number, u: number): number {
  let best = -1;
  let most = Number.NEGATIVE_INFINITY;
  for (let at = u, c = 0; at < sums.length; at += units, c++) {
    const mean = sums[at]! / counts[at]!;
    if (mean > most) [best, most] = [c, mean];
  }
  return best;
}

interface Comparable {
  /** (units, columns): the activations on the examples that all comparable units are finite on. */
  readonly profiles: Float32Array;
  readonly columns: number;
  /** The units that can be compared. */
  readonly units: Int32Array;
}

/**
 * One broken example must not take all units away, nor one broken unit all examples: a unit that is not finite on more
 * than half of the examples is left out, then each example on which another unit is not. `profiles` (units, examples).
 */
function comparableOf(profiles: Float32Array, units: number, n: number): Comparable {
  const all = Array.from({ length: units }, (_, u) => u);
  const usable = all.filter((u) => {
    let broken = 0;
    for (let i = u * n; i < (u + 1) * n; i++) if (!Number.isFinite(profiles[i]!)) broken++;
    return broken <= n / 2;
  });
  const columns = Array.from({ length: n }, (_, i) => i).filter((i) =>
    usable.every((u) => Number.isFinite(profiles[u * n + i]!)),
  );
  if (usable.length === units && columns.length === n)
    return { profiles, columns: n, units: Int32Array.from(all) };
  const m = columns.length;
  const kept = new Float32Array(units * m);
  for (let u = 0; u < units; u++)
    columns.forEach((i, at) => {
      kept[u * m + at] = profiles[u * n + i]!;
    });
  return { profiles: kept, columns: m, units: m > 0 ? Int32Array.from(usable) : new Int32Array() };
}
