/** The registry: every function that can be computed, and by what. Reading it loads no TensorFlow. */
import { named } from '../../../core/algebra/dictionary/values.ts';
import { FUNCTIONS, type Query } from '../../../core/algebra/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import { REGISTRY } from './functions/registry.generated.ts';
import type { NamedMethod } from './method.ts';

export const METHODS: Readonly<Record<NamedMethod['name'], NamedMethod>> = named(REGISTRY);

/** Throws UserError('unsupported') for a clause that the function does not honour. */
export function methodFor(query: Query): NamedMethod {
  const name = query.what.kind === 'call' ? query.what.name : 'attribution';
  // Clauses that no function honours must not be dropped in silence.
  const clause =
    (query.where && 'where') ||
    (query.target && 'for') ||
    (query.join && name !== 'attribution' && FUNCTIONS[name].joins !== query.join.kind && query.join.kind);
  if (name !== 'attribution' && clause)
    throw new UserError('unsupported', `${name}() cannot be asked with “${clause}”`);
  return METHODS[name];
}
