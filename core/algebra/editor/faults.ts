/** Everything that is wrong with a text, before it is run. */
import { copyPlaces } from '../../address/places.ts';
import { UserError } from '../../errors/index.ts';
import { check } from '../check/check.ts';
import { bind } from '../meaning/bind.ts';
import type { Problem } from '../project/catalog.ts';
import { read, treeOf } from '../syntax/parse.ts';
import type { Query } from '../syntax/tree.ts';
import type { Known } from './known.ts';

/**
 * In the order of the text: where it cannot be read, and what is wrong with the parts that can be. None: the text can be
 * run.
 */
export function faults(text: string, known: Known): readonly Problem[] {
  const { query, faults: unread, drafts, closed } = read(text);
  if (query !== null) return problemsOf(query, known);
  // Each query by itself: what one of them lacks would make a comparison untrue.
  const alone = (closed ? drafts : []).flatMap((draft) => treeOf(draft) ?? []).map(withoutJoin);
  const others = alone.flatMap((part) => problemsOf(part, known)).filter(({ at }) => at !== undefined);
  return [...unread.map(problemFrom), ...others]
    .map((problem, order) => ({ problem, order }))
    .sort((a, b) => orderOf(a.problem) - orderOf(b.problem) || a.order - b.order)
    .map(({ problem }) => problem);
}

const withoutJoin = (query: Query): Query => {
  const { join: _, ...own } = query;
  return copyPlaces(own, query);
};

const orderOf = ({ at }: Problem): number => (at === undefined ? 0 : at.line * 1e6 + at.column);

const problemFrom = ({ message, at }: UserError): Problem =>
  typeof at === 'object' ? { message, at } : { message };

function problemsOf(query: Query, { catalog, bindings }: Known): readonly Problem[] {
  try {
    return check(bind(query, bindings), catalog).problems;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [problemFrom(error)];
  }
}
