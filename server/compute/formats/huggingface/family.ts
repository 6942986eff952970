/** What a family of models is: how its graph is built from a configuration, module by module. */
import type { GraphBuilder, Tensor } from '../operators/builder.ts';
import type { Config } from './config.ts';

export interface Family {
  /** What the names of the inner model begin with where it has a head: `bert.`. */
  readonly base: string;
  /** Classes that are built; the first is what a configuration without a class is. */
  readonly classes: readonly string[];
  /** Outputs in order. */
  build(graph: GraphBuilder, config: Config, className: string): readonly Tensor[];
}

/** The class without its family's name: `ForMaskedLM`, `Model`. */
export const headOf = (className: string): string => /(For\w+|LMHeadModel|Model)$/.exec(className)?.[0] ?? '';

export function labelsOf(config: Config): number {
  const labels = config.read('id2label');
  const listed = typeof labels === 'object' && labels !== null ? Object.keys(labels).length : 0;
  return listed > 0 ? listed : config.size('num_labels', 2);
}
