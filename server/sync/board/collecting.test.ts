import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Collecting } from './collecting.ts';

const MB = 2 ** 20;

test('what has grown is collected once, when nothing was done for a while', async () => {
  let resident = 500 * MB;
  const collected: number[] = [];
  const collecting = new Collecting(
    () => {
      collected.push(resident);
      resident = 100 * MB;
    },
    20,
    () => resident,
  );
  collecting.worked();
  collecting.worked();
  expect(collected).toEqual([]);
  await expect.poll(() => collected).toEqual([500 * MB]);
  resident = 110 * MB;
  collecting.worked();
  await delay(60);
  expect(collected).toEqual([500 * MB]);
  resident = 200 * MB;
  collecting.worked();
  await expect.poll(() => collected).toEqual([500 * MB, 200 * MB]);
});
