/**
 * Conditions on examples: `label = 7 and (predicted != label or not confidence > 0.9)`. `not` binds before `and`,
 * `and` before `or`; chains lean to the left.
 */
import { isOwnColumn } from './columns.ts';
import { printHead, printName, quoteText } from './names.ts';
import type { NameAs } from './notes.ts';
import { copyPlaces, setPlace } from './places.ts';
import type { Reader } from './reader.ts';
import type { BoundExample, Comparison, ExampleAddress, Operand, Predicate } from './types.ts';

const COMPARISONS: readonly Comparison[] = ['=', '!=', '<', '<=', '>', '>='];

export function readPredicate(reader: Reader): Predicate {
  return readChain(reader, 'or', () => readChain(reader, 'and', () => readTerm(reader)));
}

function readChain(reader: Reader, op: 'and' | 'or', part: () => Predicate): Predicate {
  const start = reader.peek();
  let left = part();
  for (;;) {
    const link = reader.peek();
    reader.offer({ kind: 'words', words: [op] });
    if (!reader.takeWord(op)) return left;
    reader.count('links', link);
    const right = part();
    left = setPlace({ op, left, right }, reader.placeFrom(start));
  }
}

function readTerm(reader: Reader): Predicate {
  const start = reader.peek();
  reader.offer({ kind: 'words', words: ['not'] });
  if (reader.takeWord('not')) {
    const of = reader.nested(() => readTerm(reader));
    return setPlace({ op: 'not', of }, reader.placeFrom(start));
  }
  if (reader.takeMark('(')) {
    const inner = reader.nested(() => readPredicate(reader));
    reader.expectMark(')', 'and, or or )');
    return inner;
  }
  reader.offer({ kind: 'operand' });
  const left = readOperand(reader);
  reader.offer({ kind: 'words', words: [...COMPARISONS, 'in'] });
  if (reader.takeWord('in', { kind: 'operand', name: 'in' })) {
    const values = readValues(reader, left);
    return setPlace({ op: 'in', left, values }, reader.placeFrom(start));
  }
  const mark = reader.peek();
  const op = mark.kind === 'mark' ? COMPARISONS.find((c) => c === mark.text) : undefined;
  if (op === undefined) reader.fail('a comparison: =, !=, <, <=, >, >= or in');
  reader.take('mark');
  reader.offer({ kind: 'value', left }, { kind: 'operand' });
  const right = readOperand(reader);
  return setPlace({ op, left, right }, reader.placeFrom(start));
}

/** `[3, 17]`, `['cat', 'dog']`; at least one value. */
function readValues(reader: Reader, left: Operand): (number | string)[] {
  reader.expectMark('[', 'values, as in label in [1, 7]');
  const values: (number | string)[] = [];
  do {
    reader.offer({ kind: 'value', left });
    const token = reader.peek();
    if (token.kind !== 'number' && token.kind !== 'string') reader.fail('a number or a text');
    reader.take(token.kind === 'number' ? 'number' : 'text');
    values.push(token.kind === 'number' ? token.value : token.text);
  } while (reader.takeMark(','));
  reader.expectMark(']', ', or ]');
  return values;
}

const OPERAND =
  'a column (label, predicted, confidence, loss, index, ...), a unit (layer#7), distance(layer, x), agreement(layer, k), a number or a text';
const OPERAND_FUNCTIONS = ['distance', 'agreement'] as const;

function readOperand(reader: Reader): Operand {
  const start = reader.peek();
  if (start.kind === 'number') {
    reader.take('number');
    return setPlace({ kind: 'number', value: start.value }, reader.placeOf(start));
  }
  if (start.kind === 'string') {
    reader.take('text');
    return setPlace({ kind: 'string', value: start.text }, reader.placeOf(start));
  }
  const called = OPERAND_FUNCTIONS.find((known) => reader.isWord(known) && reader.isMark('(', 1));
  if (called !== undefined) return readCalled(reader, called);
  const explicit = takeColumnWord(reader);
  if (explicit) reader.offer({ kind: 'column' });
  const name = explicit ? reader.nameAhead('the name of a column', 'allowed') : reader.nameAhead(OPERAND);
  const unit = !explicit && reader.isMark('#', 1);
  if (unit) {
    reader.take('layer', { kind: 'layer', name });
    const index = readUnit(reader, name, 'the index of a unit, as in layer#7');
    return setPlace({ kind: 'activation', layer: name, unit: index ?? 0 }, reader.placeFrom(start));
  }
  const column = columnOperand(name, explicit);
  reader.take('data', column);
  return setPlace(column, reader.placeFrom(start));
}

/** `#3`; undefined where none is written. */
export function readUnit(reader: Reader, layer: string, expected: string): number | undefined {
  if (!reader.takeMark('#')) return undefined;
  reader.offer({ kind: 'unit', layer });
  return reader.index(expected, 'unit', (unit) => ({ kind: 'unit', layer, unit }));
}

/** `column.`, before the name of a column of the data set. */
export function takeColumnWord(reader: Reader): boolean {
  if (!reader.isWord('column') || !reader.isMark('.', 1)) return false;
  reader.take('keyword');
  reader.take('mark');
  return true;
}

/** The column that a name stands for; `explicit` where `column.` stood before it. */
export function columnOperand(
  name: string,
  explicit: boolean,
): Extract<Operand, { readonly kind: 'column' }> {
  return explicit && isOwnColumn(name) ? { kind: 'column', name, stored: true } : { kind: 'column', name };
}

/** What names are, as a reader tells it. */
export const LAYER: NameAs = { kind: 'layer', meaning: (name) => ({ kind: 'layer', name }) };
export const SPLIT: NameAs = { kind: 'data', meaning: (name) => ({ kind: 'split', name }) };
export const DATA: NameAs = { kind: 'data', meaning: (name, quoted) => ({ kind: 'data', name, quoted }) };

/** `distance(dense_1, digits.test[3])`, `agreement(dense_1, 10)` */
function readCalled(reader: Reader, kind: (typeof OPERAND_FUNCTIONS)[number]): Operand {
  const start = reader.take('function', { kind: 'operand', name: kind });
  reader.take('mark');
  reader.offer({ kind: 'layer' });
  const layer = reader.name('a layer, such as dense_1', LAYER);
  reader.expectMark(',', kind === 'distance' ? ', and an example, such as x' : ', and k, such as 10');
  if (kind === 'agreement')
    reader.offer({ kind: 'number', hint: 'neighbours of each example', values: [5, 10, 20] });
  const operand: Operand =
    kind === 'distance'
      ? { kind, layer, to: readExample(reader) }
      : { kind, layer, k: reader.index('the number of neighbours: a whole number') };
  reader.expectMark(')');
  return setPlace(operand, reader.placeFrom(start));
}

const EXAMPLE = "x, x' or an example such as digits.test[42]";

/** One example: its address, or a name that the board binds. */
export function readExample(reader: Reader): ExampleAddress | BoundExample {
  const start = reader.peek();
  reader.offer({ kind: 'example' });
  if (start.kind === 'name' && (start.text === 'x' || start.text === "x'") && !reader.isMark('.', 1)) {
    reader.take('data', { kind: 'data', name: start.text, quoted: false });
    return setPlace({ kind: 'name', name: start.text }, reader.placeOf(start));
  }
  const dataset = reader.name(EXAMPLE, DATA, 'allowed');
  reader.expectMark('.', '. and a split, as in digits.test[42]');
  reader.offer({ kind: 'split', dataset, one: true });
  const split = reader.name('the name of a split, such as test', SPLIT, 'allowed');
  reader.expectMark('[', '[ and the index of an example, as in digits.test[42]');
  const index = reader.index('the index of an example: a whole number, 0 for the first');
  reader.expectMark(']');
  return setPlace({ kind: 'example', dataset, split, index }, reader.placeFrom(start));
}

/** `x`, `digits.test[42]` */
export function printExample(example: ExampleAddress | BoundExample): string {
  if (example.kind === 'name') return example.name;
  return `${printHead(example.dataset)}.${printName(example.split)}[${example.index}]`;
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
    case 'in':
      return `${printOperand(predicate.left)} in [${predicate.values.map(printListed).join(', ')}]`;
    default:
      return `${printOperand(predicate.left)} ${predicate.op} ${printOperand(predicate.right)}`;
  }
}

function bracket(predicate: Predicate, needed: boolean): string {
  return needed ? `(${printPredicate(predicate)})` : printPredicate(predicate);
}

const printListed = (value: number | string): string =>
  typeof value === 'number' ? String(value) : quoteText(value);

export function printOperand(operand: Operand): string {
  switch (operand.kind) {
    case 'column':
      return operand.stored ? `column.${operand.name}` : printName(operand.name);
    case 'number':
      return String(operand.value);
    case 'string':
      return quoteText(operand.value);
    case 'activation':
      return `${printName(operand.layer)}#${operand.unit}`;
    case 'distance':
      return `distance(${printName(operand.layer)}, ${printExample(operand.to)})`;
    case 'agreement':
      return `agreement(${printName(operand.layer)}, ${operand.k})`;
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
    case 'in':
      yield predicate.left;
      return;
    default:
      yield predicate.left;
      yield predicate.right;
  }
}

/** The same condition with other operands. */
export function withOperands(predicate: Predicate, of: (operand: Operand) => Operand): Predicate {
  switch (predicate.op) {
    case 'and':
    case 'or':
      return copyPlaces(
        {
          op: predicate.op,
          left: withOperands(predicate.left, of),
          right: withOperands(predicate.right, of),
        },
        predicate,
      );
    case 'not':
      return copyPlaces({ op: 'not', of: withOperands(predicate.of, of) }, predicate);
    case 'in':
      return copyPlaces({ ...predicate, left: of(predicate.left) }, predicate);
    default:
      return copyPlaces({ ...predicate, left: of(predicate.left), right: of(predicate.right) }, predicate);
  }
}
