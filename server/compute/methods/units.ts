import type { Tensor } from '@tensorflow/tfjs';
import { classNames, labelsOf } from '../examples.ts';
import { byUnit, forEachBatch, unitMeans } from '../forward.ts';
import { Moments } from '../moments.ts';
import { pictureMaker } from '../pictures.ts';
import { project } from '../projection.ts';
import { layerArgument } from './arguments.ts';
import { f32, i32, type Method, type OutputTensor, u8 } from './method.ts';
import {
  firstPart,
  layerSize,
  MAX_NUMBERS,
  METHOD_TITLES,
  PICTURE_BYTES,
  pointsBytes,
  thinned,
} from './points.ts';

/** Share of the progress that the forward pass takes. */
const FORWARD = 0.5;

/**
 * Neuron space: a unit is the vector of its activations over the examples (feature maps averaged over their places),
 * so that units which answer alike lie close.
 */
export const units: Method = {
  function: 'units',
  version: '1',
  summary: 'Neuron space: units as points that lie close when they act alike.',
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
    const profiles = new Float32Array(size * n);
    const moments = new Moments(size);
    const classSums = new Float64Array(classes * size);
    const pictureSums = new Float64Array(size * pixels);
    const weightSums = new Float64Array(size);
    await forEachBatch(
      firstPart(context, FORWARD),
      manifest,
      await context.model(),
      examples,
      [layer],
      (batch) => {
        const { from, to } = batch;
        const output = batch.outputs[0]!;
        const means = unitMeans(tf, output).as2D(to - from, size);
        moments.add(tf, byUnit(tf, output));
        const rows = means.dataSync();
        for (let i = 0; i < to - from; i++)
          for (let u = 0; u < size; u++) profiles[u * n + from + i] = rows[i * size + u]!;
        if (classes > 0) {
          const onehot = tf.cast(tf.oneHot(tf.tensor1d(labels.slice(from, to), 'int32'), classes), 'float32');
          add(classSums, tf.matMul(onehot, means, true));
        }
        if (maker) {
          // Only what excites a unit draws its picture: negative activations are no evidence for their example.
          const weights = tf.relu(means);
          add(weightSums, tf.sum(weights, 0));
          add(pictureSums, tf.matMul(weights, maker.make(tf, batch.x).as2D(to - from, pixels), true));
        }
      },
    );
    const projected = await project(context, plan.query.using, profiles, size, n, FORWARD);
    const { dims, method } = projected.record;
    const counts = new Int32Array(classes);
    for (const label of labels) if (label >= 0) counts[label]! += 1;
    const column = (of: (u: number) => number) =>
      f32(
        Float32Array.from({ length: size }, (_, u) => of(u)),
        [size],
        ['unit'],
      );
    const tensors: Record<string, OutputTensor> = {
      xyz: f32(projected.xyz, [size, dims], ['unit', 'component']),
      mean: column((u) => moments.mean[u]!),
      sd: column((u) => moments.sd(u)),
      max: column((u) => moments.max[u]!),
      dead: u8(
        Uint8Array.from({ length: size }, (_, u) => (moments.dead(u) ? 1 : 0)),
        [size],
        ['unit'],
      ),
      best_class: i32(
        Int32Array.from({ length: size }, (_, u) =>
          moments.dead(u) ? -1 : bestClass(classSums, counts, size, u),
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

/** Adds a small tensor's values, in float64. */
function add(sums: Float64Array, part: Tensor): void {
  const values = part.dataSync();
  for (let i = 0; i < sums.length; i++) sums[i]! += values[i]!;
}

/** Class with the highest mean activation, -1 without labels. `sums` (classes, units). */
function bestClass(sums: Float64Array, counts: Int32Array, units: number, u: number): number {
  let best = -1;
  let most = Number.NEGATIVE_INFINITY;
  counts.forEach((count, c) => {
    const mean = sums[c * units + u]! / count;
    if (mean > most) [best, most] = [c, mean];
  });
  return best;
}
