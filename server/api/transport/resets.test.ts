/** Connections that are reset in the middle of an upgrade end nothing, and none stays half open, over raw sockets. */
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Bench, startBench } from '../testing/harness.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());

const uncaught: unknown[] = [];
const note = (error: unknown) => uncaught.push(error);
// The runner's own listeners would take it for a fault of the file, at an unknown test.
let others: NodeJS.UncaughtExceptionListener[] = [];
beforeEach(() => {
  uncaught.length = 0;
  others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException').on('uncaughtException', note);
});
afterEach(() => {
  process.removeAllListeners('uncaughtException');
  for (const other of others) process.on('uncaughtException', other);
});

const head = (target: string, ...more: string[]) =>
  [`GET ${target} HTTP/1.1`, 'Host: 127.0.0.1', 'Connection: Upgrade', ...more].join('\r\n');
const WEBSOCKET = [
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
];

const HEADS = {
  'an address that takes none': () => head('/nowhere', ...WEBSOCKET),
  'the address of boards': () => head('/sync/board', ...WEBSOCKET),
  'a ticket': () =>
    head('/sync/board?ticket=unknown', ...WEBSOCKET, `Origin: http://127.0.0.1:${bench.port}`),
  'another protocol': () => head('/nowhere', 'Upgrade: h2c'),
  'a tunnel': () => 'CONNECT nowhere:80 HTTP/1.1\r\nHost: nowhere',
};
const KINDS = Object.entries(HEADS);

test.each(KINDS)('an upgrade to %s that is reset ends nothing', async (_what, text) => {
  for (let round = 0; round < 120; round++)
    await new Promise((resolve) => {
      const socket = connect(bench.port, '127.0.0.1', () => {
        socket.write(`${text()}\r\n\r\n${'x'.repeat((round % 3) * 1_000)}`);
        if (round % 4 === 0) socket.resetAndDestroy();
        else setTimeout(() => socket.resetAndDestroy(), round % 4 === 1 ? 0 : round % 7);
      });
      socket.on('error', () => undefined);
      socket.on('close', resolve);
    });
  expect(await fetch(`http://127.0.0.1:${bench.port}/api/v1/health`).then(({ status }) => status)).toBe(200);
  expect(uncaught).toEqual([]);
});

test.each(KINDS)(
  'an upgrade to %s that is refused is closed, also when the other side goes on',
  async (_what, text) => {
    const socket = connect({ port: bench.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => undefined);
    const closed = new Promise((resolve) => socket.on('close', () => resolve('closed')));
    socket.resume().write(`${text()}\r\n\r\n`);
    // Written to a connection that is closed whole, it is answered by a reset.
    const timer = setInterval(() => socket.write('x'), 20);
    const late = new Promise((resolve) => setTimeout(resolve, 3_000, 'still open'));
    expect(await Promise.race([closed, late])).toBe('closed');
    clearInterval(timer);
    socket.destroy();
  },
);
