/** What the page server is given. It reads a body to its end, and keeps it whole, before anything is asked of it. */
import type { IncomingMessage } from 'node:http';
import { UserError } from '../../../core/errors/index.ts';

/** The longest that pages send is the form of signing in. */
const LONGEST_BODY = 64 * 1024;

export function pageFault({ headers }: Pick<IncomingMessage, 'headers'>): UserError | null {
  if (headers['transfer-encoding'] !== undefined)
    return new UserError('bad_request', 'The body has no length; pages take only what says it beforehand.');
  if (Number(headers['content-length'] ?? 0) > LONGEST_BODY)
    return new UserError('too_large', `The body is larger than ${LONGEST_BODY / 1024} KiB.`);
  return null;
}
