/** All operators, by what ONNX calls them. A family of them is a file in families/. */
import type { OperatorNode } from '../../../core/artifacts/operators.ts';
import { UserError } from '../../../core/errors/index.ts';
import type { Operator } from './contract.ts';
import { REGISTRY } from './families/registry.generated.ts';

const OPERATORS = new Map<string, Operator>();
for (const family of Object.values(REGISTRY))
  for (const operator of family) {
    if (OPERATORS.has(operator.onnx)) throw new Error(`two operators are called ${operator.onnx}`);
    OPERATORS.set(operator.onnx, operator);
  }

/** ONNX' own operators have no domain before their name. */
export function operatorName({ domain, operation }: Pick<OperatorNode, 'domain' | 'operation'>): string {
  return domain === '' || domain === 'ai.onnx' ? operation : `${domain}.${operation}`;
}

export function knowsOperator(node: Pick<OperatorNode, 'domain' | 'operation'>): boolean {
  return OPERATORS.has(operatorName(node));
}

/** Throws UserError('unsupported') for one that is not known. */
export function operatorOf(node: Pick<OperatorNode, 'name' | 'domain' | 'operation'>): Operator {
  const found = OPERATORS.get(operatorName(node));
  if (found) return found;
  throw new UserError(
    'unsupported',
    `the operator ${operatorName(node)} (node ${node.name}) is not known here`,
  );
}
