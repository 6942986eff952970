/** Runs examples through a model in batches, so that only small things are copied out of TensorFlow. */

import { setImmediate } from 'node:timers/promises';
import type { Tensor } from '@tensorflow/tfjs';
import type { ModelManifest } from '../../../core/artifacts/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import type { GraphRecord } from '../../../core/result/index.ts';
import { type Examples, rowsOf } from '../data/examples.ts';
import { feed } from '../data/given.ts';
import type { LoadedModel } from '../network/model.ts';
import type { ProgramTap } from '../network/taps.ts';
import type { MethodContext } from './context.ts';

type GraphLayer = GraphRecord['layers'][number];

/** Bytes of activations that a batch may make, all layers together. */
export const BATCH_BYTES = 48 * 2 ** 20;
const MAX_BATCH = 256;
/** Points that an attribution asks about at once at most. */
export const MOST_POINTS = 1024;

export interface Batch {
  /** Position of the batch among the examples: from inclusive, to exclusive. */
  readonly from: number;
  readonly to: number;
  /** Input as the model got it, (to - from, ...). */
  readonly x: Tensor;
  /** What stands at the taps asked for, as floats, in order, batch axis first. */
  readonly outputs: readonly Tensor[];
}

export type Pace = Pick<MethodContext, 'tf' | 'signal' | 'progress'>;

/** Throws UserError('cancelled') once nobody waits any more. */
export function checkCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new UserError('cancelled', 'the computation was cancelled');
}

/** Largest batch whose activations stay within 48 MiB; `given` is the shape of an example as the model gets it. */
export function batchSize(manifest: ModelManifest, given: readonly number[]): number {
  return Math.max(1, Math.min(MAX_BATCH, Math.floor(BATCH_BYTES / bytesPerExample(manifest, given))));
}

/**
 * Bytes of all layers' outputs for one example, and of the steps of recurrent ones. A size that the model leaves open is
 * taken for the example's own.
 */
export function bytesPerExample({ graph }: ModelManifest, given: readonly number[]): number {
  let numbers = 0;
  for (const layer of graph.layers)
    numbers += sizeOfOutput(layer.outputShape, given) + stepNumbers(layer, graph, given);
  return Math.max(1, numbers) * 4;
}

const RECURRENT = /RNN|LSTM|GRU|Bidirectional/;
/** Gates and states for each number of a recurrent layer's state: of an LSTM four and two. */
const PER_STATE = 6;

/** What a recurrent layer makes on its way, whatever it puts out: at each step of its input as many gates and states. */
function stepNumbers(layer: GraphLayer, graph: GraphRecord, given: readonly number[]): number {
  if (!RECURRENT.test(layer.type)) return 0;
  const from = graph.edges.find(({ to }) => to === layer.name)?.from;
  const taken = graph.layers.find(({ name }) => name === from)?.outputShape ?? [];
  const steps = Math.max(1, taken[1] ?? given[0] ?? 1);
  const out = sizeOfOutput(layer.outputShape, given);
  // Of a sequence the state is one part.
  return PER_STATE * steps * (layer.outputShape.length === taken.length ? out / steps : out);
}

/** Numbers that a layer puts out for one example; `outputShape` begins with the batch axis. */
export function sizeOfOutput(outputShape: readonly (number | null)[], given: readonly number[]): number {
  const widest = Math.max(1, ...given);
  return outputShape.slice(1).reduce<number>((size, axis, at) => size * (axis ?? given[at] ?? widest), 1);
}

/**
 * Calls `visit` once per batch, inside a tidy: what it makes is disposed of. Between batches the process hears messages; the signal is honoured there.
 */
export async function forEachBatch(
  pace: Pace,
  manifest: ModelManifest,
  loaded: LoadedModel,
  examples: Examples,
  taps: readonly ProgramTap[],
  visit: (batch: Batch) => void,
  note = 'activations',
): Promise<void> {
  const { tf, signal } = pace;
  const { given } = examples.split;
  const total = examples.indices.length;
  const step = batchSize(manifest, given.sizes);
  for (let from = 0; from < total; from += step) {
    const to = Math.min(total, from + step);
    pace.progress(from / total, `${note} ${from} of ${total}`);
    await setImmediate();
    checkCancelled(signal);
    const rows = rowsOf(examples, from, to);
    tf.tidy(() => {
      const x = tf.tensor(rows, [to - from, ...given.shape], 'float32');
      const outputs = loaded.outputsOf(feed(tf, given, x), taps).map((t) => tf.cast(t, 'float32'));
      visit({ from, to, x, outputs });
    });
  }
  checkCancelled(signal);
}

/** One number per example and unit, (n, units): the mean over all places of a feature map. */
export function unitMeans(tf: MethodContext['tf'], output: Tensor): Tensor {
  if (output.rank <= 2) return tf.reshape(output, [output.shape[0] ?? 0, -1]);
  const places = Array.from({ length: output.rank - 2 }, (_, i) => i + 1);
  return tf.mean(output, places);
}

/** The same in float64, (n, units): no sum leaves the range, whatever the values' scale. NaN where a place of the map is. */
export function unitMeansOf(output: Tensor): { means: Float64Array; units: number } {
  const values = output.dataSync();
  const n = output.shape[0] ?? 0;
  if (output.rank <= 2) return { means: new Float64Array(values), units: n > 0 ? values.length / n : 0 };
  const units = output.shape.at(-1) ?? 1;
  const places = values.length / (n * units);
  const means = new Float64Array(n * units);
  for (let i = 0, at = 0; i < n; i++)
    for (let p = 0; p < places; p++)
      for (let u = i * units; u < (i + 1) * units; u++, at++) means[u]! += values[at]!;
  for (let m = 0; m < means.length; m++) means[m]! /= places;
  return { means, units };
}

/** The number of units of a layer's output, and of its places per example. */
export function sizesOf(output: Tensor): { units: number; places: number } {
  const units = output.rank < 2 ? 1 : (output.shape.at(-1) ?? 1);
  return { units, places: output.size / units / (output.shape[0] ?? 1) };
}

/** All values as (n * places, units). */
export function byUnit(tf: MethodContext['tf'], output: Tensor): Tensor {
  const units = output.rank < 2 ? 1 : (output.shape.at(-1) ?? 1);
  return tf.reshape(output, [-1, units]);
}
