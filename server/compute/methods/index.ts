/** The registry: every function that can be computed, and by what. Reading it loads no TensorFlow. */
import type { FunctionName, Query } from '../../../core/algebra/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import { activation } from './activation.ts';
import { calibration } from './calibration.ts';
import { classmeans } from './classmeans.ts';
import { classmetrics } from './classmetrics.ts';
import { confusion } from './confusion.ts';
import { count } from './count.ts';
import { examples } from './examples.ts';
import { graph } from './graph.ts';
import { histogram } from './histogram.ts';
import { images } from './images.ts';
import type { Method } from './method.ts';
import { metrics } from './metrics.ts';
import { predict } from './predict.ts';
import { stats } from './stats.ts';
import { top } from './top.ts';
import { units } from './units.ts';
import { weights } from './weights.ts';

export const METHODS: readonly Method[] = [
  graph,
  metrics,
  activation,
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
  classmetrics,
  calibration,
  count,
];

const byFunction = new Map<FunctionName, Method>(METHODS.map((m) => [m.function, m]));

/** Throws UserError('unsupported') for what parses but has no method. */
export function methodFor(query: Query): Method {
  const { what } = query;
  if (what.kind !== 'call')
    throw new UserError(
      'unsupported',
      'attribution cannot be computed by this version; ask for a function, as in select activation(conv2d_1) from f(x)',
    );
  const method = byFunction.get(what.name);
  if (!method)
    throw new UserError(
      'unsupported',
      `${what.name}() cannot be computed by this version; there are ${METHODS.map((m) => `${m.function}()`).join(', ')}`,
    );
  return method;
}
