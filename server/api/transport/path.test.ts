import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, startBench } from '../testing/harness.ts';
import { type Cast, cast } from '../testing/project.ts';
import { pathFault } from './path.ts';

let bench: Bench;
let people: Cast;
beforeAll(async () => {
  bench = await startBench();
  people = await cast(bench);
});
afterAll(() => bench.close());

/** As written: fetch would shorten the address itself. */
function raw(path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port: bench.port, path, headers: people.owner.headers },
      (response) => {
        let body = '';
        response.on('data', (part) => {
          body += part;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}

test.each([
  '..',
  '%2e%2e',
  '%2E%2e',
  '.%2e',
  '.',
  '%2e',
  'a%2fb',
  'a%2F..',
  'a%5cb',
  'a\\b',
  '..%2f..',
  'a%00b',
  'a%0ab',
])('models/%s is nothing: no other route answers in its place', async (name) => {
  for (const tail of [name, `${name}/export`, `x/${name}`]) {
    const answer = await raw(`/api/v1/projects/${people.project.slug}/models/${tail}`);
    expect(answer.status, tail).toBe(404);
    expect(JSON.parse(answer.body)).toMatchObject({
      error: { code: 'not_found', message: /^There is nothing at GET/ },
    });
  }
});

test('an address that is no UTF-8 is refused as such', async () => {
  const answer = await raw(`/api/v1/projects/${people.project.slug}/models/%ff`);
  expect(answer).toMatchObject({
    status: 400,
    body: expect.stringContaining('begins no character of UTF-8'),
  });
});

test('a part that is long beyond reason is nothing, and is not repeated whole', () => {
  const fault = pathFault('GET', `/api/v1/projects/${'x'.repeat(10_000)}`);
  expect(fault?.code).toBe('not_found');
  expect(fault?.message.length).toBeLessThan(600);
});

test('ordinary names pass, whatever their alphabet', () => {
  for (const path of [
    '/api/v1/projects/a',
    '/api/v1/comments/x/reactions/%F0%9F%91%8D',
    '/api/v1/x?p=../..',
    '/api/v1/a..b',
  ])
    expect(pathFault('GET', path)).toBeNull();
});

test.each(['[', '{"a":'])('a body nested beyond reason is refused: %s', async (open) => {
  const close = open === '[' ? ']' : '}';
  const response = await fetch(`${bench.base}/projects`, {
    method: 'POST',
    headers: { ...people.owner.headers, 'content-type': 'application/json' },
    body: `${open.repeat(100_000)}1${close.repeat(100_000)}`,
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    error: { message: 'The body is nested more than 64 deep.' },
  });
});
