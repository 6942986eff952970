/** Failures as answers: what was written for users is said, anything else is logged under an id and kept inside. */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { DISK_FULL, HTTP_STATUS, isDiskFull, UserError } from '../../../core/errors/index.ts';

/** Any thrown thing as a UserError. */
export function toUserError(error: unknown, log: Logger, what: string): UserError {
  if (error instanceof UserError) {
    if (error.code === 'internal') log.error({ err: error }, what);
    return error;
  }
  if (isDiskFull(error)) {
    log.error({ err: error }, `${what}: the disk is full`);
    return new UserError('overloaded', DISK_FULL);
  }
  const id = randomUUID().slice(0, 8);
  log.error({ err: error, errorId: id }, what);
  return new UserError(
    'internal',
    `Something went wrong in the server. The log has it under ${id}; tell whoever runs this server.`,
  );
}

export function errorResponse(error: UserError): Response {
  return new Response(JSON.stringify(error.toBody()), {
    status: HTTP_STATUS[error.code],
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
  });
}

/** What does not fit a schema, by the name of its first wrong part. */
export function misfit(where: string, error: z.ZodError): UserError {
  const issue = error.issues[0];
  const part = issue?.path.map(String).join('.') ?? '';
  const place = part === '' ? where : part;
  return new UserError('bad_request', `${place}: ${issue?.message ?? error.message}`, place);
}
