/** Answers that are read at a trickle are cut, over raw sockets; who reads on, however slowly, gets all of it. */
import { createServer, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cutSlowReader } from './slow.ts';

const MB = 2 ** 20;
const PACE = { wholeMs: 600, windowMs: 500, leastBytes: 1_000 };
let server: Server;
let port: number;
let open = 0;
let given = 0;
const sockets: Socket[] = [];

beforeEach(async () => {
  [open, given] = [0, 0];
  server = createServer((_request, response) => {
    cutSlowReader(response, PACE);
    response.once('close', () => open--);
    open++;
    // As blobs are streamed: the next part once there is room for it.
    let parts = 30 * 16;
    const next = () => {
      while (parts-- > 0) {
        given += MB / 16;
        if (!response.write(Buffer.alloc(MB / 16))) return;
      }
      response.end();
    };
    response.on('drain', next);
    next();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = typeof address === 'object' && address ? address.port : 0;
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

function ask(): Socket {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined);
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  return socket;
}

test('fifty who do not read are cut, and little of what they asked for was made', async () => {
  for (let i = 0; i < 50; i++) ask().pause();
  await expect.poll(() => open, { timeout: 30_000 }).toBe(50);
  await expect.poll(() => open, { timeout: 30_000 }).toBe(0);
  // The rest of 30 MB for each was never read from where it lies.
  expect(given / 50 / MB).toBeLessThan(10);
});

test('who reads slowly and on gets all of it, through many windows', async () => {
  const socket = ask();
  let received = 0;
  const began = performance.now();
  for await (const data of socket) {
    received += data.length;
    await delay(2);
  }
  expect(received).toBeGreaterThan(30 * MB);
  expect(performance.now() - began).toBeGreaterThan(PACE.windowMs);
});
