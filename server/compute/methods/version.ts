/** Versions of methods: part of a result's id, so that new numbers never hide behind old ones. */
import type { Query } from '../../../core/algebra/index.ts';
import { methodFor } from './index.ts';

/**
 * Changes whenever the same question would get other numbers; covers the right side of a join. Throws
 * UserError('unsupported') for what cannot be computed.
 */
export function methodVersion(query: Query): string {
  return `${ownVersion(query)} engine@${ENGINE}`;
}

function ownVersion(query: Query): string {
  const method = methodFor(query);
  const own = method.versionFor?.(query);
  const version = `${method.name}@${method.version}${own === undefined ? '' : ` ${own}`}`;
  const changes = query.changes?.length ? ` with@${WHAT_IF}` : '';
  return `${version}${changes}${query.join ? `, ${ownVersion(query.join.query)}` : ''}`;
}

/** Of what-if changes: raise it whenever one would change a model or an input otherwise. */
const WHAT_IF = '2';

/**
 * Of what all methods stand on: how layers, masks, scores, losses and conditions are computed and how stored values
 * reach a model. Raise it whenever one of those would give other numbers: what was computed before is then asked anew.
 */
const ENGINE = '3';
