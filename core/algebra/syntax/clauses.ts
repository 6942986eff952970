/** The clauses that follow `from`: target, method, region, changes, order. */
import { readIndices } from '../../address/parse.ts';
import { setPlace } from '../../address/places.ts';
import { printExample, readExample, takeColumnWord } from '../../address/predicate.ts';
import type { Reader } from '../../address/reader.ts';
import { CHANGE_NAMES, type Change, type ChangeArgument, changeRow } from '../dictionary/changes.ts';
import { METHOD_NAMES, METHODS } from '../dictionary/methods.ts';
import { nearest, suggestion } from '../dictionary/nearest.ts';
import { type Coordinate, either, nameIn, type ParameterValue, type Region } from '../dictionary/values.ts';
import { columnKey } from './keys.ts';
import type { Query, Target, Using } from './tree.ts';

export function readTarget(reader: Reader): Target {
  const start = reader.peek();
  for (const kind of ['class', 'logit'] as const)
    if (reader.takeWord(kind)) {
      const index = reader.index(`the index of a ${kind}, as in ${kind} 7`);
      return setPlace({ kind, index }, reader.placeFrom(start));
    }
  if (reader.takeWord('loss')) return setPlace({ kind: 'loss' }, reader.placeOf(start));
  if (!reader.takeWord('unit')) reader.fail('class 7, logit 7, loss or unit conv2d_1#3');
  const unit = readUnitOf(reader);
  return setPlace({ kind: 'unit', ...unit }, reader.placeFrom(start));
}

function readUnitOf(reader: Reader): { layer: string; unit: number } {
  const layer = reader.name('a unit, such as conv2d_1#3');
  reader.expectMark('#', '# and the index of a unit, as in conv2d_1#3');
  return { layer, unit: reader.index('the index of a unit: a whole number') };
}

export function readUsing(reader: Reader): Using {
  const start = reader.peek();
  const written = reader.name(`a method, such as pca or ig`);
  const method = nameIn(METHODS, written);
  if (method === undefined)
    throw reader.error(
      `no method ${written}${suggestion(written, METHOD_NAMES, 'there are')}`,
      reader.placeOf(start),
    );
  const params = new Map<string, ParameterValue>();
  const places: { name: string; place: ReturnType<Reader['placeOf']> }[] = [];
  if (reader.takeMark('(') && !reader.takeMark(')')) {
    do {
      const at = reader.peek();
      const name = reader.name('a parameter, such as dims=3');
      if (params.has(name)) throw reader.error(`${name} is given twice`, reader.placeOf(at));
      reader.expectMark('=', `= and the value of ${name}`);
      params.set(name, readValue(reader, name));
      places.push({ name, place: reader.placeFrom(at) });
    } while (reader.takeMark(','));
    reader.expectMark(')', ', or )');
  }
  const using: Using = { method, params: Object.fromEntries(params) };
  setPlace(using, reader.placeFrom(start));
  setPlace(using, reader.placeOf(start), 'method');
  for (const { name, place } of places) setPlace(using, place, `params.${name}`);
  return using;
}

function readValue(reader: Reader, name: string): ParameterValue {
  const token = reader.peek();
  const word = token.kind === 'name' || token.kind === 'quoted';
  if (word && (token.text === "x'" || reader.isMark('.', 1))) return printExample(readExample(reader));
  if (reader.takeWord('true')) return true;
  if (reader.takeWord('false')) return false;
  if (token.kind === 'number' || token.kind === 'string') {
    reader.next();
    return token.kind === 'number' ? token.value : token.text;
  }
  return reader.name(`the value of ${name}: a number, a word, a 'text', true or false`);
}

export function readRegion(reader: Reader): Region {
  const start = reader.peek();
  reader.expectMark('[', 'a region, such as [x1, y1, x2, y2]');
  const x1 = readCoordinate(reader);
  reader.expectMark(',', ', and y1: a region is [x1, y1, x2, y2]');
  const y1 = readCoordinate(reader);
  reader.expectMark(',', ', and x2: a region is [x1, y1, x2, y2]');
  const x2 = readCoordinate(reader);
  reader.expectMark(',', ', and y2: a region is [x1, y1, x2, y2]');
  const y2 = readCoordinate(reader);
  reader.expectMark(']');
  return setPlace([x1, y1, x2, y2] as const, reader.placeFrom(start));
}

function readCoordinate(reader: Reader): Coordinate {
  const token = reader.peek();
  if (token.kind !== 'number') return reader.name('a coordinate: a number, or a name such as x1');
  reader.next();
  return token.value;
}

export function readChanges(reader: Reader): Change[] {
  const changes = [readChange(reader)];
  while (reader.takeMark(',')) changes.push(readChange(reader));
  return changes;
}

const CHANGE = `a change: ${either(CHANGE_NAMES)}`;

function readChange(reader: Reader): Change {
  const start = reader.peek();
  reader.count('changes', start);
  const kind = CHANGE_NAMES.find((known) => reader.isWord(known));
  if (kind === undefined) {
    const near = start.kind === 'name' ? nearest(start.text, CHANGE_NAMES) : null;
    reader.fail(CHANGE, near === null ? '' : `; did you mean ${near}?`);
  }
  reader.next();
  reader.expectMark('(', `( and the arguments of ${kind}`);
  const fields: Record<string, unknown> = { kind };
  for (const [i, argument] of changeRow(kind).args.entries()) {
    if (i > 0) reader.expectMark(',', `, and ${'called' in argument ? argument.called : 'another argument'}`);
    Object.assign(fields, readChangeArgument(reader, argument));
  }
  reader.expectMark(')');
  // The row says which fields these are, and Change is made of the same rows.
  return setPlace(fields as Change, reader.placeFrom(start));
}

function readChangeArgument(reader: Reader, argument: ChangeArgument): Record<string, unknown> {
  switch (argument.kind) {
    case 'unit':
      return readUnitOf(reader);
    case 'weight': {
      const layer = reader.name('a weight, such as dense_1.kernel[3,7]');
      reader.expectMark('.', '. and a weight, as in dense_1.kernel[3,7]');
      const tensor = reader.name("the name of a layer's weight, such as kernel or bias");
      return { layer, tensor, index: readIndices(reader) };
    }
    case 'region':
      return { region: readRegion(reader) };
    case 'number':
      return { [argument.field]: reader.number(`${argument.called}: a number`) };
    case 'whole':
      return { [argument.field]: reader.index(`${argument.called}: a whole number`) };
  }
}

export function readOrder(reader: Reader): NonNullable<Query['orderBy']> {
  const start = reader.peek();
  if (!reader.takeWord('by')) reader.fail('by, as in order by confidence');
  const explicit = takeColumnWord(reader);
  const name = reader.name('what to order by, such as confidence', explicit ? 'allowed' : 'refused');
  const unit = !explicit && reader.takeMark('#');
  const key = unit
    ? `${name}#${reader.index('the index of a unit: a whole number')}`
    : columnKey(name, explicit);
  const desc = reader.takeWord('desc');
  if (!desc) reader.takeWord('asc');
  return setPlace({ key, desc }, reader.placeFrom(start));
}
