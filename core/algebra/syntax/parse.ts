/** Text to queries: recursive descent over the grammar in types.ts. */
import { readDataTail, readStep } from '../../address/parse.ts';
import { setPlace } from '../../address/places.ts';
import { readPredicate } from '../../address/predicate.ts';
import { Reader } from '../../address/reader.ts';
import { FUNCTION_NAMES, FUNCTIONS } from '../dictionary/functions.ts';
import { suggestion } from '../dictionary/nearest.ts';
import { nameIn } from '../dictionary/values.ts';
import { readChanges, readOrder, readRegion, readTarget, readUsing } from './clauses.ts';
import type { Argument, InputReference, Join, ModelReference, Query, What } from './tree.ts';

/** Throws UserError('invalid', message, place). */
export function parse(text: string): Query {
  const reader = new Reader(text);
  const query = readQuery(reader);
  reader.expectEnd(CLAUSES);
  return query;
}

const CLAUSES = 'for, using, where, with, join, left join, order by, limit or the end of the query';

function readQuery(reader: Reader): Query {
  const start = reader.peek();
  if (!reader.takeWord('select')) reader.fail('select, as in select activation(conv2d_1) from f(x)');
  const what = readWhat(reader);
  if (!reader.takeWord('from'))
    reader.fail(
      'from and a model',
      what.kind === 'layer' ? `; is ${what.layer} a function? Then add ()` : '',
    );
  const model = readModel(reader);
  const query: Writable = { kind: 'select', what, model };
  if (reader.takeMark('(')) {
    query.input = readInput(reader);
    reader.expectMark(')');
  }
  while (readClause(reader, query));
  return setPlace(query, reader.placeFrom(start));
}

type Writable = { -readonly [K in keyof Query]: Query[K] };

/** Reads one clause into `query`; false when none begins here. Any order is understood, each clause once. */
function readClause(reader: Reader, query: Writable): boolean {
  const start = reader.peek();
  const once = (key: keyof Query, name: string): void => {
    if (query[key] !== undefined)
      throw reader.error(`found ${name} twice, expected it once`, reader.placeOf(start));
  };
  if (reader.isWord('for')) {
    once('target', 'for');
    reader.next();
    query.target = readTarget(reader);
  } else if (reader.isWord('using')) {
    once('using', 'using');
    reader.next();
    query.using = readUsing(reader);
  } else if (reader.isWord('where')) {
    once('where', 'where');
    reader.next();
    query.where = readRegion(reader);
  } else if (reader.isWord('with')) {
    once('changes', 'with');
    reader.next();
    query.changes = readChanges(reader);
  } else if (reader.isWord('join') || reader.isWord('left')) {
    once('join', 'join');
    const kind = reader.takeWord('left') ? 'left join' : 'join';
    if (!reader.takeWord('join')) reader.fail('join, as in left join (select ...)');
    reader.count('joins', start);
    reader.expectMark('(', "( and the other query, as in join (select * from f(x'))");
    const right = reader.nested(() => readQuery(reader));
    reader.expectMark(')', `) or a clause of the joined query`);
    query.join = setPlace<Join>({ kind, query: right }, reader.placeFrom(start));
  } else if (reader.isWord('order')) {
    once('orderBy', 'order by');
    reader.next();
    query.orderBy = readOrder(reader);
  } else if (reader.isWord('limit')) {
    once('limit', 'limit');
    reader.next();
    if (reader.peek().text === '0') reader.fail('a whole number above 0');
    query.limit = reader.index('a whole number above 0');
    setPlace(query, reader.placeFrom(start), 'limit');
  } else return false;
  return true;
}

function readWhat(reader: Reader): What {
  const start = reader.peek();
  if (reader.takeMark('*')) return setPlace({ kind: 'identity' }, reader.placeOf(start));
  const name = reader.name('*, a layer, a unit (layer#7) or a function such as activation(layer)');
  if (start.kind === 'name' && reader.isMark('(')) {
    const known = nameIn(FUNCTIONS, name);
    if (known === undefined) {
      const hint = suggestion(name, FUNCTION_NAMES, 'there are');
      throw reader.error(`no function ${name}${hint}`, reader.placeOf(start));
    }
    const args = readArguments(reader);
    return setPlace({ kind: 'call', name: known, args }, reader.placeFrom(start));
  }
  const unit = readUnit(reader);
  return setPlace({ kind: 'layer', layer: name, ...unit }, reader.placeFrom(start));
}

function readArguments(reader: Reader): Argument[] {
  const args: Argument[] = [];
  reader.expectMark('(');
  if (reader.takeMark(')')) return args;
  do {
    args.push(readArgument(reader));
  } while (reader.takeMark(','));
  reader.expectMark(')', ', or )');
  return args;
}

function readArgument(reader: Reader): Argument {
  const start = reader.peek();
  if (start.kind === 'number') {
    reader.next();
    return setPlace({ kind: 'number', value: start.value }, reader.placeOf(start));
  }
  const layer = reader.name('a layer, a unit (layer#7), a number or )');
  const unit = readUnit(reader);
  return setPlace({ kind: 'layer', layer, ...unit }, reader.placeFrom(start));
}

function readUnit(reader: Reader): { unit?: number } {
  return reader.takeMark('#') ? { unit: reader.index('the index of a unit: a whole number') } : {};
}

function readModel(reader: Reader): ModelReference {
  const start = reader.peek();
  const model = reader.name('a model: f, or a name such as digits-cnn@12', 'allowed');
  if (start.kind === 'name' && model === 'f' && !reader.isMark('@'))
    return setPlace({ kind: 'name', name: 'f' }, reader.placeOf(start));
  const step = readStep(reader);
  return setPlace({ kind: 'model', model, ...step }, reader.placeFrom(start));
}

const INPUT = "x, x', data, an example such as digits.test[42] or a split such as digits.test";

function readInput(reader: Reader): InputReference {
  const start = reader.peek();
  if (start.kind === 'name' && !reader.isMark('.', 1)) {
    if (start.text === 'x' || start.text === "x'") {
      reader.next();
      return setPlace({ kind: 'name', name: start.text }, reader.placeOf(start));
    }
    if (start.text === 'data') {
      reader.next();
      if (!reader.takeMark('[')) return setPlace({ kind: 'name', name: 'data' }, reader.placeOf(start));
      const where = readPredicate(reader);
      reader.expectMark(']', 'and, or or ]');
      return setPlace({ kind: 'name', name: 'data', where }, reader.placeFrom(start));
    }
  }
  const dataset = reader.name(INPUT, 'allowed');
  const input = readDataTail(reader, dataset);
  return setPlace(input, reader.placeFrom(start));
}
