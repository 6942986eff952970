/** Bodies that never end are cut, over raw sockets; uploads that make progress may take their time. */
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, startBench, type Visitor, visitor } from '../testing/harness.ts';

let bench: Bench;
let editor: Visitor;
beforeAll(async () => {
  bench = await startBench({ bodyPace: { wholeMs: 600, windowMs: 400, leastBytes: 1_000 } });
  const project = await bench.store.projects.create({ slug: 'nets', name: 'Nets', ownerId: null });
  editor = await visitor(bench, 'Ada', { projectId: project.id, role: 'editor' });
});
afterAll(() => bench.close());

/** Sends a head, then a part again and again; resolves with what came back once the server has closed. */
function drip(head: string[], part: string, everyMs: number): Promise<{ answer: string; ms: number }> {
  return new Promise((resolve) => {
    const started = performance.now();
    const socket = connect(bench.port, '127.0.0.1');
    let answer = '';
    const lines = [...head, 'Host: 127.0.0.1', `Authorization: ${editor.headers.authorization}`];
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    const timer = setInterval(() => socket.write(part), everyMs);
    socket.on('data', (text) => {
      answer += text;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(timer);
      resolve({ answer, ms: performance.now() - started });
    });
  });
}

const JSON_HEAD = ['POST /api/v1/projects/nets/boards HTTP/1.1', 'Content-Type: application/json'];
const UPLOAD_HEAD = [
  'POST /api/v1/projects/nets/models HTTP/1.1',
  'Content-Type: multipart/form-data; boundary=b',
];
const FILE = '--b\r\nContent-Disposition: form-data; name="files"; filename="m.keras"\r\n\r\n';
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

test.each([
  ['JSON that stops', [...JSON_HEAD, 'Content-Length: 1000'], '', 50],
  ['JSON that drips', [...JSON_HEAD, 'Content-Length: 1000'], '{', 50],
  ['JSON in chunks without end', [...JSON_HEAD, 'Transfer-Encoding: chunked'], chunk(' '.repeat(5_000)), 50],
  ['an upload that stops', [...UPLOAD_HEAD, 'Content-Length: 100000'], '', 50],
  ['an upload that drips', [...UPLOAD_HEAD, 'Transfer-Encoding: chunked'], chunk(FILE.slice(0, 5)), 50],
  ['a body for a page', ['POST /p/nets HTTP/1.1', 'Content-Length: 1000'], '', 50],
])('%s is cut, and others are served meanwhile', async (_what, head, part, everyMs) => {
  const cut = drip(head, part, everyMs);
  for (let i = 0; i < 5; i++) {
    expect((await editor.ask('GET', 'projects')).status).toBe(200);
    await delay(20);
  }
  const { answer, ms } = await cut;
  expect(ms).toBeLessThan(3_000);
  if (!answer.startsWith('HTTP/1.1 404')) {
    expect(answer).toMatch(/^HTTP\/1\.1 (408|400|413) /);
    expect(answer).toContain('{"error":{');
  }
});

test('nothing is left of them: no file, no error', async () => {
  await expect.poll(() => readdir(path.join(bench.folder, 'spool'))).toEqual([]);
  expect(bench.logged.filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
});

test('the cut says why', async () => {
  const { answer } = await drip([...JSON_HEAD, 'Content-Length: 1000'], '', 50);
  expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
  expect(answer).toContain(
    '"message":"The body of the request did not arrive in time. Send it again over a better connection."',
  );
});

test('an upload that makes progress may take much longer', async () => {
  const socket = connect(bench.port, '127.0.0.1');
  const body = `${FILE}${'x'.repeat(30_000)}\r\n--b--\r\n`;
  const head = [...UPLOAD_HEAD, 'Host: 127.0.0.1', `Authorization: ${editor.headers.authorization}`];
  socket.write(`${[...head, `Content-Length: ${body.length}`, 'Connection: close'].join('\r\n')}\r\n\r\n`);
  bench.pool.answer = () => Promise.reject(new Error('it was received whole'));
  for (let at = 0; at < body.length; at += 1_000) {
    socket.write(body.slice(at, at + 1_000));
    await delay(80);
  }
  let answer = '';
  for await (const text of socket) answer += text;
  expect(bench.pool.tasks).toHaveLength(1);
  expect(answer).toMatch(/^HTTP\/1\.1 500 /);
});
