/** Which layers have no gradient, and what to ask instead. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../core/errors/index.ts';
import type { Tf } from '../tf.ts';
import type { Program } from './program.ts';
import type { ProgramTap } from './taps.ts';

const REMEDY = 'use occlusion or shapley, which need none, or ask about a later layer';

/** Throws UserError('unsupported') where a layer between the place and the target has no gradient by its input. */
export function refuseGradient(program: Program, place: string | null, tap: ProgramTap): void {
  const step = program.between(place, tap)?.find(({ call }) => call.node.looksUp)?.call.node;
  if (step)
    throw new UserError(
      'unsupported',
      `the layer ${step.name} (${step.type}) has no gradient by its input; ${REMEDY}`,
    );
}

/**
 * Gradient of `target`, a scalar, by x. Throws UserError('unsupported') for what TensorFlow.js cannot differentiate, in
 * words; any other error as it is. However it ends, nothing but the gradient is left.
 */
export function gradientOf(tf: Tf, target: (x: Tensor) => Tensor, x: Tensor): Tensor {
  try {
    return tf.tidy(() => tf.grad((at) => tf.sum(target(at)))(x));
  } catch (error) {
    forget(tf);
    throw unknownGradient(error);
  }
}

/** What was saved for the way back is let go of only where TensorFlow.js gets there. */
function forget(tf: Tf): void {
  const { state } = tf.engine();
  if (state.gradientDepth > 0 || !state.activeTape) return;
  for (const { saved = [] } of state.activeTape) tf.dispose(saved);
  state.activeTape = [];
}

function unknownGradient(error: unknown): unknown {
  if (error instanceof UserError || !(error instanceof Error) || !/gradient|derivative/i.test(error.message))
    return error;
  return new UserError(
    'unsupported',
    `TensorFlow.js cannot differentiate this model (${error.message}); ${REMEDY}`,
  );
}
