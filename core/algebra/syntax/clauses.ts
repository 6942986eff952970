/** The clauses that follow `from`: target, method, region, changes, order. */
import { readIndices } from '../../address/parse.ts';
import { setPlace } from '../../address/places.ts';
import { printExample, readExample, takeColumnWord } from '../../address/predicate.ts';
import type { Reader } from '../../address/reader.ts';
import { nearest, suggestion } from '../dictionary/nearest.ts';
import { columnKey } from './keys.ts';
import {
  CHANGE_KINDS,
  type Change,
  type Coordinate,
  METHOD_NAMES,
  type ParameterValue,
  type Query,
  type Region,
  type Target,
  type Using,
} from './tree.ts';

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
  const method = METHOD_NAMES.find((known) => known === written.toLowerCase());
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

const CHANGE = `a change: ${CHANGE_KINDS.slice(0, -1).join(', ')} or ${CHANGE_KINDS.at(-1)}`;

function readChange(reader: Reader): Change {
  const start = reader.peek();
  reader.count('changes', start);
  const kind = CHANGE_KINDS.find((known) => reader.isWord(known));
  if (kind === undefined) {
    const near = start.kind === 'name' ? nearest(start.text, CHANGE_KINDS) : null;
    reader.fail(CHANGE, near === null ? '' : `; did you mean ${near}?`);
  }
  reader.next();
  reader.expectMark('(', `( and the arguments of ${kind}`);
  const change = readChangeArguments(reader, kind);
  reader.expectMark(')');
  return setPlace(change, reader.placeFrom(start));
}

function readChangeArguments(reader: Reader, kind: (typeof CHANGE_KINDS)[number]): Change {
  const comma = (next: string): void => reader.expectMark(',', `, and ${next}`);
  switch (kind) {
    case 'ablate':
      return { kind, ...readUnitOf(reader) };
    case 'clamp':
    case 'scale': {
      const of = readUnitOf(reader);
      comma(kind === 'clamp' ? 'the value' : 'the factor');
      return { kind, ...of, value: reader.number('a number') };
    }
    case 'set': {
      const layer = reader.name('a weight, such as dense_1.kernel[3,7]');
      reader.expectMark('.', '. and a weight, as in dense_1.kernel[3,7]');
      const tensor = reader.name("the name of a layer's weight, such as kernel or bias");
      const index = readIndices(reader);
      comma('the value');
      return { kind, layer, tensor, index, value: reader.number('a number') };
    }
    case 'noise': {
      const sd = reader.number('the standard deviation: a number');
      comma('the seed');
      return { kind, sd, seed: reader.index('the seed: a whole number') };
    }
    case 'fgsm':
      return { kind, epsilon: reader.number('the largest change of a pixel: a number') };
    case 'pgd': {
      const epsilon = reader.number('the largest change of a pixel: a number');
      comma('the steps');
      return { kind, epsilon, steps: reader.index('the steps: a whole number') };
    }
    case 'patch': {
      const region = readRegion(reader);
      comma('the value');
      return { kind, region, value: reader.number('a number') };
    }
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
