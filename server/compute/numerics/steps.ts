/**
 * Long computations are generators that yield their share done (0 to 1), so that one text serves both callers that
 * want the answer at once and callers that must answer messages (a cancellation) meanwhile.
 */
import { UserError } from '../../../core/errors/index.ts';

export type Steps<T> = Generator<number, T, void>;

export interface StepOptions {
  /** Share done, 0 to 1. */
  readonly onProgress?: ((done: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Runs to the end without letting go of the thread. Throws UserError('cancelled') when the signal is aborted. */
export function runSteps<T>(steps: Steps<T>, { onProgress, signal }: StepOptions = {}): T {
  for (;;) {
    if (signal?.aborted) throw new UserError('cancelled', 'the computation was cancelled');
    const { done, value } = steps.next();
    if (done) return value;
    onProgress?.(value);
  }
}

/** Runs to the end, but lets the event loop turn at least every 50 ms or so: an abort takes effect while it runs. */
export async function runStepsAsync<T>(
  steps: Steps<T>,
  { onProgress, signal }: StepOptions = {},
): Promise<T> {
  let since = performance.now();
  for (;;) {
    if (signal?.aborted) throw new UserError('cancelled', 'the computation was cancelled');
    const { done, value } = steps.next();
    if (done) return value;
    onProgress?.(value);
    if (performance.now() - since > 50) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      since = performance.now();
    }
  }
}
