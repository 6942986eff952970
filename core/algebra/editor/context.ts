/** What a written side of a query speaks of, as far as the project and the board know it. */
import { parseAddress } from '../../address/index.ts';
import { UserError } from '../../errors/index.ts';
import type { QueryBindings } from '../meaning/bind.ts';
import type { Catalog, CatalogDataset, CatalogLayer, CatalogModel } from '../project/catalog.ts';
import { layerMeant } from '../project/groups.ts';
import type { Draft } from '../syntax/notes.ts';

export interface EditorContext {
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
export function modelOf({ model }: Draft, { catalog, bindings }: EditorContext): CatalogModel | null {
  const address = model?.kind === 'model' ? model : addressOf(bindings.f, 'model');
  const name = address?.kind === 'model' ? address.model : null;
  const only = catalog.models.length === 1 && model === undefined ? catalog.models[0] : undefined;
  return catalog.models.find((m) => m.name === name) ?? only ?? null;
}

/** The data set asked about; of what the board binds where none is written yet. */
export function datasetOf({ input }: Draft, known: EditorContext): CatalogDataset | null {
  const { bindings } = known;
  const written =
    input === undefined
      ? null
      : input.kind === 'name'
        ? boundDataset(bindings[input.name])
        : savedDataset(input.dataset, bindings);
  return datasetNamed(written ?? boundDataset(bindings.x) ?? boundDataset(bindings.data), known);
}

export function datasetNamed(name: string | null, { catalog }: EditorContext): CatalogDataset | null {
  const only = catalog.datasets.length === 1 && name === null ? catalog.datasets[0] : undefined;
  return catalog.datasets.find((d) => d.name === name) ?? only ?? null;
}

/** What the text of a binding is of. */
function boundDataset(text: string | null | undefined): string | null {
  const address = addressOf(text, 'data');
  return address !== null && 'dataset' in address ? address.dataset : null;
}

/** A slice that the board has named stands before a data set of the same name. */
function savedDataset(name: string, { slices }: QueryBindings): string | null {
  return slices !== undefined && Object.hasOwn(slices, name) ? boundDataset(slices[name]) : name;
}

export function layerOf(name: string, side: Draft, known: EditorContext): CatalogLayer | null {
  const model = modelOf(side, known);
  return (model && layerMeant(model, name)) ?? null;
}

/** What is read of a side before the caret, with what is written of it behind. */
export function merged(before: Draft, whole: Draft | undefined): Draft {
  if (whole === undefined) return before;
  const known = Object.fromEntries(Object.entries(before).filter(([, part]) => part !== undefined));
  return { ...whole, ...known, clauses: new Set([...before.clauses, ...whole.clauses]), left: before.left };
}
