/** A view's query as the page needs it: bound for the server, and as words for its head. */

import { printAddress } from '@/core/address/index.ts';
import { bind, check, parse, print, type Query, title } from '@/core/algebra/index.ts';
import type { Dataset, Model } from '@/core/api/index.ts';
import type { Names } from '@/core/board/index.ts';
import { type Place, UserError } from '@/core/errors/index.ts';
import type { ResultType } from '@/core/result/index.ts';

export type Bound =
  | { readonly ok: true; readonly text: string; readonly query: Query; readonly model: string | null }
  | { readonly ok: false; readonly message: string; readonly at?: Place | string };

/** Parses and binds; `model` is the canonical address of the model asked about. */
export function boundText(text: string, bindings: Names): Bound {
  try {
    const query = bind(parse(text), bindings);
    const model = query.model.kind === 'model' ? printAddress(query.model) : null;
    return { ok: true, text: print(query), query, model };
  } catch (error) {
    return failure(error);
  }
}

export interface Problem {
  readonly message: string;
  readonly at?: Place | string;
}

/** Problems of a query before it is run: syntax first, then what the project lacks. */
export function problems(
  text: string,
  bindings: Names,
  catalog: { models: readonly Model[]; datasets: readonly Dataset[] },
): readonly Problem[] {
  try {
    const query = parse(text);
    return check(bind(query, bindings), catalog).problems;
  } catch (error) {
    const { message, at } = failure(error);
    return [{ message, ...(at === undefined ? {} : { at }) }];
  }
}

function failure(error: unknown): Extract<Bound, { ok: false }> {
  if (!(error instanceof UserError)) throw error;
  return { ok: false, message: error.message, ...(error.at === undefined ? {} : { at: error.at }) };
}

/** "conv2d_1 · activations · digits.test[42]"; text that does not parse is its own title. */
export function titleOf(text: string, bindings: Names): string {
  let query: Query;
  try {
    query = parse(text);
  } catch {
    return text.trim() === '' ? 'Empty query' : text;
  }
  try {
    return title(bind(query, bindings));
  } catch {
    // Names that stand for nothing yet are shown as they are written.
    return title(query);
  }
}

/** Whether a query that reads well asks for an answer with and without its changes. */
export function isWhatIf(text: string): boolean {
  try {
    const { what, changes, join } = parse(text);
    if (join !== undefined) return what.kind === 'call' && join.kind === 'left join';
    return changes !== undefined && changes.length > 0;
  } catch (error) {
    failure(error);
    return false;
  }
}

/** The type that the answer will have; null while the query has a problem. */
export function checkedType(
  text: string,
  bindings: Names,
  catalog: { models: readonly Model[]; datasets: readonly Dataset[] },
): ResultType | null {
  try {
    return check(bind(parse(text), bindings), catalog).type;
  } catch (error) {
    failure(error);
    return null;
  }
}
