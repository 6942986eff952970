import { UserError } from '../../../../core/errors/index.ts';
import { classNames, labelsOf, widthOf } from '../../data/examples.ts';
import { pictureMaker } from '../../data/pictures.ts';
import { type Classifier, classifierOf } from '../../inference/classifier.ts';
import { forEachBatch, unitMeansOf } from '../../inference/forward.ts';
import { originOf } from '../../inference/origin.ts';
import { readClasses, unpredictedWarnings } from '../../inference/predictions.ts';
import { finiteRows, project } from '../../measures/projection.ts';
import { MODEL_OUTPUT, type Tap } from '../../network/model.ts';
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

/** Points that can be looked at, and that UMAP finishes within minutes. */
const MAX_POINTS = 50_000;
/** Share of the progress that the forward pass takes. */
const FORWARD = 0.3;

/**
 * Example space: an example is the vector of a layer's outputs, so that examples which look alike to the layer lie
 * close. `error` is 1 where the prediction is wrong (classifiers), or the mean squared reconstruction error (models
 * whose output has the size of their input); absent otherwise.
 */
export const method: Method = {
  version: '2',
  reading:
    'Each point is an example; near ones look alike to this layer. With UMAP and t-SNE, distances between far groups mean little.',
  bytes: pointsBytes,
  async run(context) {
    const { tf, plan } = context;
    const { manifest, address } = plan.model;
    const { layer } = layerArgument(plan.query, manifest);
    const asked = await context.examples();
    const size = layerSize(plan, layer);
    const most = Math.min(MAX_POINTS, Math.max(1, Math.floor(MAX_NUMBERS / size.units)));
    const { examples: found, warnings } = thinned(asked, most);
    const n = found.indices.length;
    const whole = n * size.flat <= MAX_NUMBERS;
    if (!whole)
      warnings.push(
        'Feature maps were averaged over their places: whole ones do not fit the memory set aside.',
      );
    const d = whole ? size.flat : size.units;
    const { dataset, y } = found.split;
    const loaded = await context.model();
    const classifier = classifierOf(loaded, dataset);
    const output = manifest.outputs[0]?.shape.slice(1) ?? [];
    const width = dataset.shape.reduce((a, b) => a * b, 1);
    const rebuilds =
      !classifier &&
      width === widthOf(found.split) &&
      output.reduce<number>((a, b) => a * (b ?? 0), 1) === width;
    const maker = pictureMaker(found, n, 1, PICTURE_BYTES);
    const pixels = maker ? maker.shape.reduce((a, b) => a * b, 1) : 0;
    const rows = new Float32Array(n * d);
    const label = labelsOf(found);
    const predicted = new Int32Array(n).fill(-1);
    const confidence = new Float32Array(n).fill(Number.NaN);
    const distance = new Float32Array(n);
    const pictures = new Uint8Array(n * pixels);
    const taps: Tap[] = [layer, ...(classifier || rebuilds ? ([MODEL_OUTPUT] as const) : [])];
    await forEachBatch(firstPart(context, FORWARD), manifest, loaded, found, taps, (batch) => {
      const { from, to, outputs } = batch;
      const [inner, last] = outputs;
      rows.set(whole ? inner!.dataSync() : unitMeansOf(inner!).means, from * d);
      if (classifier && last) {
        const read = readClasses(tf, classifier, last);
        predicted.set(read.predicted, from);
        confidence.set(read.confidence, from);
      }
      if (rebuilds && last) {
        const difference = tf.sub(last.as2D(to - from, width), batch.x.as2D(to - from, width));
        distance.set(tf.mean(tf.square(difference), 1).dataSync(), from);
      }
      if (maker) pictures.set(tf.round(tf.mul(maker.make(tf, batch.x), 255)).dataSync(), from * pixels);
    });
    const kept = finiteRows(rows, n, d);
    if (kept.length < n) {
      const first = kept.findIndex((row, i) => row !== i);
      const origin = await originOf(context, loaded, found, first < 0 ? kept.length : first);
      if (kept.length === 0)
        throw new UserError(
          'invalid',
          `${layer} puts out a value that is not finite for every example of ${found.address}, so that none has a place among the others. ${origin}`,
        );
      warnings.push(
        `${n - kept.length} of ${n} examples are answered with a value that is not finite; they have no place here. ${origin}`,
      );
    }
    const projected = await project(context, plan.query.using, rows, n, d, kept, FORWARD);
    const { dims, method } = projected.record;
    const tensors: Record<string, OutputTensor> = {
      xyz: f32(projected.xyz, [n, dims], ['example', 'component']),
      index: i32(found.indices, [n], ['example']),
      label: i32(label, [n], ['example']),
    };
    if (classifier) {
      tensors.predicted = i32(predicted, [n], ['example']);
      tensors.confidence = f32(confidence, [n], ['example']);
    }
    if (classifier && y)
      tensors.error = u8(
        Uint8Array.from(label, (c, i) => (c === predicted[i] ? 0 : 1)),
        [n],
        ['example'],
      );
    if (rebuilds) tensors.error = f32(distance, [n], ['example']);
    if (maker) tensors.pictures = u8(pictures, [n, ...maker.shape], ['example', 'y', 'x', 'channel']);
    return {
      type: 'points[example]',
      title: `Examples of ${found.address} in ${layer} of ${address}, ${METHOD_TITLES[method]}`,
      axes: [{ name: 'example', size: n }],
      tensors,
      record: { ...projected.record, classes: classesOf(classifier, dataset), layer },
      n,
      warnings: [
        ...warnings,
        ...(classifier?.warnings ?? []),
        ...(classifier
          ? await unpredictedWarnings(context, loaded, found, predicted, y ? 'they count as wrong' : '')
          : []),
        ...projected.warnings,
        ...(maker?.warnings ?? []),
      ],
      method,
      parameters: projected.parameters,
      ...(projected.seed === undefined ? {} : { seed: projected.seed }),
    };
  },
};

function classesOf(classifier: Classifier | null, dataset: Parameters<typeof classNames>[0]): string[] {
  return classifier ? [...classifier.classes] : classNames(dataset, dataset.classes.length);
}
