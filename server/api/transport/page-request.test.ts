/** What reaches the page server, which reads a body whole: nothing that is no path, and no body beyond a form's. */
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, startBench } from '../testing/harness.ts';

let bench: Bench;
const reached: string[] = [];
beforeAll(async () => {
  bench = await startBench({
    pages: () => ({
      ready: Promise.resolve(),
      handle: async (request, response) => {
        reached.push(request.url ?? '');
        response.end('a page');
      },
      upgrade: () => false,
      close: async () => undefined,
    }),
  });
});
afterAll(() => bench.close());

function send(head: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(bench.port, '127.0.0.1');
    let answer = '';
    socket.on('data', (part) => {
      answer += part;
    });
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
    socket.write(`${head}\r\nHost: x\r\nConnection: close\r\n\r\n`);
  });
}

test('a form is passed on', async () => {
  const body = 'a'.repeat(60_000);
  const response = await fetch(`${bench.origin}/api/auth/callback/credentials`, { method: 'POST', body });
  expect(await response.text()).toBe('a page');
});

test.each([
  ['Content-Length: 70000', '413', 'The body is larger than 64 KiB.'],
  ['Content-Length: 4000000000', '413', 'The body is larger than 64 KiB.'],
  ['Transfer-Encoding: chunked', '400', 'The body has no length; pages take only what says it beforehand.'],
])('a body beyond that is refused before it has come: %s', async (length, status, sentence) => {
  const before = reached.length;
  for (const path of ['/api/auth/callback/credentials', '/sign-in', '/']) {
    const answer = await send(`POST ${path} HTTP/1.1\r\n${length}`);
    expect(answer).toMatch(`HTTP/1.1 ${status}`);
    expect(answer).toContain(sentence);
  }
  expect(reached).toHaveLength(before);
});

test.each(['*', 'http://example.org/sign-in', 'http://[::/', 'api/v1/me'])(
  '%s is no path',
  async (target) => {
    const before = reached.length;
    const answer = await send(`GET ${target} HTTP/1.1`);
    expect(answer).toMatch(/^HTTP\/1\.1 400/);
    if (target !== 'api/v1/me') expect(answer).toContain('it must begin with a slash');
    expect(reached).toHaveLength(before);
  },
);
