/** A view's query as the page needs it: bound for the server, and as words for its head. */

import { printAddress } from '@/core/address/index.ts';
import {
  boundQuestion,
  type Catalog,
  type Problem,
  type Query,
  questionOf,
  read,
} from '@/core/algebra/index.ts';
import type { Names } from '@/core/board/index.ts';
import type { Place } from '@/core/errors/index.ts';
import type { ResultType } from '@/core/result/index.ts';

export type Bound =
  | { readonly ok: true; readonly text: string; readonly query: Query; readonly model: string | null }
  | { readonly ok: false; readonly message: string; readonly at?: Place | string };

/** `model` is the canonical address of the model asked about. */
export function boundText(text: string, bindings: Names): Bound {
  const { query, boundText: written, failure } = boundQuestion(text, bindings);
  if (query !== null && written !== null)
    return {
      ok: true,
      text: written,
      query,
      model: query.model.kind === 'model' ? printAddress(query.model) : null,
    };
  const at = failure?.at;
  return { ok: false, message: failure?.message ?? '', ...(at === undefined ? {} : { at }) };
}

/** Problems of a query before it is run: where it cannot be read, and what the project lacks. */
export function problems(text: string, bindings: Names, catalog: Catalog): readonly Problem[] {
  return questionOf(text, bindings, catalog).problems;
}

/** "conv2d_1 · activations · digits.test[42]"; text that does not parse is its own title. */
export function titleOf(text: string, bindings: Names): string {
  return boundQuestion(text, bindings).title;
}

/** Whether a query that reads well asks for an answer with and without its changes. */
export function isWhatIf(text: string): boolean {
  const { query } = read(text);
  if (query === null) return false;
  const { what, changes, join } = query;
  if (join !== undefined) return what.kind === 'call' && join.kind === 'left join';
  return changes !== undefined && changes.length > 0;
}

/** The type that the answer will have; null while the query has a problem. */
export function checkedType(text: string, bindings: Names, catalog: Catalog): ResultType | null {
  return questionOf(text, bindings, catalog).type;
}
