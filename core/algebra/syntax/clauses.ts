/** The clauses that follow `from`: target, method, region, changes, order. */
import { readIndices } from '../../address/parse.ts';
import { setPlace } from '../../address/places.ts';
import {
  columnOperand,
  LAYER,
  printExample,
  readExample,
  readUnit,
  takeColumnWord,
} from '../../address/predicate.ts';
import type { Place } from '../../errors/index.ts';
import { CHANGE_NAMES, type Change, type ChangeArgument, changeRow } from '../dictionary/changes.ts';
import { METHOD_NAMES, METHODS } from '../dictionary/methods.ts';
import { nearest, suggestion } from '../dictionary/nearest.ts';
import { type Coordinate, either, nameIn, type ParameterValue, type Region } from '../dictionary/values.ts';
import { columnKey } from './keys.ts';
import type { Draft } from './notes.ts';
import type { QueryReader } from './query-reader.ts';
import type { Query, Target, Using } from './tree.ts';

export function readTarget(reader: QueryReader): Target {
  const start = reader.peek();
  reader.offer({ kind: 'target' });
  for (const kind of ['class', 'logit'] as const)
    if (reader.takeWord(kind, { kind: 'target', name: kind })) {
      reader.offer({ kind: 'class', of: kind });
      const index = reader.index(`the index of a ${kind}, as in ${kind} 7`);
      return setPlace({ kind, index }, reader.placeFrom(start));
    }
  if (reader.takeWord('loss', { kind: 'target', name: 'loss' }))
    return setPlace({ kind: 'loss' }, reader.placeOf(start));
  if (!reader.takeWord('unit', { kind: 'target', name: 'unit' }))
    reader.fail('class 7, logit 7, loss or unit conv2d_1#3');
  const unit = readUnitOf(reader);
  return setPlace({ kind: 'unit', ...unit }, reader.placeFrom(start));
}

function readUnitOf(reader: QueryReader): { layer: string; unit: number } {
  reader.offer({ kind: 'layer' });
  const layer = reader.name('a unit, such as conv2d_1#3', LAYER);
  if (!reader.isMark('#')) reader.fail('# and the index of a unit, as in conv2d_1#3');
  return { layer, unit: readUnit(reader, layer, 'the index of a unit: a whole number') ?? 0 };
}

/** The side's method is told before its parameters are read. */
export function readUsing(reader: QueryReader, side: Draft): Using {
  const start = reader.peek();
  reader.offer({ kind: 'method' });
  const written = reader.nameAhead('a method, such as pca or ig');
  const method = nameIn(METHODS, written);
  if (method === undefined)
    throw reader.error(
      `no method ${written}${suggestion(written, METHOD_NAMES, 'there are')}`,
      reader.placeOf(start),
    );
  reader.take('method', { kind: 'method', name: method });
  side.using = { method, params: {} };
  const params = new Map<string, ParameterValue>();
  const places: { name: string; place: Place }[] = [];
  if (reader.takeMark('(') && !reader.takeMark(')')) {
    do {
      const at = reader.peek();
      reader.offer({ kind: 'parameter', method, given: [...params.keys()] });
      const known = (name: string) => METHODS[method].params.some((p) => p.name === name);
      const name = reader.name('a parameter, such as dims=3', {
        kind: 'parameter',
        meaning: (word) => (known(word) ? { kind: 'parameter', method, name: word } : null),
      });
      if (params.has(name)) throw reader.error(`${name} is given twice`, reader.placeOf(at));
      reader.expectMark('=', `= and the value of ${name}`);
      reader.offer({ kind: 'setting', method, name });
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

function readValue(reader: QueryReader, name: string): ParameterValue {
  const token = reader.peek();
  const word = token.kind === 'name' || token.kind === 'quoted';
  const bound = token.kind === 'name' && token.text === 'x';
  if (word && (token.text === "x'" || bound || reader.isMark('.', 1)))
    return printExample(readExample(reader));
  if (reader.takeWord('true', null, 'text')) return true;
  if (reader.takeWord('false', null, 'text')) return false;
  if (token.kind === 'number') return reader.take('number').value;
  if (token.kind === 'string') return reader.take('text').text;
  return reader.name(`the value of ${name}: a number, a word, a 'text', true or false`, {
    kind: 'text',
    meaning: (setting) => ({ kind: 'setting', name: setting }),
  });
}

const CORNERS = ['x1', 'y1', 'x2', 'y2'] as const;

export function readRegion(reader: QueryReader): Region {
  const start = reader.peek();
  reader.expectMark('[', 'a region, such as [x1, y1, x2, y2]');
  const edge = (axis: 0 | 1 | 2 | 3): Coordinate => {
    if (axis > 0) reader.expectMark(',', `, and ${CORNERS[axis]}: a region is [x1, y1, x2, y2]`);
    reader.offer({ kind: 'coordinate', axis });
    const token = reader.peek();
    return token.kind === 'number'
      ? reader.take('number').value
      : reader.name('a coordinate: a number, or a name such as x1', { kind: 'number' });
  };
  const region = [edge(0), edge(1), edge(2), edge(3)] as const;
  reader.expectMark(']');
  return setPlace(region, reader.placeFrom(start));
}

export function readChanges(reader: QueryReader): Change[] {
  const changes = [readChange(reader)];
  while (reader.takeMark(',')) changes.push(readChange(reader));
  return changes;
}

const CHANGE = `a change: ${either(CHANGE_NAMES)}`;

function readChange(reader: QueryReader): Change {
  const start = reader.peek();
  reader.offer({ kind: 'change' });
  reader.count('changes', start);
  const kind = CHANGE_NAMES.find((known) => reader.isWord(known));
  if (kind === undefined) {
    const near = start.kind === 'name' ? nearest(start.text, CHANGE_NAMES) : null;
    return reader.fail(CHANGE, near === null ? '' : `; did you mean ${near}?`);
  }
  reader.take('function', { kind: 'change', name: kind });
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

function readChangeArgument(reader: QueryReader, argument: ChangeArgument): Record<string, unknown> {
  switch (argument.kind) {
    case 'unit':
      return readUnitOf(reader);
    case 'layer':
      reader.offer({ kind: 'layer' });
      return { layer: reader.name('a layer, such as conv2d_1', LAYER) };
    case 'weight': {
      reader.offer({ kind: 'layer' });
      const layer = reader.name('a weight, such as dense_1.kernel[3,7]', LAYER);
      reader.expectMark('.', '. and a weight, as in dense_1.kernel[3,7]');
      reader.offer({ kind: 'tensor', layer });
      const tensor = reader.name("the name of a layer's weight, such as kernel or bias", { kind: 'layer' });
      const place = (axis: number) => reader.offer({ kind: 'place', layer, tensor, axis });
      return { layer, tensor, index: readIndices(reader, place) };
    }
    case 'region':
      return { region: readRegion(reader) };
    case 'number':
    case 'whole':
      reader.offer({ kind: 'number', hint: argument.called, values: argument.offers });
      return {
        [argument.field]:
          argument.kind === 'whole'
            ? reader.index(`${argument.called}: a whole number`)
            : reader.number(`${argument.called}: a number`),
      };
  }
}

export function readOrder(reader: QueryReader): NonNullable<Query['orderBy']> {
  const start = reader.peek();
  reader.offer({ kind: 'words', words: ['by'] });
  if (!reader.takeWord('by', { kind: 'clause', clause: 'order by' }))
    reader.fail('by, as in order by confidence');
  reader.offer({ kind: 'key' });
  const explicit = takeColumnWord(reader);
  if (explicit) reader.offer({ kind: 'column' });
  const name = reader.nameAhead('what to order by, such as confidence', explicit ? 'allowed' : 'refused');
  const unit = !explicit && reader.isMark('#', 1);
  reader.take(unit ? 'layer' : 'data', unit ? { kind: 'layer', name } : columnOperand(name, explicit));
  const index = unit ? readUnit(reader, name, 'the index of a unit: a whole number') : undefined;
  const key = index === undefined ? columnKey(name, explicit) : `${name}#${index}`;
  reader.offer({ kind: 'words', words: ['desc', 'asc'] });
  const desc = reader.takeWord('desc');
  if (!desc) reader.takeWord('asc');
  return setPlace({ key, desc }, reader.placeFrom(start));
}
