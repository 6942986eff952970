/** The registry: every function that can be computed, and by what. Reading it loads no TensorFlow. */
import { FUNCTIONS, type Query } from '../../../core/algebra/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import { activation } from './functions/activation.ts';
import { attribution } from './functions/attribution.ts';
import { calibration } from './functions/calibration.ts';
import { classmeans } from './functions/classmeans.ts';
import { classmetrics } from './functions/classmetrics.ts';
import { confusion } from './functions/confusion.ts';
import { count } from './functions/count.ts';
import { examples } from './functions/examples.ts';
import { graph } from './functions/graph.ts';
import { histogram } from './functions/histogram.ts';
import { images } from './functions/images.ts';
import { metrics } from './functions/metrics.ts';
import { neighbours } from './functions/neighbours.ts';
import { predict } from './functions/predict.ts';
import { similarity } from './functions/similarity.ts';
import { stats } from './functions/stats.ts';
import { top } from './functions/top.ts';
import { units } from './functions/units.ts';
import { weights } from './functions/weights.ts';
import type { Method } from './method.ts';

export const METHODS: readonly Method[] = [
  graph,
  metrics,
  activation,
  attribution,
  stats,
  histogram,
  predict,
  confusion,
  classmeans,
  images,
  units,
  examples,
  top,
  weights,
  similarity,
  neighbours,
  classmetrics,
  calibration,
  count,
];

const byFunction = new Map<Method['function'], Method>(METHODS.map((m) => [m.function, m]));

/** Throws UserError('unsupported') for what parses but has no method. */
export function methodFor(query: Query): Method {
  const name = query.what.kind === 'call' ? query.what.name : 'attribution';
  // Clauses that no function honours must not be dropped in silence.
  const clause =
    (query.where && 'where') ||
    (query.target && 'for') ||
    (query.join && name !== 'attribution' && FUNCTIONS[name].joins !== query.join.kind && query.join.kind);
  if (name !== 'attribution' && clause)
    throw new UserError('unsupported', `${name}() cannot be asked with “${clause}”`);
  const method = byFunction.get(name);
  if (method) return method;
  const known = METHODS.flatMap((m) => (m.function === 'attribution' ? [] : [`${m.function}()`]));
  throw new UserError(
    'unsupported',
    `${name === 'attribution' ? name : `${name}()`} cannot be computed by this version; there are ${known.join(', ')}`,
  );
}
