/** Replaces the board's names by what they stand for: `f` its model, `x` and `x'` its examples, `data` its slice. */
import { type Address, parseAddress, printAddress } from '../address/index.ts';
import { copyPlaces, placeOf } from '../address/places.ts';
import { UserError } from '../errors/index.ts';
import type { InputReference, ModelReference, Query } from './types.ts';

/** Addresses as text, as a board keeps them; null or absent: not bound. */
export type QueryBindings = Readonly<Partial<Record<'f' | 'x' | "x'" | 'data', string | null>>>;

/** Throws UserError('invalid') for a name that is used and not bound, or bound to something of the wrong kind. */
export function bind(query: Query, bindings: QueryBindings): Query {
  const { input, join } = query;
  return copyPlaces(
    {
      ...query,
      model: bindModel(query.model, bindings),
      ...(input === undefined ? {} : { input: bindInput(input, bindings) }),
      ...(join === undefined
        ? {}
        : { join: copyPlaces({ ...join, query: bind(join.query, bindings) }, join) }),
    },
    query,
  );
}

const UNBOUND = {
  f: 'f is not bound: choose a model, or write its name, such as digits-cnn@12',
  x: 'x is not bound: select an example, or write one, such as digits.test[42]',
  "x'": "x' is not bound: select a second example, or write one, such as digits.test[42]",
  data: 'data is not bound: choose a split, or write one, such as digits.test',
} as const;
export type BoundName = keyof typeof UNBOUND;

/** What an unbound name says to the user. */
export const unbound = (name: BoundName): string => UNBOUND[name];

function addressOf(node: object, name: BoundName, bindings: QueryBindings): Address {
  const text = bindings[name];
  if (text === undefined || text === null) throw new UserError('invalid', UNBOUND[name], placeOf(node));
  try {
    // A copy has no places: they would be those of the binding's text, not of the query's.
    return structuredClone(parseAddress(text, name === 'f' ? 'model' : 'data'));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError('invalid', `${name} is bound to ${text}: ${error.message}`, placeOf(node));
  }
}

function wrong(node: object, name: BoundName, address: Address, expected: string): UserError {
  return new UserError(
    'invalid',
    `${name} is bound to ${printAddress(address)}, expected ${expected}`,
    placeOf(node),
  );
}

function bindModel(model: ModelReference, bindings: QueryBindings): ModelReference {
  if (model.kind !== 'name') return model;
  const address = addressOf(model, 'f', bindings);
  if (address.kind !== 'model') throw wrong(model, 'f', address, 'a model, such as digits-cnn@12');
  return copyPlaces(address, model);
}

function bindInput(input: InputReference, bindings: QueryBindings): InputReference {
  if (input.kind !== 'name') return input;
  const address = addressOf(input, input.name, bindings);
  if (input.name !== 'data') {
    if (address.kind !== 'example')
      throw wrong(input, input.name, address, 'one example, such as digits.test[42]');
    return copyPlaces(address, input);
  }
  if (address.kind !== 'dataset' && address.kind !== 'slice')
    throw wrong(input, 'data', address, 'a split or a slice, such as digits.test');
  const { where } = input;
  if (where === undefined) return copyPlaces(address, input);
  if (address.kind === 'slice')
    return copyPlaces({ ...address, where: { op: 'and', left: address.where, right: where } }, input);
  const { dataset, split } = address;
  if (split === undefined)
    throw wrong(input, 'data', address, `a split: a condition narrows one, as in ${dataset}.test[label = 7]`);
  return copyPlaces({ kind: 'slice', dataset, split, where }, input);
}
