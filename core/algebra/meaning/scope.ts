/** What a query's names mean in a project, and a list of what is wrong with them. */
import { copyPlaces, placeOf } from '../../address/places.ts';
import type { Step } from '../../address/types.ts';
import type { Place } from '../../errors/index.ts';
import { labelledOutput, orderedClasses, outputFirst, seenShape } from '../../preprocessing/index.ts';
import { FUNCTIONS, signature } from '../dictionary/functions.ts';
import { suggestion } from '../dictionary/nearest.ts';
import { nameIn } from '../dictionary/values.ts';
import {
  type Catalog,
  type CatalogDataset,
  type CatalogLayer,
  type CatalogModel,
  layerNamed,
  type Problem,
} from '../project/catalog.ts';
import type { InputReference, ModelReference, Query } from '../syntax/tree.ts';
import { unbound } from './bind.ts';
import { groupProblem, withoutGroups } from './groups.ts';

export interface ModelInScope {
  readonly model: CatalogModel;
  /** Number of the checkpoint; null when it does not exist (a problem was noted). */
  readonly step: number | null;
}
export interface DataInScope {
  /** With shape and classes as the query's model has them. */
  readonly dataset: CatalogDataset;
  /** Why the model cannot take it. */
  readonly misfit: string | null;
  /** Null when it does not exist or is not told (a problem was noted). */
  readonly split: { readonly name: string; readonly size: number } | null;
}

/** A query with its names as they mean in the project; null where they mean nothing (a problem was noted). */
export interface Scope {
  readonly query: Query;
  readonly catalog: Catalog;
  readonly model: ModelInScope | null;
  readonly data: DataInScope | null;
  /** The joined query, with what it takes from this one. */
  readonly right: Scope | null;
  readonly problems: Problems;
}

/**
 * What the names of a query, and of those joined to it, mean: found once, for all that is asked about it afterwards.
 * Groups of layers are replaced by the layers that they stand for.
 */
export function resolve(asked: Query, catalog: Catalog, problems = new Problems()): Scope {
  const found = findModel(asked.model, catalog, problems);
  const model = found && { ...found, model: asAsked(found.model, asked.input, catalog) };
  const query = model === null ? asked : withoutGroups(asked, model.model);
  const { input, join } = query;
  const data = input === undefined ? null : findData(input, catalog, problems, model?.model ?? null);
  const right = join === undefined ? null : resolve(withInherited(query, join.query), catalog, problems);
  return { query, catalog, model, data, right, problems };
}

/** Of several outputs the one that the data's labels belong to comes first. */
function asAsked(model: CatalogModel, input: InputReference | undefined, catalog: Catalog): CatalogModel {
  if (model.graph.outputs.length < 2 || input === undefined || input.kind === 'name') return model;
  const data = catalog.datasets.find(({ name }) => name === input.dataset);
  const labelled = labelledOutput(model, data?.classes ?? [], model.preprocessing?.[input.dataset]?.output);
  if (!labelled.fits || labelled.output === undefined) return model;
  return { ...model, graph: outputFirst(model.graph, labelled.output) };
}

/** The right side with what it takes from the left one: the method, where it names none. */
function withInherited(left: Query, right: Query): Query {
  if (left.using === undefined || right.using !== undefined) return right;
  return copyPlaces({ ...right, using: left.using }, right);
}

const same = (a: Place | undefined, b: Place | undefined): boolean =>
  a?.line === b?.line && a?.column === b?.column;

const MOST_PROBLEMS = 20;

export class Problems {
  readonly #list: Problem[] = [];

  /** Enough was found: nobody reads more, and a hostile text has thousands. */
  get full(): boolean {
    return this.#list.length >= MOST_PROBLEMS;
  }

  /** Notes a problem at the node, or at the named part of it. */
  add(message: string, node?: object, part?: string): void {
    if (this.full) return;
    const at = node === undefined ? undefined : placeOf(node, part);
    // What a joined query takes from the left side is checked on both.
    if (this.#list.some((p) => p.message === message && same(p.at, at))) return;
    this.#list.push(at === undefined ? { message } : { message, at });
  }

  /** In the order of the text; those without a place last. */
  list(): Problem[] {
    const order = (at: Place | undefined): number =>
      at === undefined ? Infinity : at.line * 1e6 + at.column;
    return this.#list
      .map((problem, index) => ({ problem, index }))
      .sort((a, b) => order(a.problem.at) - order(b.problem.at) || a.index - b.index || 0)
      .map(({ problem }) => problem);
  }
}

const range = (count: number): string => (count === 1 ? 'only 0' : `0 to ${count - 1}`);

function findModel(reference: ModelReference, catalog: Catalog, problems: Problems): ModelInScope | null {
  if (reference.kind === 'name') {
    problems.add(unbound('f'), reference);
    return null;
  }
  const model = catalog.models.find((m) => m.name === reference.model);
  if (model === undefined) {
    const names = catalog.models.map((m) => m.name);
    const hint = names.length === 0 ? '; import one first' : suggestion(reference.model, names, 'there are');
    problems.add(`no model ${reference.model} in this project${hint}`, reference);
    return null;
  }
  return { model, step: findStep(reference.step, model, problems, reference) };
}

function findStep(
  step: Step | undefined,
  model: CatalogModel,
  problems: Problems,
  node: object,
): number | null {
  const steps = model.checkpoints.map((c) => c.step);
  if (steps.length === 0) {
    problems.add(`${model.name} has no checkpoint yet`, node);
    return null;
  }
  if (step === undefined || step === 'last') return steps.reduce((a, b) => Math.max(a, b));
  if (step === 'best') {
    if (model.bestStep !== null) return model.bestStep;
    if (steps.length === 1) return steps[0] ?? null;
    problems.add(
      `which checkpoint of ${model.name} is the best is not known, as no validation was logged; write its step`,
      node,
    );
    return null;
  }
  if (steps.includes(step)) return step;
  const sorted = [...steps].sort((a, b) => a - b);
  const near = sorted.reduce((a, b) => (Math.abs(b - step) < Math.abs(a - step) ? b : a));
  problems.add(
    `no step ${step} of ${model.name}; did you mean ${model.name}@${near}? It has ${sorted.length} from ${sorted[0]} to ${sorted.at(-1)}`,
    node,
  );
  return null;
}

/** Notes a problem, and gives null, for a layer that the model does not have. */
export function findLayer(
  name: string,
  model: CatalogModel,
  problems: Problems,
  node: object,
): CatalogLayer | null {
  const layer = layerNamed(model, name);
  if (layer !== undefined) return layer;
  const group = groupProblem(name, model);
  if (group !== null) {
    problems.add(group, node);
    return null;
  }
  const names = model.graph.layers.map((l) => l.name);
  const called = nameIn(FUNCTIONS, name);
  const hint =
    called === undefined
      ? suggestion(name, names, 'its layers are')
      : `; the function is written ${signature(FUNCTIONS[called])}`;
  problems.add(`no layer ${name} in ${model.name}${hint}`, node);
  return null;
}

/** Notes a problem for a unit that the layer does not have. */
export function checkUnit(layer: CatalogLayer, unit: number, problems: Problems, node: object): void {
  if (layer.units === null)
    problems.add(`${layer.name} has no units: the size of its output is not known`, node);
  else if (unit >= layer.units)
    problems.add(`no unit ${unit} in ${layer.name}; it has ${layer.units}: ${range(layer.units)}`, node);
}

/** `model`: what the data are given to, which decides how their axes and classes are read. */
export function findData(
  input: InputReference,
  catalog: Catalog,
  problems: Problems,
  model: CatalogModel | null,
): DataInScope | null {
  if (input.kind === 'name') {
    problems.add(unbound(input.name), input);
    return null;
  }
  const stored = catalog.datasets.find((d) => d.name === input.dataset);
  if (stored === undefined) {
    const names = catalog.datasets.map((d) => d.name);
    const hint = names.length === 0 ? '; import one first' : suggestion(input.dataset, names, 'there are');
    problems.add(`no data set ${input.dataset} in this project${hint}`, input);
    return null;
  }
  const { dataset, misfit } = seenBy(model, stored);
  const names = dataset.splits.map((s) => s.name);
  if (input.split === undefined) {
    const [only] = dataset.splits;
    if (dataset.splits.length === 1 && only !== undefined) return { dataset, misfit, split: only };
    problems.add(
      names.length === 0
        ? `${dataset.name} has no splits`
        : `${dataset.name} has ${names.length} splits; write which: ${names.map((n) => `${dataset.name}.${n}`).join(' or ')}`,
      input,
    );
    return { dataset, misfit, split: null };
  }
  const split = dataset.splits.find((s) => s.name === input.split) ?? null;
  if (split === null)
    problems.add(
      `no split ${input.split} in ${dataset.name}${suggestion(input.split, names, 'its splits are')}`,
      input,
    );
  else if (input.kind === 'example' && input.index >= split.size)
    problems.add(
      `no example ${input.index} in ${dataset.name}.${split.name}; it has ${split.size}: ${range(split.size)}`,
      input,
    );
  return { dataset, misfit, split };
}

/** The data set as the pair has it. */
export function seenBy(
  model: CatalogModel | null,
  stored: CatalogDataset,
): { dataset: CatalogDataset; misfit: string | null } {
  if (model === null || model.inputs.length === 0) return { dataset: stored, misfit: null };
  const choice = model.preprocessing?.[stored.name] ?? {};
  const seen = seenShape(model, stored, choice);
  if (!seen.fits) return { dataset: stored, misfit: seen.problem };
  const ordered = orderedClasses(stored.classes, choice.classOrder ?? 'stored');
  return {
    dataset: { ...stored, shape: seen.shown, classes: ordered.fits ? ordered.classes : stored.classes },
    misfit: ordered.fits ? null : `${model.name} and ${stored.name}: ${ordered.why}`,
  };
}

/** The input with its split written where the data set has just one. */
export function withSplit(input: InputReference, data: DataInScope): InputReference {
  if (input.kind !== 'dataset' || data.split === null) return input;
  return copyPlaces({ ...input, split: data.split.name }, input);
}

/** Notes a problem where the model cannot take this data. */
export function checkShapes({ misfit }: DataInScope, problems: Problems, node: object): void {
  if (misfit !== null) problems.add(misfit, node);
}
