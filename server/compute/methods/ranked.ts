/** What goes with ranked examples: their labels, predictions, pictures, and a unit's map. */

import { type Examples, labelsOf, pick } from '../data/examples.ts';
import { pictureMaker } from '../data/pictures.ts';
import { classifierOf } from '../inference/classifier.ts';
import type { MethodContext } from '../inference/context.ts';
import { forEachBatch } from '../inference/forward.ts';
import { readClasses, unpredictedWarnings } from '../inference/predictions.ts';
import { type LoadedModel, MODEL_OUTPUT, type Tap } from '../network/model.ts';
import { f32, i32, type OutputTensor } from './method.ts';
import { PICTURE_BYTES } from './points.ts';

interface UnitMaps {
  readonly values: Float32Array;
  readonly height: number;
  readonly width: number;
}

/**
 * `index` `label` `predicted` (n), `images` (n, y, x, channel) of pictures, and `maps` (n, y, x) of the unit where the
 * layer puts out maps; a sequence is a map of one row.
 */
export async function rankedTensors(
  context: MethodContext,
  loaded: LoadedModel,
  examples: Examples,
  positions: ArrayLike<number>,
  of: { readonly layer: string; readonly unit: number } | null,
  from: number,
): Promise<{ tensors: Record<string, OutputTensor>; warnings: readonly string[] }> {
  const { tf, plan } = context;
  const chosen = pick(examples, positions);
  const n = chosen.indices.length;
  const classifier = classifierOf(loaded, chosen.split.dataset);
  const maker = pictureMaker(chosen, n, 4, PICTURE_BYTES);
  const pixels = maker ? maker.shape.reduce((a, b) => a * b, 1) : 0;
  const images = new Float32Array(n * pixels);
  const predicted = new Int32Array(n).fill(-1);
  const maps: UnitMaps[] = [];
  const taps: Tap[] = [of ? of.layer : MODEL_OUTPUT, MODEL_OUTPUT];
  const pace = {
    ...context,
    progress: (done: number, note: string) => context.progress(from + done * (1 - from), note),
  };
  await forEachBatch(
    pace,
    plan.model.manifest,
    loaded,
    chosen,
    taps,
    (batch) => {
      const [inner, last] = batch.outputs;
      if (classifier && last) predicted.set(readClasses(tf, classifier, last).predicted, batch.from);
      if (maker) images.set(maker.make(tf, batch.x).dataSync(), batch.from * pixels);
      if (!of || !inner || inner.rank < 3 || inner.rank > 4) return;
      const [height, width] =
        inner.rank === 4 ? [inner.shape[1] ?? 1, inner.shape[2] ?? 1] : [1, inner.shape[1] ?? 1];
      if (maps.length === 0) maps.push({ values: new Float32Array(n * height * width), height, width });
      const flat = inner.reshape([-1, inner.shape.at(-1) ?? 1]);
      maps[0]?.values.set(
        tf.slice(flat, [0, of.unit], [flat.shape[0] ?? 0, 1]).dataSync(),
        batch.from * height * width,
      );
    },
    'pictures',
  );
  const [map] = maps;
  return {
    tensors: {
      index: i32(chosen.indices, [n], ['example']),
      label: i32(labelsOf(chosen), [n], ['example']),
      predicted: i32(predicted, [n], ['example']),
      ...(maker ? { images: f32(images, [n, ...maker.shape], ['example', 'y', 'x', 'channel']) } : {}),
      ...(map ? { maps: f32(map.values, [n, map.height, map.width], ['example', 'y', 'x']) } : {}),
    },
    warnings: [
      ...(maker?.warnings ?? []),
      ...(classifier?.warnings ?? []),
      ...(classifier ? await unpredictedWarnings(context, loaded, chosen, predicted, '') : []),
    ],
  };
}
