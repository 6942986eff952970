/** Type checking before any computation: names, shapes, arguments, methods, and what this version can compute. */
import { placeOf } from '../address/places.ts';
import type { ResultType } from '../result/types.ts';
import type { Catalog, Checked, Problem } from './catalog.ts';
import { checkAttribution } from './check-attribution.ts';
import { checkCall } from './check-call.ts';
import { checkChanges } from './check-changes.ts';
import { checkPredicate, OWN_COLUMNS } from './check-predicate.ts';
import { FEATURES, type FeatureName, FUNCTIONS, methodsOf } from './functions.ts';
import { expectedValue, METHODS } from './methods.ts';
import { suggestion } from './nearest.ts';
import { unitKey } from './print.ts';
import { checkShapes, checkUnit, findData, findLayer, findModel, Problems, type Scope } from './scope.ts';
import type { Query } from './types.ts';

/** Result type and every problem found. The query must be bound: a board's name is a problem. */
export function check(query: Query, catalog: Catalog): Checked {
  const problems = new Problems();
  const missing: Problem[] = [];
  const type = checkQuery(query, catalog, problems, missing);
  // What is wrong with the query comes before what this version lacks: the author can mend only the first.
  const all = [...problems.list(), ...missing];
  return { type: all.length === 0 ? type : null, problems: all };
}

function checkQuery(
  query: Query,
  catalog: Catalog,
  problems: Problems,
  missing: Problem[],
): ResultType | null {
  const model = findModel(query.model, catalog, problems);
  const data = query.input === undefined ? null : findData(query.input, catalog, problems);
  const scope: Scope = { query, catalog, model, data, problems };
  const { what, input } = query;
  if (model !== null && data !== null && input !== undefined) checkShapes(model, data, problems, input);
  if (data !== null && input?.kind === 'slice')
    checkPredicate(input.where, { catalog, data, model, problems, input });
  const type = what.kind === 'call' ? checkCall(what, scope) : checkAttribution(what, scope);
  checkUsing(scope);
  checkChanges(scope);
  checkOrder(scope);
  checkComputed(query, catalog, missing);
  if (query.join !== undefined) {
    checkQuery(query.join.query, catalog, problems, missing);
    if (what.kind === 'call')
      problems.add('join and left join belong to attributions (select * or select layer)', query.join);
    else if (query.join.query.what.kind === 'call')
      problems.add('found a function, expected an attribution as on the left side', query.join.query);
  }
  return type;
}

function checkUsing({ query, problems }: Scope): void {
  const { using, what } = query;
  if (using === undefined) return;
  const name = what.kind === 'call' ? what.name : null;
  const allowed = methodsOf(name);
  const asked = name === null ? 'attribution' : `${name}()`;
  if (allowed.length === 0) {
    problems.add(`${asked} has no methods to choose from; remove using ${using.method}`, using);
    return;
  }
  if (!allowed.includes(using.method)) {
    problems.add(`${using.method} is no method for ${asked}; it has ${allowed.join(', ')}`, using, 'method');
    return;
  }
  const { params } = METHODS[using.method];
  for (const [key, value] of Object.entries(using.params)) {
    const parameter = params.find((p) => p.name === key);
    const part = `params.${key}`;
    if (parameter === undefined) {
      const names = params.map((p) => p.name);
      const hint = names.length === 0 ? '; it has none' : suggestion(key, names, 'it has');
      problems.add(`no parameter ${key} of ${using.method}${hint}`, using, part);
      continue;
    }
    const expected = expectedValue(parameter, value);
    if (expected !== null) problems.add(`found ${key}=${value}, expected ${expected}`, using, part);
  }
}

function checkOrder({ query, model, data, problems }: Scope): void {
  const { orderBy, limit, input } = query;
  if (orderBy === undefined && limit === undefined) return;
  const node = orderBy ?? query;
  const part = orderBy === undefined ? 'limit' : undefined;
  const many = input?.kind === 'dataset' || input?.kind === 'slice' || input?.kind === 'name';
  if (!many || query.what.kind !== 'call') {
    const clause = orderBy === undefined ? 'limit' : 'order by';
    problems.add(`${clause} belongs to a query over a split or a slice; remove it`, node, part);
    return;
  }
  if (orderBy === undefined || data === null) return;
  const unit = unitKey(orderBy.key);
  if (unit !== null) {
    const layer = model === null ? null : findLayer(unit.layer, model.model, problems, orderBy);
    if (layer !== null) checkUnit(layer, unit.unit, problems, orderBy);
    return;
  }
  const columns = [...OWN_COLUMNS, ...data.dataset.columns];
  if (!columns.includes(orderBy.key))
    problems.add(
      `no column ${orderBy.key} in ${data.dataset.name}${suggestion(orderBy.key, columns, 'there are')}`,
      orderBy,
    );
  else if (orderBy.key === 'label' && data.dataset.classes.length === 0)
    problems.add(`${data.dataset.name} has no labels`, orderBy);
}

/** What is understood and not computed by this version. */
function checkComputed(query: Query, catalog: Catalog, missing: Problem[]): void {
  const extra = catalog.computes ?? [];
  const add = (message: string, node: object, part?: string): void => {
    const at = placeOf(node, part);
    missing.push(at === undefined ? { message } : { message, at });
  };
  const feature = (name: FeatureName, node: object): void => {
    if (!FEATURES[name].computed && !extra.includes(name)) add(FEATURES[name].problem, node);
  };
  const { what, using, changes } = query;
  if (what.kind !== 'call') feature('attribution', what);
  else if (!FUNCTIONS[what.name].computed && !extra.includes(what.name))
    add(`${what.name}() is not computed by this version`, what);
  if (using !== undefined && METHODS[using.method].family === 'points') {
    const allowed = methodsOf(what.kind === 'call' ? what.name : null);
    const computed = allowed.filter((m) => METHODS[m].computed || extra.includes(m));
    if (allowed.includes(using.method) && !computed.includes(using.method))
      add(`${using.method} is not computed by this version; use ${computed.join(' or ')}`, using, 'method');
  }
  const [first] = changes ?? [];
  if (first !== undefined) feature('changes', first);
}
