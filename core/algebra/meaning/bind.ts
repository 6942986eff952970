/** Replaces the board's names by what they stand for: `f` its model, `x` and `x'` its examples, `data` its slice, saved slices. */
import {
  type Address,
  type BoundExample,
  type DatasetAddress,
  type ExampleAddress,
  type Predicate,
  parseAddress,
  printAddress,
  printExample,
  withOperands,
} from '../../address/index.ts';
import { copyPlaces, placeOf, setPlace } from '../../address/places.ts';
import { MAX_LINKS, TOO_MANY_LINKS } from '../../address/reader.ts';
import { UserError } from '../../errors/index.ts';
import { exampleOf } from '../dictionary/baseline.ts';
import type { Region } from '../dictionary/values.ts';
import type { InputReference, ModelReference, Query, Using, What } from '../syntax/tree.ts';

/** Addresses as text, as a board keeps them; null or absent: not bound. */
export interface QueryBindings extends Readonly<Partial<Record<'f' | 'x' | "x'" | 'data', string | null>>> {
  /** Saved slices by name: `f(hard)`, where hard is `digits.test[confidence < 0.5]`. */
  readonly slices?: Readonly<Record<string, string>> | undefined;
  /** What the paper's `select l` and `where [x1, y1, x2, y2]` stand for: the layer and the window that are looked at. */
  readonly l?: string | null;
  readonly window?: readonly [number, number, number, number] | null;
}

/** Throws UserError('invalid') for a name that is used and not bound, or bound to something of the wrong kind. */
export function bind(query: Query, bindings: QueryBindings): Query {
  const bound = bindQuery(query, bindings);
  // What names stand for is written out, and the whole must be readable again.
  if (linksOf(bound) > MAX_LINKS) throw new UserError('invalid', TOO_MANY_LINKS, placeOf(query));
  return bound;
}

/** How many `and` and `or` tie the conditions of a query and of those joined to it. */
function linksOf({ input, join }: Query): number {
  const own = input?.kind === 'slice' ? linksIn(input.where) : 0;
  return own + (join === undefined ? 0 : linksOf(join.query));
}
function linksIn(predicate: Predicate): number {
  if (predicate.op === 'not') return linksIn(predicate.of);
  if (predicate.op !== 'and' && predicate.op !== 'or') return 0;
  return 1 + linksIn(predicate.left) + linksIn(predicate.right);
}

function bindQuery(query: Query, bindings: QueryBindings): Query {
  const { what, input, using, where, join } = query;
  return copyPlaces(
    {
      ...query,
      what: bindWhat(what, bindings),
      model: bindModel(query.model, bindings),
      ...(input === undefined ? {} : { input: bindInput(input, bindings) }),
      ...(where === undefined ? {} : { where: bindRegion(where, bindings) }),
      ...(using === undefined ? {} : { using: bindUsing(using, bindings) }),
      ...(join === undefined
        ? {}
        : { join: copyPlaces({ ...join, query: bindQuery(join.query, bindings) }, join) }),
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

function bindWhat(what: What, { l }: QueryBindings): What {
  if (what.kind !== 'layer' || what.layer !== 'l' || l == null) return what;
  return copyPlaces({ ...what, layer: l }, what);
}

/** Only the template as it stands in the paper: four other names mean nothing. */
function bindRegion(region: Region, { window }: QueryBindings): Region {
  if (window == null || region.join() !== 'x1,y1,x2,y2') return region;
  const [x1, y1, x2, y2] = window;
  return copyPlaces([x1, y1, x2, y2] as const, region);
}

function bindInput(input: InputReference, bindings: QueryBindings): InputReference {
  const bound = replaceInput(input, bindings);
  if (bound.kind !== 'slice') return bound;
  return copyPlaces({ ...bound, where: bindPredicate(bound.where, bindings) }, bound);
}

function replaceInput(input: InputReference, bindings: QueryBindings): InputReference {
  if (input.kind === 'dataset' && input.split === undefined) return savedSlice(input, bindings);
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

/** A slice that the board has named stands before a data set of the same name. */
function savedSlice(input: DatasetAddress, { slices }: QueryBindings): InputReference {
  const text =
    slices !== undefined && Object.hasOwn(slices, input.dataset) ? slices[input.dataset] : undefined;
  if (text === undefined) return input;
  try {
    const address = structuredClone(parseAddress(text, 'data'));
    if (address.kind === 'slice' || address.kind === 'dataset') return copyPlaces(address, input);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      'invalid',
      `the slice ${input.dataset} is saved as ${text}: ${error.message}`,
      placeOf(input),
    );
  }
  throw new UserError(
    'invalid',
    `the slice ${input.dataset} is saved as ${text}, expected a slice, such as digits.test[label = 7]`,
    placeOf(input),
  );
}

function bindExample(example: ExampleAddress | BoundExample, bindings: QueryBindings): ExampleAddress {
  if (example.kind === 'example') return example;
  const address = addressOf(example, example.name, bindings);
  if (address.kind !== 'example')
    throw wrong(example, example.name, address, 'one example, such as digits.test[42]');
  return copyPlaces(address, example);
}

/** `distance(dense_1, x)` */
function bindPredicate(predicate: Predicate, bindings: QueryBindings): Predicate {
  return withOperands(predicate, (operand) =>
    operand.kind === 'distance'
      ? copyPlaces({ ...operand, to: bindExample(operand.to, bindings) }, operand)
      : operand,
  );
}

/** `baseline=x'` */
function bindUsing(using: Using, bindings: QueryBindings): Using {
  const { baseline } = using.params;
  const example = typeof baseline === 'string' ? exampleOf(baseline) : null;
  if (example?.kind !== 'name') return using;
  const at = placeOf(using, 'params.baseline');
  const bound = bindExample(at === undefined ? example : setPlace(example, at), bindings);
  return copyPlaces({ ...using, params: { ...using.params, baseline: printExample(bound) } }, using);
}
