import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, startBench, visitor } from '../testing/harness.ts';
import { Pacing } from './pacing.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());

const soon = () => new Promise((resolve) => setImmediate(resolve));

test('four begin at once; then callers take turns, each in the order asked', async () => {
  const pacing = new Pacing();
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const names = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'b1', 'b2', 'c1'];
  for (const name of names)
    pacing.add(name.slice(0, 1), (done) => {
      begun.push(name);
      ends.push(done);
    });
  expect(begun).toEqual(names.slice(0, 4));
  ends[0]?.();
  ends[0]?.();
  // Not before the process has listened to what came in meanwhile.
  expect(begun).toHaveLength(4);
  await soon();
  expect(begun).toHaveLength(5);
  for (let k = 1; k < 5; k++) ends[k]?.();
  await soon();
  expect(begun.slice(4)).toEqual(['a5', 'b1', 'c1', 'a6', 'b2']);
});

test('however fast they are answered, four begin before the process listens again', async () => {
  const pacing = new Pacing();
  let begun = 0;
  for (let k = 0; k < 100; k++)
    pacing.add('a', (done) => {
      begun++;
      void Promise.resolve().then(done);
    });
  for (let turn = 1; turn <= 10; turn++) {
    const before = begun;
    await soon();
    expect(begun - before).toBeLessThanOrEqual(4);
  }
  await expect.poll(() => begun).toBe(100);
});

test('whoever waits for long keeps no place', async () => {
  const pacing = new Pacing();
  for (let k = 0; k < 4; k++) pacing.add('a', () => undefined);
  await new Promise<void>((resolve) => pacing.add('b', () => resolve()));
});

test('a crowd is answered whole, and so is who comes and goes', async () => {
  const crowd = await visitor(bench, 'Crowd');
  const gone = new AbortController();
  const left = Array.from({ length: 20 }, () =>
    crowd.ask('GET', 'projects', undefined, { signal: gone.signal }).catch(() => 'gone'),
  );
  gone.abort();
  const all = await Promise.all(Array.from({ length: 60 }, () => crowd.ask('GET', 'projects')));
  expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]));
  expect(new Set(await Promise.all(left))).toEqual(new Set(['gone']));
});
