/** Checks conditions on examples: columns, classes and units that exist, and sides that can be compared. */
import { OWN_COLUMNS, ownColumn, printColumn } from '../../address/index.ts';
import { copyPlaces, placeOf } from '../../address/places.ts';
import { printExample } from '../../address/predicate.ts';
import type { Operand, Predicate } from '../../address/types.ts';
import { suggestion } from '../dictionary/nearest.ts';
import {
  checkUnit,
  type DataInScope,
  findData,
  findLayer,
  type ModelInScope,
  type Problems,
} from '../meaning/scope.ts';
import type { Catalog } from '../project/catalog.ts';
import { missingFor } from '../project/classifier.ts';

const placed = (node: object, scope: PredicateScope): object =>
  placeOf(node) === undefined ? scope.input : node;
const note = (scope: PredicateScope, message: string, node: object): void =>
  scope.problems.add(message, placed(node, scope));

type Sort = 'class' | 'number' | 'text' | 'unknown';

export interface PredicateScope {
  readonly catalog: Catalog;
  /** What the examples are of. */
  readonly data: DataInScope;
  readonly model: ModelInScope | null;
  readonly problems: Problems;
  /** The input that holds the condition: where problems of a bound condition are shown. */
  readonly input: object;
}

export function checkPredicate(predicate: Predicate, scope: PredicateScope): void {
  if (scope.problems.full) return;
  switch (predicate.op) {
    case 'and':
    case 'or':
      checkPredicate(predicate.left, scope);
      checkPredicate(predicate.right, scope);
      return;
    case 'not':
      checkPredicate(predicate.of, scope);
      return;
    case 'in': {
      const left = sortOf(predicate.left, scope);
      for (const value of new Set(predicate.values)) {
        if (scope.problems.full) return;
        checkListed(value, left, predicate, scope);
      }
      return;
    }
    default: {
      const left = sortOf(predicate.left, scope);
      const right = sortOf(predicate.right, scope);
      if (left === 'text' || right === 'text') checkText(predicate, left, right, scope);
      else if (predicate.op === '=' || predicate.op === '!=') {
        if (left === 'class') checkClass(predicate.right, scope);
        if (right === 'class') checkClass(predicate.left, scope);
      }
    }
  }
}

/** Notes what does not exist. */
function sortOf(operand: Operand, scope: PredicateScope): Sort {
  switch (operand.kind) {
    case 'number':
      return 'number';
    case 'string':
      return 'text';
    case 'activation': {
      const { problems } = scope;
      const node = placed(operand, scope);
      const layer = layerOf(operand, scope);
      if (layer !== null) checkUnit(layer, operand.unit, problems, node);
      return 'number';
    }
    case 'distance':
      layerOf(operand, scope);
      checkExample(operand.to, scope);
      return 'number';
    case 'agreement':
      layerOf(operand, scope);
      checkAgreement(operand, scope);
      return 'number';
    case 'column':
      return columnSort(operand, scope);
  }
}

function layerOf(operand: Extract<Operand, { layer: string }>, scope: PredicateScope) {
  const { model, problems } = scope;
  return model === null ? null : findLayer(operand.layer, model.model, problems, placed(operand, scope));
}

/** The other end of a distance: an example that the same model can be given. */
function checkExample(
  to: Extract<Operand, { kind: 'distance' }>['to'],
  { catalog, data, model, problems, input }: PredicateScope,
): void {
  const node = placeOf(to) === undefined ? input : to;
  const found = findData(copyPlaces({ ...to }, node), catalog, problems, model?.model ?? null);
  if (found !== null && found.dataset.name !== data.dataset.name)
    problems.add(
      `${printExample(to)} is no example of ${data.dataset.name}: a distance is from an example of the same data set`,
      node,
    );
}

function checkAgreement(operand: Extract<Operand, { kind: 'agreement' }>, scope: PredicateScope): void {
  const { dataset, split } = scope.data;
  if (dataset.classes.length === 0)
    note(scope, `agreement() needs labels, ${dataset.name} has none`, operand);
  const most = split === null ? Number.POSITIVE_INFINITY : split.size - 1;
  if (operand.k < 1 || operand.k > most)
    note(
      scope,
      `found ${operand.k} neighbours, expected a whole number from 1${split === null ? '' : ` to ${most}`}`,
      operand,
    );
}

function columnSort(operand: Extract<Operand, { kind: 'column' }>, scope: PredicateScope): Sort {
  const { name } = operand;
  const { dataset } = scope.data;
  if (operand.stored) {
    if (!dataset.columns.includes(name))
      note(scope, `${dataset.name} has no column ${name} of its own; write ${name} alone`, operand);
    return 'number';
  }
  const own = ownColumn(operand);
  if (own !== null) {
    const { model } = scope;
    const missing = model === null ? null : missingFor(own.asks, model.model, dataset);
    if (missing !== null) note(scope, `${name} ${missing}`, operand);
    if (own.labelled && dataset.classes.length === 0)
      note(
        scope,
        name === 'label'
          ? `${dataset.name} has no labels`
          : `the ${name} needs labels, ${dataset.name} has none`,
        operand,
      );
    return own.is;
  }
  if (dataset.columns.includes(name)) return 'number';
  const hint = dataset.classes.includes(name)
    ? `; a class is written in single quotes: '${name}'`
    : suggestion(name, [...OWN_COLUMNS, ...dataset.columns.map(printColumn)], 'there are');
  note(scope, `no column ${name} in ${dataset.name}${hint}`, operand);
  return 'unknown';
}

function checkClass(operand: Operand, scope: PredicateScope): void {
  if (operand.kind === 'number') checkClassIndex(operand.value, operand, scope);
}

function checkClassIndex(index: number, node: object, scope: PredicateScope): void {
  const { dataset } = scope.data;
  const count = dataset.classes.length;
  if (count === 0) return;
  if (!Number.isInteger(index) || index < 0 || index >= count)
    note(scope, `no class ${index} in ${dataset.name}; its classes are 0 to ${count - 1}`, node);
}

/** One of the values of `in`: a class by index or name, or a number. */
function checkListed(value: number | string, left: Sort, node: object, scope: PredicateScope): void {
  if (typeof value === 'string') checkClassName(value, left, node, scope);
  else if (left === 'class') checkClassIndex(value, node, scope);
  else if (left === 'text') note(scope, `a text is no member of a list of numbers`, node);
}

/** A text can only be the name of a class, and only be the same as a class or not. */
function checkText(
  predicate: Extract<Predicate, { left: Operand; right: Operand }>,
  left: Sort,
  right: Sort,
  scope: PredicateScope,
): void {
  const text = left === 'text' ? predicate.left : predicate.right;
  const other = left === 'text' ? right : left;
  if (text.kind !== 'string') return;
  if (other === 'class' && predicate.op !== '=' && predicate.op !== '!=')
    note(scope, `found ${predicate.op} before a class; classes have no order, expected = or !=`, predicate);
  else checkClassName(text.value, other, text, scope);
}

function checkClassName(name: string, other: Sort, node: object, scope: PredicateScope): void {
  const { dataset } = scope.data;
  if (other === 'unknown') return;
  if (other !== 'class')
    note(
      scope,
      `'${name}' is compared with a ${other}; a text can only be compared with label or predicted`,
      node,
    );
  else if (dataset.classes.length > 0 && !dataset.classes.includes(name))
    note(
      scope,
      `no class '${name}' in ${dataset.name}${suggestion(name, dataset.classes, 'its classes are')}`,
      node,
    );
}

/** The same condition with classes by index: equal questions get equal texts. */
export function canonicalPredicate(predicate: Predicate, classes: readonly string[]): Predicate {
  switch (predicate.op) {
    case 'and':
    case 'or':
      return {
        op: predicate.op,
        left: canonicalPredicate(predicate.left, classes),
        right: canonicalPredicate(predicate.right, classes),
      };
    case 'not':
      return { op: 'not', of: canonicalPredicate(predicate.of, classes) };
    case 'in': {
      const values = predicate.values.map((value) => {
        const index = typeof value === 'string' ? classes.indexOf(value) : -1;
        return index < 0 ? value : index;
      });
      return { op: 'in', left: predicate.left, values: inOrder(values) };
    }
    default: {
      const byIndex = (operand: Operand): Operand => {
        const index = operand.kind === 'string' ? classes.indexOf(operand.value) : -1;
        return index < 0 ? operand : { kind: 'number', value: index };
      };
      return { op: predicate.op, left: byIndex(predicate.left), right: byIndex(predicate.right) };
    }
  }
}

/** Each value once, numbers first and by size: the order of a list means nothing. */
function inOrder(values: readonly (number | string)[]): (number | string)[] {
  const numbers = [...new Set(values.filter((value) => typeof value === 'number'))].sort((a, b) => a - b);
  const texts = [...new Set(values.filter((value) => typeof value === 'string'))].sort();
  return [...numbers, ...texts];
}
