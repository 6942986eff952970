/** How many examples an answer takes where the question does not say. */
import { FUNCTIONS } from '../dictionary/functions.ts';
import type { Query } from '../syntax/tree.ts';

/** Of the attributions of a slice. */
const ATTRIBUTIONS = 100;

/** The limit as it is written in the canonical form; undefined where there is none. One example has no limit. */
export function limitOf({ what, input, limit }: Pick<Query, 'what' | 'input' | 'limit'>): number | undefined {
  if (limit !== undefined || input === undefined || input.kind === 'example') return limit;
  if (input.kind === 'name' && input.name !== 'data') return limit;
  return what.kind === 'call' ? FUNCTIONS[what.name].limit : ATTRIBUTIONS;
}
