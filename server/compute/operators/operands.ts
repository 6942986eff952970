/** What operators ask of their operands. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../core/errors/index.ts';
import type { Operand } from './contract.ts';

/** The tensor that an input must be; `node`: for the message. Throws UserError('invalid'). */
export function given(operand: Operand | undefined, node: string): Tensor {
  if (operand && !isSequence(operand)) return operand;
  throw new UserError(
    'invalid',
    `the node ${node} ${operand ? 'takes a tensor, found a sequence' : 'lacks an input'}`,
  );
}

/** As given; null where the input is left out. */
export function optional(operand: Operand | undefined, node: string): Tensor | null {
  return operand == null ? null : given(operand, node);
}

export function isSequence(operand: Operand | undefined): operand is readonly Tensor[] {
  return Array.isArray(operand);
}

/** The numbers of a tensor that says a shape, axes or the like. */
export function numbersOf(tensor: Tensor): number[] {
  return Array.from(tensor.dataSync(), Number);
}
