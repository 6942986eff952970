/** Attributes of a node, read by kind. */
import type { OperatorAttribute } from '../../../core/artifacts/operators.ts';
import { UserError } from '../../../core/errors/index.ts';
import type { Attributes } from './contract.ts';

/** `node`: for messages. */
export function attributesOf(node: string, all: Readonly<Record<string, OperatorAttribute>>): Attributes {
  const own = new Map(Object.entries(all));
  const read = <T>(
    name: string,
    expected: string,
    fallback: T | undefined,
    is: (value: unknown) => value is T,
  ): T => {
    const value = own.get(name);
    if (value === undefined && fallback !== undefined) return fallback;
    if (is(value)) return value;
    throw new UserError(
      'invalid',
      `the node ${node} ${value === undefined ? 'lacks its attribute' : 'has another kind of attribute'} ${name}; expected ${expected}`,
    );
  };
  const listOf =
    <T>(isOne: (value: unknown) => value is T) =>
    (value: unknown): value is readonly T[] =>
      Array.isArray(value) && value.every(isOne);
  return {
    all,
    has: (name) => own.has(name),
    number: (name, fallback) => read(name, 'a number', fallback, isNumber),
    text: (name, fallback) => read(name, 'a text', fallback, isText),
    numbers: (name, fallback) => read(name, 'numbers', fallback, listOf(isNumber)),
    texts: (name, fallback) => read(name, 'texts', fallback, listOf(isText)),
    tensor: (name) => read(name, 'a tensor', undefined, isTensor).tensor,
    graph: (name) => read(name, 'a graph', undefined, isGraph).graph,
  };
}

const isNumber = (value: unknown): value is number => typeof value === 'number';
const isText = (value: unknown): value is string => typeof value === 'string';
const isTensor = (value: unknown): value is Extract<OperatorAttribute, { tensor: unknown }> =>
  typeof value === 'object' && value !== null && 'tensor' in value;
const isGraph = (value: unknown): value is Extract<OperatorAttribute, { graph: unknown }> =>
  typeof value === 'object' && value !== null && 'graph' in value;
