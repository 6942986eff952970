/** Checks conditions on examples: columns, classes and units that exist, and sides that can be compared. */
import { placeOf } from '../address/places.ts';
import type { Operand, Predicate } from '../address/types.ts';
import type { CatalogDataset } from './catalog.ts';
import { suggestion } from './nearest.ts';
import { checkUnit, findLayer, type ModelInScope, type Problems } from './scope.ts';

/** Columns that every data set has; the last two are asked of the query's model. */
export const OWN_COLUMNS = ['label', 'index', 'predicted', 'confidence'] as const;

const placed = (node: object, scope: PredicateScope): object =>
  placeOf(node) === undefined ? scope.input : node;
const note = (scope: PredicateScope, message: string, node: object): void =>
  scope.problems.add(message, placed(node, scope));

type Sort = 'class' | 'number' | 'text' | 'unknown';

export interface PredicateScope {
  readonly dataset: CatalogDataset;
  readonly model: ModelInScope | null;
  readonly problems: Problems;
  /** The input that holds the condition: where problems of a bound condition are shown. */
  readonly input: object;
}

export function checkPredicate(predicate: Predicate, scope: PredicateScope): void {
  switch (predicate.op) {
    case 'and':
    case 'or':
      checkPredicate(predicate.left, scope);
      checkPredicate(predicate.right, scope);
      return;
    case 'not':
      checkPredicate(predicate.of, scope);
      return;
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
      const { model, problems } = scope;
      const node = placed(operand, scope);
      const layer = model === null ? null : findLayer(operand.layer, model.model, problems, node);
      if (layer !== null) checkUnit(layer, operand.unit, problems, node);
      return 'number';
    }
    case 'column':
      return columnSort(operand, scope);
  }
}

function columnSort(operand: Extract<Operand, { kind: 'column' }>, scope: PredicateScope): Sort {
  const { name } = operand;
  const { dataset } = scope;
  if (name === 'label') {
    if (dataset.classes.length === 0) note(scope, `${dataset.name} has no labels`, operand);
    return 'class';
  }
  if (name === 'predicted') return 'class';
  if (name === 'index' || name === 'confidence' || dataset.columns.includes(name)) return 'number';
  const hint = dataset.classes.includes(name)
    ? `; a class is written in single quotes: '${name}'`
    : suggestion(name, [...OWN_COLUMNS, ...dataset.columns], 'there are');
  note(scope, `no column ${name} in ${dataset.name}${hint}`, operand);
  return 'unknown';
}

function checkClass(operand: Operand, scope: PredicateScope): void {
  const { dataset } = scope;
  const count = dataset.classes.length;
  if (operand.kind !== 'number' || count === 0) return;
  if (!Number.isInteger(operand.value) || operand.value < 0 || operand.value >= count)
    note(scope, `no class ${operand.value} in ${dataset.name}; its classes are 0 to ${count - 1}`, operand);
}

/** A text can only be the name of a class, and only be the same as a class or not. */
function checkText(
  predicate: Extract<Predicate, { left: Operand }>,
  left: Sort,
  right: Sort,
  scope: PredicateScope,
): void {
  const { dataset } = scope;
  const text = left === 'text' ? predicate.left : predicate.right;
  const other = left === 'text' ? right : left;
  if (text.kind !== 'string' || other === 'unknown') return;
  if (other !== 'class')
    note(
      scope,
      `'${text.value}' is compared with a ${other}; a text can only be compared with label or predicted`,
      text,
    );
  else if (predicate.op !== '=' && predicate.op !== '!=')
    note(scope, `found ${predicate.op} before a class; classes have no order, expected = or !=`, predicate);
  else if (dataset.classes.length > 0 && !dataset.classes.includes(text.value))
    note(
      scope,
      `no class '${text.value}' in ${dataset.name}${suggestion(text.value, dataset.classes, 'its classes are')}`,
      text,
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
    default: {
      const byIndex = (operand: Operand): Operand => {
        const index = operand.kind === 'string' ? classes.indexOf(operand.value) : -1;
        return index < 0 ? operand : { kind: 'number', value: index };
      };
      return { op: predicate.op, left: byIndex(predicate.left), right: byIndex(predicate.right) };
    }
  }
}
