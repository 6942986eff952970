/** What the API may import of the compute part: no TensorFlow comes with it. */
import type { Query } from '../../core/algebra/index.ts';
import { METHODS, methodFor } from './methods/index.ts';

export type { BackendChoice } from './backend.ts';
export type { Entry } from './child.ts';
export * from './contract.ts';
export { createPool, type Pool, type PoolOptions } from './pool.ts';

/** Part of a result's id: changes whenever the same question would get other numbers. Throws UserError('unsupported'). */
export function methodVersion(query: Query): string {
  const method = methodFor(query);
  return `${method.function}@${method.version}`;
}

/** Every function that can be computed, with a summary and how to read its picture. */
export function methodSpecs(): readonly {
  readonly function: string;
  readonly version: string;
  readonly summary: string;
  readonly reading: string;
}[] {
  return METHODS.map(({ function: name, version, summary, reading }) => ({
    function: name,
    version,
    summary,
    reading,
  }));
}
