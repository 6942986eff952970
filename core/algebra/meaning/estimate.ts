/** Rough cost of a query, for admission and for the editor. An upper bound where a condition or a limit cuts. */

import { FUNCTIONS } from '../dictionary/functions.ts';
import type { Catalog, CatalogModel, Estimate } from '../project/catalog.ts';
import type { Query } from '../syntax/tree.ts';
import { limitOf } from './limits.ts';
import { asksNoModel, conditionPasses, passesOf } from './passes.ts';
import { resolve, type Scope } from './scope.ts';

/** Examples that go through the model at once, at most. */
const BATCH = 256;
/** Bytes of activations that a batch may make, at most; one example goes through in any case. */
const BATCH_BYTES = 48 * 2 ** 20;
const FLOAT = 4;

const product = (shape: readonly (number | null)[]): number =>
  shape.reduce<number>((a, b) => a * (b ?? 1), 1);

/** Bytes of all layers' outputs for one example; unknown sizes count as one. */
function activationBytes(model: CatalogModel): number {
  return FLOAT * model.graph.layers.reduce((sum, layer) => sum + product(layer.outputShape.slice(1)), 0);
}

export function estimate(query: Query, catalog: Catalog): Estimate {
  return estimateResolved(resolve(query, catalog));
}

/** As estimate, of a query whose names are found. */
export function estimateResolved({ query, model: found, data, right }: Scope): Estimate {
  const joined = right === null ? NOTHING : estimateResolved(right);
  if (found === null || data === null) return joined;
  const size = data.split?.size ?? data.dataset.splits.reduce((sum, split) => sum + split.size, 0);
  const chosen = query.input?.kind === 'example' ? 1 : Math.min(size, limitOf(query) ?? size);
  // A condition or an order that asks the model needs the whole split.
  const whole = conditionPasses(query, size) > 0 ? size : 0;
  const examples = Math.max(whole, asksNoModel(query) ? 0 : chosen);
  const asked = { model: found.model, dataset: data.dataset, size, chosen };
  const each = activationBytes(found.model);
  const batch = Math.min(examples, BATCH, Math.max(1, Math.floor(BATCH_BYTES / Math.max(1, each))));
  const split = size * product(data.dataset.shape) * FLOAT;
  const bytes = split + batch * each * 2 + keptBytes(query, found.model, chosen, product(data.dataset.shape));
  return {
    bytes: bytes + joined.bytes,
    examples: examples + joined.examples,
    passes: passesOf(query, asked) + joined.passes,
  };
}

const NOTHING: Estimate = { bytes: 0, examples: 0, passes: 0 };

/** What outlives the batches: rows of features per example, pictures, or a result of the size of the layer. */
function keptBytes({ what, input }: Query, model: CatalogModel, examples: number, pixels: number): number {
  if (what.kind !== 'call') return product(model.inputs[0]?.shape.slice(1) ?? []) * FLOAT * 4;
  if (FUNCTIONS[what.name].keeps === 'examples') return examples * pixels * FLOAT;
  const [argument] = what.args;
  const name = argument?.kind === 'layer' ? argument.layer : model.graph.outputs[0];
  const layer = model.graph.layers.find((l) => l.name === name);
  if (layer === undefined) return 0;
  const units = layer.units ?? 1;
  const points = FUNCTIONS[what.name].methods.length > 0 ? 4 : 1;
  const rows = input?.kind === 'example' ? product(layer.outputShape.slice(1)) : examples * units;
  return rows * FLOAT * points;
}
