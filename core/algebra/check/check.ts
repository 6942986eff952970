/** Type checking before any computation: names, shapes, arguments, methods, targets, windows, changes and joins. */
import { isOwnColumn, OWN_COLUMNS, printColumn } from '../../address/index.ts';
import type { ResultType } from '../../result/types.ts';
import { suggestion } from '../dictionary/nearest.ts';
import { estimate } from '../meaning/estimate.ts';
import {
  checkShapes,
  checkUnit,
  findData,
  findLayer,
  findModel,
  Problems,
  type Scope,
} from '../meaning/scope.ts';
import type { Catalog, Checked } from '../project/catalog.ts';
import { missingClasses, missingProbabilities } from '../project/classifier.ts';
import { keyOperand } from '../syntax/keys.ts';
import type { Query } from '../syntax/tree.ts';
import { checkAttribution } from './attribution.ts';
import { checkCall } from './call.ts';
import { checkChanges } from './changes.ts';
import { checkJoin, withInherited } from './join.ts';
import { checkPredicate } from './predicate.ts';
import { checkUsing } from './using.ts';

/** Result type and every problem found. The query must be bound: a board's name is a problem. */
export function check(query: Query, catalog: Catalog): Checked {
  const problems = new Problems();
  const type = checkQuery(query, catalog, problems);
  if (problems.list().length === 0) checkCost(query, catalog, problems);
  const all = problems.list();
  return { type: all.length === 0 ? type : null, problems: all };
}

function checkQuery(query: Query, catalog: Catalog, problems: Problems): ResultType | null {
  const model = findModel(query.model, catalog, problems);
  const data =
    query.input === undefined ? null : findData(query.input, catalog, problems, model?.model ?? null);
  const scope: Scope = { query, catalog, model, data, problems };
  const { what, input, join } = query;
  if (model !== null && data !== null && input !== undefined) checkShapes(model, data, problems, input);
  if (data !== null && input?.kind === 'slice')
    checkPredicate(input.where, { catalog, data, model, problems, input });
  const type = what.kind === 'call' ? checkCall(what, scope) : checkAttribution(what, scope);
  checkUsing(scope);
  checkChanges(scope);
  checkOrder(scope);
  if (join === undefined) return type;
  const right = withInherited(query, join.query);
  const other = checkQuery(right, catalog, problems);
  checkJoin(scope, { join, right, left: type, other });
  return type;
}

/** More is no question but a mistake: days of a fast machine for a small model. */
const MOST_PASSES = 1e9;

function checkCost(query: Query, catalog: Catalog, problems: Problems): void {
  const { passes } = estimate(query, catalog);
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
  const own = !stored && isOwnColumn(name);
  const asksModel = own && ['predicted', 'confidence', 'loss'].includes(name);
  const missingFor = name === 'predicted' ? missingClasses : missingProbabilities;
  const missing = asksModel && model !== null ? missingFor(model.model, data.dataset) : null;
  if (missing !== null) problems.add(`${name} ${missing}`, orderBy);
  const columns = [...OWN_COLUMNS, ...data.dataset.columns.map(printColumn)];
  if (!own && !data.dataset.columns.includes(name))
    problems.add(
      stored
        ? `${data.dataset.name} has no column ${name} of its own; write ${name} alone`
        : `no column ${name} in ${data.dataset.name}${suggestion(name, columns, 'there are')}`,
      orderBy,
    );
  else if (own && (name === 'label' || name === 'loss') && data.dataset.classes.length === 0)
    problems.add(`${data.dataset.name} has no labels`, orderBy);
}
