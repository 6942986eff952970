/** Errors written for users: a code, what was found, what was expected, what to do. Nothing of the inside leaks. */
import { z } from 'zod';

export { DISK_FULL, isDiskFull } from './disk.ts';

export const ERROR_CODES = [
  'bad_request', // 400
  'unauthenticated', // 401
  'forbidden', // 403
  'not_found', // 404
  'conflict', // 409
  'too_large', // 413
  'unsupported', // 415: a format or layer that is not known
  'invalid', // 422: understood, but wrong (query, file)
  'rate_limited', // 429
  'cancelled', // 499
  'internal', // 500
  'overloaded', // 503: refused by admission (memory, queue)
] as const;
export const errorCodeSchema = z.enum(ERROR_CODES);
export type ErrorCode = z.infer<typeof errorCodeSchema>;

export const HTTP_STATUS = {
  bad_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  unsupported: 415,
  invalid: 422,
  rate_limited: 429,
  cancelled: 499,
  internal: 500,
  overloaded: 503,
} as const satisfies Record<ErrorCode, number>;

/** A place in a text: 1-based line and column, length in characters. */
export const placeSchema = z.object({ line: z.number(), column: z.number(), length: z.number() });
export type Place = z.infer<typeof placeSchema>;

export const errorBodySchema = z.object({
  error: z.object({
    code: errorCodeSchema,
    message: z.string(),
    at: z.union([placeSchema, z.string()]).optional(),
  }),
});
export type ErrorBody = z.infer<typeof errorBodySchema>;

/** `at` is a place in the query, or names the file or part at fault. */
export class UserError extends Error {
  override name = 'UserError';
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly at?: Place | string,
  ) {
    super(message);
  }
  toBody(): ErrorBody {
    return {
      error: { code: this.code, message: this.message, ...(this.at === undefined ? {} : { at: this.at }) },
    };
  }
}

const MOST_NAMED = 6;
const LONGEST_NAME = 40;
/** Names for a sentence, however many and long they are: the first few, each cut where it is long, and how many more. */
export function listed(names: readonly string[], most = MOST_NAMED): string {
  const cut = (name: string) => {
    const letters = Array.from(name);
    return letters.length > LONGEST_NAME ? `${letters.slice(0, LONGEST_NAME - 1).join('')}…` : name;
  };
  // One more is named rather than counted.
  if (names.length <= most + 1) return names.map(cut).join(', ');
  return `${names.slice(0, most).map(cut).join(', ')} and ${names.length - most} more`;
}
