/** Queries to canonical text: lower-case keywords, clauses in their order, one space; parse(print(q)) = q. */
import {
  isBareName,
  printAddress,
  printExample,
  printName,
  printPredicate,
  printWeight,
} from '../address/index.ts';
import { printHead, quoteText } from '../address/names.ts';
import { exampleOf } from './baseline.ts';
import type {
  Argument,
  Change,
  Coordinate,
  InputReference,
  ModelReference,
  ParameterValue,
  Query,
  Region,
  Target,
  Using,
  What,
} from './types.ts';

export function print(query: Query): string {
  const parts = [`select ${printWhat(query.what)} from ${printModel(query.model)}`];
  if (query.input !== undefined) parts[0] += `(${printInput(query.input)})`;
  if (query.target !== undefined) parts.push(`for ${printTarget(query.target)}`);
  if (query.using !== undefined) parts.push(`using ${printUsing(query.using)}`);
  if (query.where !== undefined) parts.push(`where ${printRegion(query.where)}`);
  if (query.changes !== undefined) parts.push(`with ${query.changes.map(printChange).join(', ')}`);
  if (query.join !== undefined) parts.push(`${query.join.kind} (${print(query.join.query)})`);
  if (query.orderBy !== undefined)
    parts.push(`order by ${printKey(query.orderBy.key)}${query.orderBy.desc ? ' desc' : ''}`);
  if (query.limit !== undefined) parts.push(`limit ${query.limit}`);
  return parts.join(' ');
}

/** A column, or a unit written `layer#7`. */
function printKey(key: string): string {
  const unit = unitKey(key);
  return unit === null ? printName(key) : `${printName(unit.layer)}#${unit.unit}`;
}

/** The unit that a key of `order by` names; null for a column. */
export function unitKey(key: string): { layer: string; unit: number } | null {
  const match = /^(.+)#(0|[1-9]\d{0,14})$/s.exec(key);
  return match?.[1] === undefined ? null : { layer: match[1], unit: Number(match[2]) };
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

export function printChange(change: Change): string {
  switch (change.kind) {
    case 'ablate':
      return `ablate(${printArgument({ ...change, kind: 'layer' })})`;
    case 'clamp':
    case 'scale':
      return `${change.kind}(${printArgument({ ...change, kind: 'layer' })}, ${change.value})`;
    case 'set':
      return `set(${printWeight(change)}, ${change.value})`;
    case 'noise':
      return `noise(${change.sd}, ${change.seed})`;
    case 'fgsm':
      return `fgsm(${change.epsilon})`;
    case 'pgd':
      return `pgd(${change.epsilon}, ${change.steps})`;
    case 'patch':
      return `patch(${printRegion(change.region)}, ${change.value})`;
  }
}
