/** Type checking before any computation: names, shapes, arguments, methods, targets, windows, changes and joins. */
import { OWN_COLUMNS, ownColumn, printColumn } from '../../address/index.ts';
import type { ResultType } from '../../result/types.ts';
import { suggestion } from '../dictionary/nearest.ts';
import { estimateResolved } from '../meaning/estimate.ts';
import { checkShapes, checkUnit, findLayer, resolve, type Scope } from '../meaning/scope.ts';
import type { Catalog, Checked } from '../project/catalog.ts';
import { missingFor } from '../project/classifier.ts';
import { keyOperand } from '../syntax/keys.ts';
import type { Query } from '../syntax/tree.ts';
import { checkAttribution } from './attribution.ts';
import { checkCall } from './call.ts';
import { checkChanges } from './changes.ts';
import { checkJoin } from './join.ts';
import { checkPredicate } from './predicate.ts';
import { checkUsing } from './using.ts';

/** Result type and every problem found. The query must be bound: a board's name is a problem. */
export function check(query: Query, catalog: Catalog): Checked {
  return checkResolved(resolve(query, catalog));
}

/** As check, of a query whose names are found. */
export function checkResolved(scope: Scope): Checked {
  const { problems } = scope;
  const type = checkSide(scope);
  if (problems.list().length === 0) checkCost(scope);
  const all = problems.list();
  return { type: all.length === 0 ? type : null, problems: all };
}

function checkSide(scope: Scope): ResultType | null {
  const { query, catalog, model, data, right, problems } = scope;
  const { what, input, join } = query;
  if (model !== null && data !== null && input !== undefined) checkShapes(data, problems, input);
  if (data !== null && input?.kind === 'slice')
    checkPredicate(input.where, { catalog, data, model, problems, input });
  const type = what.kind === 'call' ? checkCall(what, scope) : checkAttribution(what, scope);
  checkUsing(scope);
  checkChanges(scope);
  checkOrder(scope);
  if (join === undefined || right === null) return type;
  checkJoin(scope, { join, right, left: type, other: checkSide(right) });
  return type;
}

/** More is no question but a mistake: days of a fast machine for a small model. */
const MOST_PASSES = 1e9;

function checkCost(scope: Scope): void {
  const { query, problems } = scope;
  const { passes } = estimateResolved(scope);
  if (passes <= MOST_PASSES) return;
  problems.add(
    `this asks the model ${passes.toLocaleString('en')} times, at most ${MOST_PASSES.toLocaleString('en')} are allowed; take fewer steps or samples, a smaller window (where [x1, y1, x2, y2]) or fewer examples (limit)`,
    query.using ?? query.what,
  );
}

function checkOrder({ query, model, data, problems }: Scope): void {
  const { orderBy, limit, input } = query;
  if (orderBy === undefined && limit === undefined) return;
  const node = orderBy ?? query;
  const part = orderBy === undefined ? 'limit' : undefined;
  const many = input?.kind === 'dataset' || input?.kind === 'slice' || input?.kind === 'name';
  if (!many) {
    const clause = orderBy === undefined ? 'limit' : 'order by';
    problems.add(`${clause} belongs to a query over a split or a slice; remove it`, node, part);
    return;
  }
  if (orderBy === undefined || data === null) return;
  const key = keyOperand(orderBy.key);
  if (key.kind === 'activation') {
    const layer = model === null ? null : findLayer(key.layer, model.model, problems, orderBy);
    if (layer !== null) checkUnit(layer, key.unit, problems, orderBy);
    return;
  }
  const { name, stored } = key;
  const own = ownColumn(key);
  const missing = own === null || model === null ? null : missingFor(own.asks, model.model, data.dataset);
  if (missing !== null) problems.add(`${name} ${missing}`, orderBy);
  const columns = [...OWN_COLUMNS, ...data.dataset.columns.map(printColumn)];
  if (own === null && !data.dataset.columns.includes(name))
    problems.add(
      stored
        ? `${data.dataset.name} has no column ${name} of its own; write ${name} alone`
        : `no column ${name} in ${data.dataset.name}${suggestion(name, columns, 'there are')}`,
      orderBy,
    );
  else if (own?.labelled && data.dataset.classes.length === 0)
    problems.add(`${data.dataset.name} has no labels`, orderBy);
}
