/**
 * Bodies that never end. A request holds a connection and what has been read of it, so a body has to arrive: one that is
 * no upload within a minute, and an upload at no less than a trickle, however large it is. Nor may an answer take for ever
 * to be read: it holds a connection, an open file and what has been read of that.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface BodyPace {
  /** Time for a body that is no upload. */
  readonly wholeMs: number;
  /** In each of these an upload has to bring `leastBytes`. */
  readonly windowMs: number;
  readonly leastBytes: number;
}

export const BODY_PACE: BodyPace = { wholeMs: 45_000, windowMs: 30_000, leastBytes: 32 * 1024 };

const TOO_SLOW = 'The body of the request did not arrive in time. Send it again over a better connection.';

export function cutSlowBody(
  request: IncomingMessage,
  response: ServerResponse,
  pace: BodyPace = BODY_PACE,
): void {
  const { headers, socket } = request;
  if (headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0) return;
  const upload = /^multipart\/form-data\b/i.test(headers['content-type'] ?? '');
  let before = socket.bytesRead;
  // Not until the request's `close`: that comes with the answer, though the body may go on.
  const look = () => {
    if (request.complete || socket.destroyed) return stop();
    const brought = socket.bytesRead - before;
    before = socket.bytesRead;
    // While nobody here reads, it is not the sender who is slow.
    const waits = request.readableLength >= request.readableHighWaterMark;
    if (upload && (waits || brought >= pace.leastBytes)) return;
    stop();
    cut(socket, response.headersSent);
  };
  const timer = setInterval(look, upload ? pace.windowMs : pace.wholeMs);
  timer.unref();
  const stop = () => clearInterval(timer);
}

/** Past the response object: whoever is still reading the body finds the connection gone, and has nothing to answer. */
function cut(socket: Socket, answered: boolean): void {
  if (!answered) {
    const body = JSON.stringify({ error: { code: 'cancelled', message: TOO_SLOW } });
    socket.write(
      `HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  }
  socket.destroySoon();
}

/** Cuts who reads an answer slower than a trickle. What the system has room for counts as read, once. */
export function cutSlowReader(
  response: ServerResponse,
  { windowMs, leastBytes }: BodyPace = BODY_PACE,
): void {
  const { socket } = response;
  if (!socket) return;
  const left = () => socket.bytesWritten - socket.writableLength;
  let before = left();
  let waited = socket.writableLength > 0;
  const timer = setInterval(() => {
    const [now, waits] = [left(), socket.writableLength > 0];
    if (waited && waits && now - before < leastBytes) socket.destroy();
    [before, waited] = [now, waits];
  }, windowMs);
  timer.unref();
  response.once('close', () => clearInterval(timer));
}
