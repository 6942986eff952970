/** Text to addresses. */

import { setPlace } from './places.ts';
import { LAYER, readPredicate, SPLIT } from './predicate.ts';
import { type Reader, readWhole } from './reader.ts';
import type {
  Address,
  DatasetAddress,
  ExampleAddress,
  LayerAddress,
  ModelAddress,
  Predicate,
  SliceAddress,
  Step,
  UnitAddress,
  WeightAddress,
} from './types.ts';

export type ModelSide = ModelAddress | LayerAddress | UnitAddress | WeightAddress;
export type DataSide = DatasetAddress | ExampleAddress | SliceAddress;

/**
 * Reads one whole address. A name alone may be a model or a data set: it is read as `alone` says (print writes a data
 * set alone as `digits.*`, so that parse(print(a)) = a needs no hint). Throws UserError('invalid') with a place.
 */
export function parseAddress(text: string, alone: 'model' | 'data' = 'model'): Address {
  return readWhole(text, 'the end of the address', (reader) => readAddress(reader, alone));
}

/** A condition alone, as it stands between the brackets of a slice. */
export function parsePredicate(text: string): Predicate {
  return readWhole(text, 'and, or or the end of the condition', readPredicate);
}

function readAddress(reader: Reader, alone: 'model' | 'data'): Address {
  const start = reader.peek();
  const name = reader.name(
    'an address, such as digits-cnn@12/conv2d_1#7 or digits.test[42]',
    { kind: 'data' },
    'allowed',
  );
  const data =
    reader.isMark('.') ||
    reader.isMark('[') ||
    (alone === 'data' && !reader.isMark('@') && !reader.isMark('/'));
  return setPlace(data ? readDataTail(reader, name) : readModelTail(reader, name), reader.placeFrom(start));
}

/** `[@step]`, after the model's name. */
export function readStep(reader: Reader): { step?: Step } {
  if (!reader.takeMark('@')) return {};
  reader.offer({ kind: 'step' });
  if (reader.takeWord('best', null, 'model')) return { step: 'best' };
  if (reader.takeWord('last', null, 'model')) return { step: 'last' };
  return { step: reader.index('a step: a whole number, best or last', 'model') };
}

function readModelTail(reader: Reader, model: string): ModelSide {
  const at = { model, ...readStep(reader) };
  if (!reader.takeMark('/')) return { kind: 'model', ...at };
  const layer = reader.name('the name of a layer', LAYER, 'allowed');
  if (reader.takeMark('#'))
    return { kind: 'unit', ...at, layer, unit: reader.index('the index of a unit: a whole number') };
  if (!reader.takeMark('.')) return { kind: 'layer', ...at, layer };
  const tensor = reader.name(
    "the name of a layer's weight, such as kernel or bias",
    { kind: 'layer' },
    'allowed',
  );
  if (!reader.isMark('[')) return { kind: 'weight', ...at, layer, tensor };
  return { kind: 'weight', ...at, layer, tensor, index: readIndices(reader) };
}

/** `[3, 7]`; `offer` is told which axis comes next. */
export function readIndices(reader: Reader, offer: (axis: number) => void = () => {}): number[] {
  reader.expectMark('[', 'indices, such as [3, 7]');
  const index: number[] = [];
  do {
    offer(index.length);
    index.push(reader.index('an index: a whole number'));
  } while (reader.takeMark(','));
  reader.expectMark(']', ', or ]');
  return index;
}

/**
 * `.split[42]`, `.split[predicate]`, `.split`, `.*` or nothing, after the data set's name. `seen` is told of what has been
 * read, before all of it is.
 */
export function readDataTail(
  reader: Reader,
  dataset: string,
  seen: (address: DataSide) => void = () => {},
): DataSide {
  if (reader.isMark('[')) reader.fail('the split before the bracket, as in digits.test[42]');
  if (!reader.takeMark('.')) return { kind: 'dataset', dataset };
  reader.offer({ kind: 'split', dataset, one: false });
  if (reader.takeMark('*')) return { kind: 'dataset', dataset };
  const split = reader.name(
    'the name of a split, such as test, or * for the whole data set',
    SPLIT,
    'allowed',
  );
  seen({ kind: 'dataset', dataset, split });
  if (!reader.takeMark('[')) return { kind: 'dataset', dataset, split };
  if (reader.peek().kind === 'number' && reader.isMark(']', 1)) {
    const index = reader.index('the index of an example: a whole number, 0 for the first');
    reader.expectMark(']');
    return { kind: 'example', dataset, split, index };
  }
  const where = readPredicate(reader);
  reader.expectMark(']', 'and, or or ]');
  return { kind: 'slice', dataset, split, where };
}
