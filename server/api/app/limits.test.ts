import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, startBench, Visitor, visitor } from '../testing/harness.ts';
import { RateLimiter } from './limits.ts';

test('a bucket gives its burst, then as many a minute as it may, each caller apart', () => {
  let now = 0;
  const limiter = new RateLimiter({ setup: { burst: 3, perMinute: 6 } }, () => now);
  for (let k = 0; k < 3; k++) limiter.take('setup', 'a');
  expect(() => limiter.take('setup', 'a')).toThrow(/Try again in 10 s/);
  limiter.take('setup', 'b');
  now += 10_000;
  limiter.take('setup', 'a');
  expect(() => limiter.take('setup', 'a')).toThrow();
  now += 3_600_000;
  for (let k = 0; k < 3; k++) limiter.take('setup', 'a');
  expect(() => limiter.take('setup', 'a')).toThrow();
});

let bench: Bench;
beforeAll(async () => {
  bench = await startBench({
    limits: { setup: { burst: 2, perMinute: 1 }, write: { burst: 1, perMinute: 1 } },
  });
});
afterAll(() => bench.close());

test('guesses at the owner link are limited by address, writes by person', async () => {
  const stranger = new Visitor(bench);
  const guess = { token: 'x', email: 'a@example.org', name: 'A', password: 'long enough' };
  expect((await stranger.ask('POST', 'setup', guess)).status).toBe(403);
  expect((await stranger.ask('POST', 'setup', guess)).status).toBe(403);
  const limited = await stranger.ask('POST', 'setup', guess);
  expect(limited).toMatchObject({
    status: 429,
    body: {
      error: { code: 'rate_limited', message: /^Too many requests of this kind\. Try again in \d+ s\.$/ },
    },
  });
  const [one, two] = [await visitor(bench, 'One'), await visitor(bench, 'Two')];
  expect((await one.ask('POST', 'projects', { name: 'A' })).status).toBe(201);
  expect((await one.ask('POST', 'projects', { name: 'B' })).status).toBe(429);
  expect((await two.ask('POST', 'projects', { name: 'C' })).status).toBe(201);
});

test('a body that is too large, no JSON or of another type is refused', async () => {
  const person = await visitor(bench, 'Three');
  const send = (body: string, type = 'application/json') =>
    person.ask('POST', 'projects', undefined, { body, headers: { 'content-type': type } });
  expect(await send(JSON.stringify({ name: 'x'.repeat(5_000_000) }))).toMatchObject({
    status: 413,
    body: { error: { message: 'The body is larger than 4096 KiB.' } },
  });
  const other = await visitor(bench, 'Four');
  const broken = await other.ask('POST', 'projects', undefined, {
    ...{ body: '{', headers: { 'content-type': 'application/json' } },
  });
  expect(broken.status).toBe(400);
  const form = await visitor(bench, 'Five');
  const typed = await form.ask('POST', 'projects', undefined, {
    ...{ body: 'name=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
  });
  expect(typed).toMatchObject({
    status: 415,
    body: {
      error: { message: 'The body is application/x-www-form-urlencoded; application/json was expected.' },
    },
  });
  const untyped = await (await visitor(bench, 'Six')).ask('POST', 'projects', undefined, {
    body: new Uint8Array([1]),
  });
  expect(untyped.body).toMatchObject({
    error: { message: 'The body is of no type; application/json was expected.' },
  });
});

test('a body of very many values is refused, and a stranger is read no more than a form', async () => {
  const person = await visitor(bench, 'Much to say');
  const many = { name: 'x', more: Array.from({ length: 60_000 }, () => 0) };
  expect(await person.ask('POST', 'projects', many)).toMatchObject({
    status: 413,
    body: { error: { message: 'The body holds more than 50000 values.' } },
  });
  const stranger = new Visitor(bench);
  expect(await stranger.ask('POST', 'register', { invite: 'x'.repeat(70_000) })).toMatchObject({
    status: 413,
    body: { error: { message: 'The body is larger than 64 KiB.' } },
  });
});
