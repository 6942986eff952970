/** The checks before a socket is opened, in the order of rule S4: origin, path, ticket, role; caps come last. */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { may } from '../../../core/roles/index.ts';
import type { Admission, SyncOptions } from '../contract.ts';
import { withTimeout } from '../retry.ts';

export interface Refusal {
  readonly status: 400 | 401 | 403 | 404 | 426 | 429 | 503;
  readonly code: string;
  readonly message: string;
}

export type Answer = { readonly admission: Admission } | { readonly refusal: Refusal };

const REDEEM_MS = 10_000;
const BOARD_ID = /^[A-Za-z0-9_-]{1,64}$/;
const TICKET = /^[\x21-\x7e]{1,512}$/;

/** True when the path is the socket server's to answer. */
export function isSyncPath(url: string | undefined): boolean {
  return url !== undefined && /^\/sync(\/|\?|$)/.test(url);
}

export async function admit(
  request: IncomingMessage,
  options: Pick<SyncOptions, 'origins' | 'redeem'>,
): Promise<Answer> {
  const { origin } = request.headers;
  if (origin === undefined || !options.origins.includes(origin))
    return refuse(
      403,
      'forbidden',
      'This origin may not connect: open the board at the address of this server.',
    );
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://host.invalid');
  const boardId = /^\/sync\/([^/]+)$/.exec(pathname)?.[1];
  if (boardId === undefined || !BOARD_ID.test(boardId))
    return refuse(404, 'not_found', 'Sockets are at /sync/BOARD?ticket=TICKET.');
  const ticket = searchParams.get('ticket');
  if (ticket === null || !TICKET.test(ticket))
    return refuse(401, 'unauthenticated', 'A ticket is needed: ask for one at /api/v1/boards/BOARD/ticket.');
  let admission: Admission | null;
  try {
    admission = await withTimeout(options.redeem(ticket), REDEEM_MS);
  } catch {
    return refuse(503, 'overloaded', 'The ticket could not be checked. Try again in a moment.');
  }
  if (admission === null)
    return refuse(401, 'unauthenticated', 'The ticket is unknown, used or expired: ask for a new one.');
  if (admission.boardId !== boardId)
    return refuse(403, 'forbidden', 'The ticket is for another board: ask for one for this board.');
  if (!may(admission.role, 'read')) return refuse(403, 'forbidden', 'You may not see this board.');
  return { admission };
}

export function refuse(status: Refusal['status'], code: string, message: string): { refusal: Refusal } {
  return { refusal: { status, code, message } };
}

/** Answers an upgrade with an ordinary HTTP response and ends the socket. */
export function writeRefusal(socket: Duplex, { status, code, message }: Refusal): void {
  const body = JSON.stringify({ error: { code, message } });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(status === 426 ? ['Upgrade: websocket', 'Sec-WebSocket-Version: 13'] : []),
    ...(status === 503 || status === 429 ? ['Retry-After: 5'] : []),
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
