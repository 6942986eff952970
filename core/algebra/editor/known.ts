/** What a written side of a query speaks of, as far as the project and the board know it. */
import { parseAddress } from '../../address/index.ts';
import { UserError } from '../../errors/index.ts';
import type { QueryBindings } from '../meaning/bind.ts';
import type { Catalog, CatalogDataset, CatalogModel } from '../project/catalog.ts';
import type { Side } from './slots.ts';

export type CatalogLayer = CatalogModel['graph']['layers'][number];

export interface Known {
  readonly catalog: Catalog;
  readonly bindings: QueryBindings;
}

function addressOf(text: string | null | undefined, alone: 'model' | 'data') {
  if (text == null) return null;
  try {
    return parseAddress(text, alone);
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

/** The model asked about. Where none is written yet, that of the board or the only one there is. */
export function modelOf(side: Side, { catalog, bindings }: Known): CatalogModel | null {
  const { model } = side;
  const bound = model === null || (model.name === 'f' && !model.quoted);
  const address = bound ? addressOf(bindings.f, 'model') : null;
  const name = bound ? (address?.kind === 'model' ? address.model : null) : model.name;
  const only = catalog.models.length === 1 && model === null ? catalog.models[0] : undefined;
  return catalog.models.find((m) => m.name === name) ?? only ?? null;
}

/** The data set asked about; of what the board binds where none is written yet. */
export function datasetOf(side: Side, known: Known): CatalogDataset | null {
  const { dataset } = side;
  const name =
    dataset === null || dataset.quoted ? (dataset?.name ?? null) : boundDataset(dataset.name, known.bindings);
  return datasetNamed(
    name ?? boundDataset('x', known.bindings) ?? boundDataset('data', known.bindings),
    known,
  );
}

export function datasetNamed(name: string | null, { catalog }: Known): CatalogDataset | null {
  const only = catalog.datasets.length === 1 && name === null ? catalog.datasets[0] : undefined;
  return catalog.datasets.find((d) => d.name === name) ?? only ?? null;
}

/** What a name where data stands is of: `x`, `data`, a saved slice, or a data set's own name. */
function boundDataset(name: string, bindings: QueryBindings): string | null {
  const saved = bindings.slices !== undefined && Object.hasOwn(bindings.slices, name);
  const text =
    name === 'x' || name === "x'" || name === 'data'
      ? bindings[name]
      : saved
        ? bindings.slices?.[name]
        : undefined;
  if (name !== 'x' && name !== "x'" && name !== 'data' && !saved) return name;
  const address = addressOf(text, 'data');
  return address !== null && 'dataset' in address ? address.dataset : null;
}

export function layerOf(name: string, side: Side, known: Known): CatalogLayer | null {
  return modelOf(side, known)?.graph.layers.find((l) => l.name === name) ?? null;
}

/** What is read of a side before the caret, with what is written of it behind. */
export function merged(before: Side, whole: Side | undefined): Side {
  if (whole === undefined) return before;
  return {
    model: before.model ?? whole.model,
    what: before.what ?? whole.what,
    layer: before.layer ?? whole.layer,
    dataset: before.dataset ?? whole.dataset,
    split: before.split ?? whole.split,
    input: before.input ?? whole.input,
    method: before.method ?? whole.method,
    clauses: new Set([...before.clauses, ...whole.clauses]),
    left: before.left,
  };
}
