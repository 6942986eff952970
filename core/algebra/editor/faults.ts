/** Everything that is wrong with a text, before it is run. */
import { UserError } from '../../errors/index.ts';
import { check } from '../check/check.ts';
import { bind } from '../meaning/bind.ts';
import type { Problem } from '../project/catalog.ts';
import { parse } from '../syntax/parse.ts';
import type { Query } from '../syntax/tree.ts';
import type { Known } from './known.ts';
import { readable } from './recover.ts';

/**
 * In the order of the text: where it cannot be read the first such place, and what is wrong with the clauses that can
 * be. None: the text can be run.
 */
export function faults(text: string, known: Known): readonly Problem[] {
  const read = attempt(() => parse(text));
  if (read.query !== null) return problemsOf(read.query, known);
  const rest = readable(text, (part) => attempt(() => parse(part)).query !== null);
  const others = rest === null ? [] : problemsOf(parse(rest), known);
  return [
    read.problem,
    ...others.filter(({ at, message }) => at !== undefined && message !== read.problem.message),
  ]
    .map((problem, order) => ({ problem, order }))
    .sort((a, b) => orderOf(a.problem) - orderOf(b.problem) || a.order - b.order)
    .map(({ problem }) => problem);
}

const orderOf = ({ at }: Problem): number => (at === undefined ? 0 : at.line * 1e6 + at.column);

type Attempt = { query: Query; problem: null } | { query: null; problem: Problem };

function attempt(read: () => Query): Attempt {
  try {
    return { query: read(), problem: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { message, at } = error;
    return { query: null, problem: typeof at === 'object' ? { message, at } : { message } };
  }
}

function problemsOf(query: Query, { catalog, bindings }: Known): readonly Problem[] {
  const bound = attempt(() => bind(query, bindings));
  return bound.query === null ? [bound.problem] : check(bound.query, catalog).problems;
}
