/** What the checker knows of a project. The API's Model and Dataset records fit as they are. */

import type { Place } from '../../errors/index.ts';
import type { BindingData, PreprocessingChoice } from '../../preprocessing/index.ts';
import type { GraphRecord, ResultType } from '../../result/types.ts';

export interface CatalogModel {
  readonly name: string;
  readonly graph: GraphRecord;
  readonly checkpoints: readonly { readonly step: number }[];
  readonly bestStep: number | null;
  /** Shapes with the batch axis first: [null, 8, 8, 1]. */
  readonly inputs: readonly { readonly name: string; readonly shape: readonly (number | null)[] }[];
  /** Preprocessing that was chosen, by the data set's name; axes and classes are as stored where they were not. */
  readonly preprocessing?: Readonly<Record<string, PreprocessingChoice>>;
  /** False for a format that runs but cannot be differentiated. */
  readonly gradients?: boolean;
}
export type CatalogLayer = CatalogModel['graph']['layers'][number];

const layersByName = new WeakMap<GraphRecord, ReadonlyMap<string, CatalogLayer>>();

/** Undefined where the model has none of that name. */
export function layerNamed({ graph }: Pick<CatalogModel, 'graph'>, name: string): CatalogLayer | undefined {
  const known = layersByName.get(graph);
  if (known !== undefined) return known.get(name);
  // The first of a name is meant, as everywhere.
  const layers = new Map([...graph.layers].reverse().map((layer) => [layer.name, layer]));
  layersByName.set(graph, layers);
  return layers.get(name);
}

export interface CatalogDataset {
  readonly name: string;
  /** Shape of one example. */
  readonly shape: readonly number[];
  /** Empty: not labelled. */
  readonly classes: readonly string[];
  readonly columns: readonly string[];
  /** Of a data set of several arrays: what the first is called, and the others. */
  readonly main?: string | undefined;
  readonly arrays?: BindingData['arrays'];
  readonly splits: readonly { readonly name: string; readonly size: number }[];
}
export interface Catalog {
  readonly models: readonly CatalogModel[];
  readonly datasets: readonly CatalogDataset[];
}

/** One thing that keeps a query from running. */
export interface Problem {
  readonly message: string;
  /** Where in the text that was parsed; absent for a query made by hand. */
  readonly at?: Place;
}
export interface Checked {
  /** Null when it cannot be told because of the problems. */
  readonly type: ResultType | null;
  readonly problems: readonly Problem[];
}
/** Rough cost, for admission and for the editor. */
export interface Estimate {
  /** Peak bytes of the computation beyond the model's own weights. */
  readonly bytes: number;
  /** Examples that go through the model. */
  readonly examples: number;
  /** Forward passes of one example that it takes in all; a gradient counts as three. */
  readonly passes: number;
}
