/** All operators, by what each vocabulary calls them. A family of them is a file in families/. */
import type { OperatorGraph, OperatorNode } from '../../../core/artifacts/operators.ts';
import { UserError } from '../../../core/errors/index.ts';
import { type Operator, VOCABULARIES, type Vocabulary } from './contract.ts';
import { REGISTRY } from './families/registry.generated.ts';

const OPERATORS: Readonly<Record<Vocabulary, Map<string, Operator>>> = {
  onnx: new Map(),
  tensorflow: new Map(),
  torch: new Map(),
};
for (const family of Object.values(REGISTRY))
  for (const operator of family)
    for (const vocabulary of VOCABULARIES) {
      const name = operator[vocabulary];
      if (name === undefined) continue;
      if (OPERATORS[vocabulary].has(name))
        throw new Error(`two operators of ${vocabulary} are called ${name}`);
      OPERATORS[vocabulary].set(name, operator);
    }

function vocabularyOfDomain(domain: string): Vocabulary {
  return domain === 'tensorflow' || domain === 'torch' ? domain : 'onnx';
}

/** That of a graph's nodes; a graph without nodes is of ONNX. */
export function vocabularyOf({ nodes }: Pick<OperatorGraph, 'nodes'>): Vocabulary {
  return vocabularyOfDomain(nodes[0]?.domain ?? '');
}

/** With its domain; the own operators of each vocabulary have none before their name. */
export function operatorName({ domain, operation }: Pick<OperatorNode, 'domain' | 'operation'>): string {
  const own = domain === '' || domain === 'ai.onnx' || vocabularyOfDomain(domain) !== 'onnx';
  return own ? operation : `${domain}.${operation}`;
}

const find = (node: Pick<OperatorNode, 'domain' | 'operation'>): Operator | undefined =>
  OPERATORS[vocabularyOfDomain(node.domain)].get(operatorName(node));

export function knowsOperator(node: Pick<OperatorNode, 'domain' | 'operation'>): boolean {
  return find(node) !== undefined;
}

/** Throws UserError('unsupported') for one that is not known. */
export function operatorOf(node: Pick<OperatorNode, 'name' | 'domain' | 'operation'>): Operator {
  const found = find(node);
  if (found) return found;
  throw new UserError(
    'unsupported',
    `the operator ${operatorName(node)} (node ${node.name}) is not known here`,
  );
}
