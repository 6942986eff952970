/** Trips of loops: how many there may be, and what of each is kept. */
import type { Tensor } from '@tensorflow/tfjs';
import type { OperatorPort } from '../../../../core/artifacts/operators.ts';
import { UserError } from '../../../../core/errors/index.ts';
import type { Tf } from '../../tf.ts';
import type { Operand } from '../contract.ts';
import { given, isSequence } from '../operands.ts';
import { storedAs } from '../values.ts';

/** A loop of a file may never end; nobody waits for more than this. */
const MOST_TRIPS = 1_000_000;
const MOST_MILLISECONDS = 60_000;

/** Throws UserError('too_large') once a loop has gone on for too many trips, or too long. */
export function tripLimit(node: string): (trips: number) => void {
  const start = Date.now();
  return (trips) => {
    if (trips < MOST_TRIPS && Date.now() - start < MOST_MILLISECONDS) return;
    throw new UserError(
      'too_large',
      `the loop ${node} has not ended after ${trips} trips; expected an end within ${MOST_TRIPS} trips and ${MOST_MILLISECONDS / 1000} seconds`,
    );
  };
}

/**
 * One trip: what it gives is its own, whatever it was made of, so that it can be disposed of once the next trip has
 * replaced it.
 */
export function trip(tf: Tf, run: () => readonly Operand[]): Operand[] {
  const own = (operand: Operand): Operand =>
    operand === null ? null : isSequence(operand) ? operand.map((one) => tf.clone(one)) : tf.clone(operand);
  const made: Operand[] = [];
  tf.tidy(() => {
    made.push(...run().map(own));
    return made.flatMap(tensors);
  });
  return made;
}

/** What a trip gave and nobody needs any more. On the way to a gradient everything is needed. */
export function release(tf: Tf, operands: readonly Operand[]): void {
  if (tf.engine().state.gradientDepth > 0) return;
  for (const one of operands.flatMap(tensors)) one.dispose();
}

function tensors(operand: Operand): readonly Tensor[] {
  return operand === null ? [] : isSequence(operand) ? operand : [operand];
}

/** Values of all trips along an axis; of none the shape that the graph tells, where it is unknown 0. */
export function stacked(
  tf: Tf,
  node: string,
  values: readonly Operand[],
  port: OperatorPort | undefined,
  axis = 0,
): Tensor {
  if (values.length > 0)
    return tf.stack(
      values.map((value) => given(value, node)),
      axis < 0 ? axis + (given(values[0], node).rank + 1) : axis,
    );
  const shape = (port?.shape ?? []).map((size) => (typeof size === 'number' ? size : 0));
  const stored = storedAs(port?.type ?? 'float32');
  const at = axis < 0 ? axis + shape.length + 1 : axis;
  const whole = [...shape.slice(0, at), 0, ...shape.slice(at)];
  return stored === 'string' ? tf.tensor([], whole, 'string') : tf.zeros(whole, stored);
}
