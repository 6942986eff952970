/** Checks joins: sides of one kind and one shape, so that they can be compared feature by feature. */

import { shapeText } from '../../preprocessing/index.ts';
import type { ResultType } from '../../result/types.ts';
import { FUNCTIONS } from '../dictionary/functions.ts';
import { limitOf } from '../meaning/limits.ts';
import { conditionPasses } from '../meaning/passes.ts';
import { type Scope, withSplit } from '../meaning/scope.ts';
import { featuresOf } from '../project/features.ts';
import { printInput, printWhat } from '../syntax/print.ts';
import type { Join, Query } from '../syntax/tree.ts';
import { canonicalPredicate } from './predicate.ts';

interface Sides {
  readonly join: Join;
  readonly right: Scope;
  /** Result types, null where they cannot be told. */
  readonly left: ResultType | null;
  readonly other: ResultType | null;
}

export function checkJoin(scope: Scope, sides: Sides): void {
  const { what } = scope.query;
  if (what.kind === 'call') checkFunctions(scope, sides);
  else if (sides.right.query.what.kind === 'call')
    scope.problems.add('found a function, expected an attribution as on the left side', sides.right.query);
  else checkMaps(scope, sides);
}

const JOINED = Object.values(FUNCTIONS).filter((spec) => spec.joins !== undefined);
const named = (kind: Join['kind']): string =>
  JOINED.filter((spec) => spec.joins === kind)
    .map((spec) => `${spec.name}()`)
    .join(', ');

/** similarity() of two models' layers, and what one model says against another. */
function checkFunctions(scope: Scope, { join, right: other }: Sides): void {
  const { query, problems } = scope;
  const right = other.query;
  const { what } = query;
  if (what.kind !== 'call') return;
  const { joins } = FUNCTIONS[what.name];
  if (joins === undefined) {
    problems.add(
      `join and left join belong to attributions (select * or select layer); of functions, join to ${named('join')}, left join to ${named('left join')}`,
      join,
    );
    return;
  }
  if (join.kind !== joins)
    problems.add(
      joins === 'join'
        ? `${what.name}() has no left join: alike is alike from either side; write join`
        : `${what.name}() has no join: there is nothing that both sides share; write left join for what parts them`,
      join,
    );
  if (right.what.kind !== 'call' || right.what.name !== what.name) {
    problems.add(`expected ${what.name}() on both sides of the join`, right);
    return;
  }
  if (right.join !== undefined)
    problems.add(`${what.name}() compares two models; remove the third`, right.join);
  if (joins === 'left join' && printWhat(what) !== printWhat(right.what))
    problems.add(`expected ${printWhat(what)} on both sides of the join`, right.what);
  const counts = [what.args.length, right.what.args.length];
  if (joins === 'join' && (counts.some((n) => n > 1) || counts[0] !== counts[1]))
    problems.add(
      `expected ${what.name}() or ${what.name}(layer) on both sides: two models are compared layer by layer`,
      right.what,
    );
  if (!sameExamples(scope, other))
    problems.add(
      `${what.name}() of two models needs the same examples on both sides, with conditions that do not depend on the model; write ${query.input === undefined ? 'the same data' : printInput(query.input)}`,
      right.input ?? right,
    );
}

function checkMaps(scope: Scope, { right: rightScope, left, other }: Sides): void {
  const { query, model, data, problems } = scope;
  const { query: right, model: rightModel, data: rightData } = rightScope;
  if (left === null || other === null) return;
  const isSlice = ({ input }: Query): boolean => input?.kind === 'dataset' || input?.kind === 'slice';
  if (isSlice(query) !== isSlice(right)) {
    problems.add(
      `one side is an example, the other a slice; write ${isSlice(query) ? 'a slice' : 'one example'} here too`,
      right.input ?? right,
    );
    return;
  }
  if (left === 'attribution[example,y,x]' && other === left && !sameExamples(scope, rightScope)) {
    problems.add(
      'the pictures of two slices are compared one by one: write the same slice, order and limit on both sides, with conditions that do not depend on the model where the models differ',
      right.input ?? right,
    );
    return;
  }
  if (model === null || data === null || rightModel === null || rightData === null) return;
  const a = featuresOf(query, model.model, data.dataset);
  const b = featuresOf(right, rightModel.model, rightData.dataset);
  if (a === null || b === null) return;
  // Over a slice a layer's attributions are summed over its places: one number per unit.
  const shapes = [a, b].map(({ shape, place }) =>
    left !== 'attribution[unit]' ? shape : place === 'unit' ? [1] : shape.slice(-1),
  );
  const [first = [], second = []] = shapes;
  const alike =
    left === other &&
    first.length === second.length &&
    first.every((size, i) => size === null || second[i] === null || size === second[i]);
  if (!alike)
    problems.add(
      `a join compares feature by feature: the left side has ${shapeText(first)}, this one ${shapeText(second)}`,
      right,
    );
}

function sameExamples(left: Scope, right: Scope): boolean {
  return examplesText(left) === examplesText(right);
}

/** Which examples a side is about, in one way of writing. */
function examplesText({ query, model, data }: Scope): string {
  const { input, orderBy } = query;
  const whole = input === undefined || data === null ? input : withSplit(input, data);
  const where =
    whole?.kind === 'slice' ? canonicalPredicate(whole.where, data?.dataset.classes ?? []) : undefined;
  const examples = whole?.kind === 'slice' ? { ...whole, where } : whole;
  // A condition or an order that asks the model is judged by the side's own.
  const judge = conditionPasses(query, 1) === 0 ? null : model;
  return JSON.stringify([examples, orderBy, limitOf(query), judge && [judge.model.name, judge.step]]);
}
