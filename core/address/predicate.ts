/**
 * Conditions on examples: `label = 7 and (predicted != label or not confidence > 0.9)`. `not` binds before `and`,
 * `and` before `or`; chains lean to the left.
 */
import { printName, quoteText } from './names.ts';
import { setPlace } from './places.ts';
import type { Reader } from './reader.ts';
import type { Comparison, Operand, Predicate } from './types.ts';

const COMPARISONS: readonly Comparison[] = ['=', '!=', '<', '<=', '>', '>='];

export function readPredicate(reader: Reader): Predicate {
  return readChain(reader, 'or', () => readChain(reader, 'and', () => readTerm(reader)));
}

function readChain(reader: Reader, op: 'and' | 'or', part: () => Predicate): Predicate {
  const start = reader.peek();
  let left = part();
  while (reader.takeWord(op)) {
    const right = part();
    left = setPlace({ op, left, right }, reader.placeFrom(start));
  }
  return left;
}

function readTerm(reader: Reader): Predicate {
  const start = reader.peek();
  if (reader.takeWord('not')) {
    const of = reader.nested(() => readTerm(reader));
    return setPlace({ op: 'not', of }, reader.placeFrom(start));
  }
  if (reader.takeMark('(')) {
    const inner = reader.nested(() => readPredicate(reader));
    reader.expectMark(')', 'and, or or )');
    return inner;
  }
  const left = readOperand(reader);
  const mark = reader.peek();
  const op = mark.kind === 'mark' ? COMPARISONS.find((c) => c === mark.text) : undefined;
  if (op === undefined) reader.fail('a comparison: =, !=, <, <=, > or >=');
  reader.next();
  const right = readOperand(reader);
  return setPlace({ op, left, right }, reader.placeFrom(start));
}

const OPERAND = 'a column (label, predicted, confidence, index, ...), a unit (layer#7), a number or a text';

function readOperand(reader: Reader): Operand {
  const start = reader.peek();
  if (start.kind === 'number') {
    reader.next();
    return setPlace({ kind: 'number', value: start.value }, reader.placeOf(start));
  }
  if (start.kind === 'string') {
    reader.next();
    return setPlace({ kind: 'string', value: start.text }, reader.placeOf(start));
  }
  const name = reader.name(OPERAND);
  if (!reader.takeMark('#')) return setPlace({ kind: 'column', name }, reader.placeOf(start));
  const unit = reader.index('the index of a unit, as in layer#7');
  return setPlace({ kind: 'activation', layer: name, unit }, reader.placeFrom(start));
}

export function printPredicate(predicate: Predicate): string {
  switch (predicate.op) {
    case 'or':
      return `${printPredicate(predicate.left)} or ${bracket(predicate.right, predicate.right.op === 'or')}`;
    case 'and':
      return `${bracket(predicate.left, predicate.left.op === 'or')} and ${bracket(
        predicate.right,
        predicate.right.op === 'or' || predicate.right.op === 'and',
      )}`;
    case 'not':
      return `not ${bracket(predicate.of, predicate.of.op === 'or' || predicate.of.op === 'and')}`;
    default:
      return `${printOperand(predicate.left)} ${predicate.op} ${printOperand(predicate.right)}`;
  }
}

function bracket(predicate: Predicate, needed: boolean): string {
  return needed ? `(${printPredicate(predicate)})` : printPredicate(predicate);
}

export function printOperand(operand: Operand): string {
  switch (operand.kind) {
    case 'column':
      return printName(operand.name);
    case 'number':
      return String(operand.value);
    case 'string':
      return quoteText(operand.value);
    case 'activation':
      return `${printName(operand.layer)}#${operand.unit}`;
  }
}

/** Every operand of a predicate, left to right. */
export function* operandsOf(predicate: Predicate): Generator<Operand> {
  switch (predicate.op) {
    case 'and':
    case 'or':
      yield* operandsOf(predicate.left);
      yield* operandsOf(predicate.right);
      return;
    case 'not':
      yield* operandsOf(predicate.of);
      return;
    default:
      yield predicate.left;
      yield predicate.right;
  }
}
