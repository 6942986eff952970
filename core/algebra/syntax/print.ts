/** Queries to canonical text: lower-case keywords, clauses in their order, one space; parse(print(q)) = q. */
import {
  isBareName,
  printAddress,
  printExample,
  printName,
  printPredicate,
  printWeight,
} from '../../address/index.ts';
import { printHead, quoteText } from '../../address/names.ts';
import { exampleOf } from '../dictionary/baseline.ts';
import { type Change, changeRow, numberOf } from '../dictionary/changes.ts';
import type { Coordinate, ParameterValue, Region } from '../dictionary/values.ts';
import { printKey } from './keys.ts';
import type { Argument, InputReference, ModelReference, Query, Target, Using, What } from './tree.ts';

export function print(query: Query): string {
  return clausesOf(query)
    .map(({ text }) => text)
    .join(' ');
}

export interface PrintedClause {
  readonly kind: 'select' | 'for' | 'using' | 'where' | 'with' | 'join' | 'order by' | 'limit';
  readonly text: string;
}

/** The canonical text clause by clause; `select` holds the model and its input too. */
export function clausesOf(query: Query): PrintedClause[] {
  const input = query.input === undefined ? '' : `(${printInput(query.input)})`;
  const clauses: PrintedClause[] = [];
  const add = (kind: PrintedClause['kind'], text: string): void => {
    clauses.push({ kind, text });
  };
  add('select', `select ${printWhat(query.what)} from ${printModel(query.model)}${input}`);
  if (query.target !== undefined) add('for', `for ${printTarget(query.target)}`);
  if (query.using !== undefined) add('using', `using ${printUsing(query.using)}`);
  if (query.where !== undefined) add('where', `where ${printRegion(query.where)}`);
  if (query.changes !== undefined) add('with', `with ${query.changes.map(printChange).join(', ')}`);
  if (query.join !== undefined) add('join', `${query.join.kind} (${print(query.join.query)})`);
  if (query.orderBy !== undefined)
    add('order by', `order by ${printKey(query.orderBy.key)}${query.orderBy.desc ? ' desc' : ''}`);
  if (query.limit !== undefined) add('limit', `limit ${query.limit}`);
  return clauses;
}

export function printWhat(what: What): string {
  switch (what.kind) {
    case 'identity':
      return '*';
    case 'layer':
      return printArgument(what);
    case 'call':
      return `${what.name}(${what.args.map(printArgument).join(', ')})`;
  }
}

export function printArgument(argument: Argument): string {
  if (argument.kind === 'number') return String(argument.value);
  return printName(argument.layer) + (argument.unit === undefined ? '' : `#${argument.unit}`);
}

export function printModel(model: ModelReference): string {
  return model.kind === 'name' ? model.name : printAddress(model);
}

export function printInput(input: InputReference): string {
  if (input.kind === 'name')
    return input.name === 'data' && input.where !== undefined
      ? `data[${printPredicate(input.where)}]`
      : input.name;
  // Only data can stand here, so that a data set needs no mark.
  if (input.kind === 'dataset' && input.split === undefined) return printHead(input.dataset);
  return printAddress(input);
}

export function printTarget(target: Target): string {
  switch (target.kind) {
    case 'class':
    case 'logit':
      return `${target.kind} ${target.index}`;
    case 'loss':
      return 'loss';
    case 'unit':
      return `unit ${printName(target.layer)}#${target.unit}`;
  }
}

export function printUsing(using: Using): string {
  const params = Object.entries(using.params).map(
    ([name, value]) => `${printName(name)}=${printValue(value)}`,
  );
  return params.length === 0 ? using.method : `${using.method}(${params.join(', ')})`;
}

function printValue(value: ParameterValue): string {
  if (typeof value !== 'string') return String(value);
  if (isBareName(value) && printName(value) === value) return value;
  const example = exampleOf(value);
  return example !== null && printExample(example) === value ? value : quoteText(value);
}

function printRegion(region: Region): string {
  return `[${region.map(printCoordinate).join(', ')}]`;
}

const printCoordinate = (value: Coordinate): string =>
  typeof value === 'number' ? String(value) : printName(value);

/** In the order of the row's arguments. */
export function printChange(change: Change): string {
  const args = changeRow(change.kind).args.map((argument) => {
    switch (argument.kind) {
      case 'unit':
        return 'unit' in change ? printArgument({ ...change, kind: 'layer' }) : '';
      case 'layer':
        return 'layer' in change ? printName(change.layer) : '';
      case 'weight':
        return 'tensor' in change ? printWeight(change) : '';
      case 'region':
        return 'region' in change ? printRegion(change.region) : '';
      default:
        return String(numberOf(change, argument.field));
    }
  });
  return `${change.kind}(${args.join(', ')})`;
}
