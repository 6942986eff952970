import { splitAddress } from '../../data/addresses.ts';
import { classNames, type Examples, labelsOf } from '../../data/examples.ts';
import { classifierOf } from '../../inference/classifier.ts';
import type { MethodContext } from '../../inference/context.ts';
import { forEachBatch } from '../../inference/forward.ts';
import { readClasses, unpredictedWarnings } from '../../inference/predictions.ts';
import { agreementOf, featuresOf, type Nearest, nearest, searchBytes } from '../../measures/nearest.ts';
import { type LoadedModel, MODEL_OUTPUT } from '../../network/model.ts';
import { layerArgument, numberArgument } from '../arguments.ts';
import { f32, i32, type Method, type MethodOutput } from '../method.ts';
import { firstPart } from '../points.ts';
import { rankedTensors } from '../ranked.ts';

/** Share of the progress that the search takes. */
const SEARCH = 0.85;

/**
 * Of one example its k nearest others of the split, by Euclidean distance of the layer's flattened outputs; of a slice,
 * for each example, its k nearest and how many of them have its label.
 */
export const method: Method = {
  version: '3',
  reading:
    'Near examples look alike to this layer. Of a slice, agreement is the share of the nearest with the same label: a low one marks an odd example or a wrong label.',
  bytes: (plan) => {
    if (plan.query.input?.kind === 'example') return 0;
    const { layer } = layerArgument(plan.query, plan.model.manifest);
    const n = Math.max(0, ...(plan.data?.manifest.splits.map((s) => s.size) ?? []));
    return searchBytes(n, featuresOf(plan, layer), numberArgument(plan.query, 10));
  },
  async run(context) {
    const { plan } = context;
    const { layer } = layerArgument(plan.query, plan.model.manifest);
    const k = numberArgument(plan.query, 10);
    const examples = await context.examples();
    const loaded = await context.model();
    const split = await context.split(examples.split.name);
    const pool: Examples = {
      split,
      indices: Int32Array.from({ length: split.size }, (_, i) => i),
      address: splitAddress(plan, examples),
      single: false,
    };
    const pace = { ...context, ...firstPart(context, SEARCH) };
    const found = await nearest(pace, loaded, layer, examples, pool, k);
    const common = {
      warnings: [...found.warnings, ...(found.k < k ? [`There are only ${found.k} other examples.`] : [])],
      parameters: { k },
    };
    const { dataset } = split;
    const classifier = classifierOf(loaded, dataset);
    const record = {
      layer,
      unit: null,
      k: found.k,
      ...(found.recall === null ? {} : { recall: found.recall }),
      split: pool.address,
      classes: classifier ? [...classifier.classes] : classNames(dataset, dataset.classes.length),
    };
    const output = examples.single
      ? await ranked(context, loaded, examples, pool, found, layer)
      : await agreement(context, loaded, examples, found, layer);
    const own = examples.single
      ? { by: 'distance', example: examples.address }
      : { by: 'agreement', example: null };
    return {
      ...output,
      ...common,
      warnings: [...common.warnings, ...output.warnings],
      record: { ...record, ...own },
    };
  },
};

async function ranked(
  context: MethodContext,
  loaded: LoadedModel,
  examples: Examples,
  pool: Examples,
  found: Nearest,
  layer: string,
): Promise<MethodOutput> {
  const { tensors, warnings } = await rankedTensors(context, loaded, pool, found.indices, null, SEARCH);
  return {
    type: 'ranked[example]',
    title: `Nearest to ${examples.address} in ${layer} of ${context.plan.model.address}`,
    axes: [{ name: 'example', size: found.k }],
    tensors: { ...tensors, value: f32(found.distances, [found.k], ['example']) },
    n: pool.indices.length,
    warnings,
  };
}

async function agreement(
  context: MethodContext,
  loaded: LoadedModel,
  examples: Examples,
  found: Nearest,
  layer: string,
): Promise<MethodOutput> {
  const { tf, plan } = context;
  const { split, indices } = examples;
  const n = indices.length;
  const label = labelsOf(examples);
  const classifier = classifierOf(loaded, split.dataset);
  const predicted = new Int32Array(n).fill(-1);
  if (classifier)
    await forEachBatch(
      { ...context, progress: (done, note) => context.progress(SEARCH + done * (1 - SEARCH), note) },
      plan.model.manifest,
      loaded,
      examples,
      [MODEL_OUTPUT],
      ({ outputs, from }) => predicted.set(readClasses(tf, classifier, outputs[0]!).predicted, from),
      'predictions',
    );
  const shape = [n, found.k];
  const warnings = [
    ...(split.y ? [] : ['Without labels there is no agreement: it is not a number.']),
    ...(classifier?.warnings ?? []),
    ...(classifier ? await unpredictedWarnings(context, loaded, examples, predicted, '') : []),
  ];
  return {
    type: 'agreement[example]',
    title: `Agreement of ${examples.address} with its neighbours in ${layer} of ${plan.model.address}`,
    axes: [
      { name: 'example', size: n },
      { name: 'neighbour', size: found.k },
    ],
    tensors: {
      index: i32(indices, [n], ['example']),
      label: i32(label, [n], ['example']),
      predicted: i32(predicted, [n], ['example']),
      agreement: f32(Float32Array.from(agreementOf(found, split.y ?? [], label)), [n], ['example']),
      neighbours: i32(found.indices, shape, ['example', 'neighbour']),
      distance: f32(found.distances, shape, ['example', 'neighbour']),
    },
    n,
    warnings,
  };
}
