/** How long a task will take, roughly and from above: what has a turn among the small ones, and when a worker hangs. */
import { operandsOf } from '../../../core/address/index.ts';
import { type CatalogModel, FUNCTIONS, METHODS, methodsOf, passesOf } from '../../../core/algebra/index.ts';
import type { ModelManifest } from '../../../core/artifacts/index.ts';
import type { ComputeTask, QueryPlan } from '../contract.ts';

/** Operations in a second of one core, WebAssembly included: slow machines reach this. */
const SPEED = 1e9;
/** Operations that each layer costs each time it is called, however small it is. */
const CALL = 2e5;
/** Operations for each byte of an uploaded file, of a table as text: twice parsed, checked and written. */
const PER_BYTE = 1000;
/** Reading a model or a split, and writing the answer. */
const BASE_SECONDS = 0.5;
/** Shorter work is small: nobody minds to wait for it. */
export const SMALL_SECONDS = 3;

/** Seconds of one worker on a slow machine; a model or a method that costs more than it seems takes longer. */
export function estimateSeconds(task: ComputeTask): number {
  switch (task.kind) {
    case 'query':
      return BASE_SECONDS + queryOperations(task.plan) / SPEED;
    case 'trial':
      return BASE_SECONDS + (task.ways.length * TRIED * passOperations(task.plan.model.manifest)) / SPEED;
    case 'import-model':
    case 'import-dataset':
      return BASE_SECONDS + (PER_BYTE * task.files.reduce((sum, { bytes }) => sum + bytes, 0)) / SPEED;
  }
}

/** Examples that each way of scaling is tried on, at most. */
const TRIED = 512;

function queryOperations(plan: QueryPlan): number {
  return sideOperations(plan) + (plan.joined ? queryOperations(plan.joined) : 0);
}

function sideOperations(plan: QueryPlan): number {
  const { query, data, model } = plan;
  if (!data || !query.input || query.input.kind === 'name') return 0;
  const { manifest } = model;
  const { split } = query.input;
  const sizes = data.manifest.splits.filter(({ name }) => split === undefined || name === split);
  const size = Math.max(0, ...sizes.map((each) => each.size));
  const chosen = query.input.kind === 'example' ? 1 : Math.min(size, query.limit ?? size);
  const asked = { model: catalogModel(plan), dataset: { name: '', ...data.manifest }, size, chosen };
  const passes = passesOf(query, asked);
  const width = data.manifest.shape.reduce((a, b) => a * b, 1);
  return passes * passOperations(manifest) + size * width * 10 + pairOperations(plan, size, chosen);
}

/** What compares examples with each other, or places them, grows with their square. */
function pairOperations({ query, model }: QueryPlan, size: number, chosen: number): number {
  const { what, using, input } = query;
  const units = Math.max(1, ...model.manifest.graph.layers.map(({ units: own }) => own ?? 1));
  const operands = input?.kind === 'slice' ? [...operandsOf(input.where)] : [];
  const agreement = operands.some(({ kind }) => kind === 'agreement') ? size * size * units : 0;
  if (what.kind !== 'call') return agreement;
  const compared = { size, chosen, units };
  const method = using?.method ?? methodsOf(what.name)[0];
  const placing = method === undefined ? undefined : METHODS[method].operations;
  return agreement + (FUNCTIONS[what.name].operations?.(compared) ?? 0) + (placing?.(compared) ?? 0);
}

const RECURRENT = /RNN|LSTM|GRU|Bidirectional/;

/** Multiplications and additions of one example through all layers. */
export function passOperations({ graph }: Pick<ModelManifest, 'graph'>): number {
  let sum = 0;
  // Whatever a recurrent layer gives back, it takes every step of its input.
  const steps = Math.max(1, ...graph.layers.map(({ outputShape }) => outputShape[1] ?? 1));
  for (const { type, outputShape, params, units } of graph.layers) {
    const size = outputShape.slice(1).reduce<number>((a, b) => a * (b ?? 1), 1);
    // Each weight is used once at each place of the output; an embedding is looked up.
    const places = Math.max(1, size / Math.max(1, units ?? 1));
    const uses = type === 'Embedding' ? 0 : RECURRENT.test(type) ? steps : places;
    sum += CALL + 2 * params * uses + 10 * size;
  }
  return sum;
}

function catalogModel({ model, checkpoints = [model] }: QueryPlan): CatalogModel {
  const { graph, inputs } = model.manifest;
  const steps = checkpoints.map((_, step) => ({ step }));
  return { name: '', graph, inputs, checkpoints: steps, bestStep: null };
}
