/** Connections are bounded, and what sends no head is cut, over raw sockets. */
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, startBench } from '../testing/harness.ts';
import { CONNECTIONS, HEAD_PACE, networkOf } from './connections.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench({
    connections: { all: 40, perAddress: 20 },
    headPace: { headersTimeout: 400, connectionsCheckingInterval: 100 },
  });
});
afterAll(() => bench.close());

/** Opens so many; those that the server closes at once are not among what comes back. */
async function hold(count: number, localAddress = '127.0.0.1', head = ''): Promise<Socket[]> {
  const sockets = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<Socket>((resolve) => {
          const socket = connect({ port: bench.port, host: '127.0.0.1', localAddress });
          socket.on('error', () => undefined).resume();
          socket.on('connect', () => {
            if (head !== '') socket.write(head);
            resolve(socket);
          });
        }),
    ),
  );
  await new Promise((resolve) => setTimeout(resolve, 100));
  return sockets.filter(({ closed, readableEnded }) => !closed && !readableEnded);
}
const health = (init: RequestInit = {}) => fetch(`${bench.base}/health`, init);
const end = (sockets: readonly Socket[]) => {
  for (const socket of sockets) socket.destroy();
};

test('one address has so many, and others are served meanwhile; all together have so many', async () => {
  const crowd = await hold(60, '127.0.0.2');
  expect(crowd).toHaveLength(20);
  expect((await health({ headers: { connection: 'close' } })).status).toBe(200);
  const more = await hold(60, '127.0.0.3');
  expect(more.length).toBeGreaterThan(10);
  expect(more.length).toBeLessThanOrEqual(20);
  end([...crowd, ...more]);
  await expect.poll(() => health().then(({ status }) => status)).toBe(200);
});

test.each([
  ['nothing', ''],
  ['a head that never ends', 'GET /api/v1/health HTTP/1.1\r\nHost: 127.0.0.1\r\n'],
  ['a line that never ends', 'GET /api/v1/health HTTP/1.1\r\nX: '],
])('who sends %s is cut', async (_what, head) => {
  const sockets = await hold(5, '127.0.0.4', head);
  expect(sockets).toHaveLength(5);
  const drip = setInterval(() => {
    for (const socket of sockets) if (head !== '' && socket.writable) socket.write('a');
  }, 50);
  await expect.poll(() => sockets.every(({ closed }) => closed), { timeout: 3_000 }).toBe(true);
  clearInterval(drip);
});

test('the limits are as documented', () => {
  expect(HEAD_PACE.headersTimeout + HEAD_PACE.connectionsCheckingInterval).toBeLessThan(60_000);
  expect(CONNECTIONS.perAddress).toBeLessThan(CONNECTIONS.all);
});

test('addresses of one network count as one', () => {
  expect(networkOf('10.0.0.7')).toBe('10.0.0.7');
  expect(networkOf('::ffff:10.0.0.7')).toBe('10.0.0.7');
  expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2');
  expect(networkOf('2001:db8:1:2::6')).toBe('2001:db8:1:2');
  expect(networkOf('2001:db8::6')).toBe('2001:db8:0:0');
  expect(networkOf('::1')).toBe('0:0:0:0');
  expect(networkOf('fe80::1%eth0')).toBe('fe80:0:0:0');
});
