/** Waiting for what may fail or hang. */
import { UserError } from '../../core/errors/index.ts';

/** Whether another server has the board. */
export const isElsewhere = (error: unknown): boolean =>
  error instanceof UserError && error.code === 'conflict';

/** Tries until it succeeds or `forMs` have passed; then throws the last error, and at once what is a refusal. A try that hangs counts as failed. */
export async function retry<T>(attempt: () => Promise<T>, forMs: number): Promise<T> {
  const end = performance.now() + forMs;
  for (let wait = 50; ; wait = Math.min(wait * 2, 2_000)) {
    try {
      return await withTimeout(attempt(), Math.max(1, end - performance.now()));
    } catch (error) {
      if (performance.now() + wait >= end || error instanceof UserError) throw error;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

/** Rejects when `work` has not ended after `ms`. */
export async function withTimeout<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${Math.round(ms)} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
