import { expect, test } from 'vitest';
import { z } from 'zod';
import { LaterVersion, storedShape } from './index.ts';

/** Version 1 had `first` and `last`; 2 one `name`; 3 says whose. */
const shape = storedShape({
  schema: z.object({ name: z.string(), owner: z.string().nullable() }),
  upgrades: [
    ({ first, last, ...rest }) => ({ ...rest, name: `${first} ${last}` }),
    (old) => ({ ...old, owner: null }),
  ],
});
const read = (value: unknown) => shape.read(value, 'thing t');
const failure = (value: unknown): unknown => {
  try {
    return read(value);
  } catch (error) {
    return error;
  }
};

test('what is stored is brought to the newest shape, from whichever version it was written in', () => {
  const newest = { name: 'Ada Lovelace', owner: null };
  expect(read({ first: 'Ada', last: 'Lovelace' })).toEqual(newest);
  expect(read({ version: 1, first: 'Ada', last: 'Lovelace' })).toEqual(newest);
  expect(read({ version: 2, name: 'Ada Lovelace' })).toEqual(newest);
  expect(read({ version: 3, ...newest, owner: 'eve' })).toEqual({ ...newest, owner: 'eve' });
  expect(JSON.parse(shape.write(newest))).toEqual({ version: 3, ...newest });
  expect(read(JSON.parse(shape.write(newest)))).toEqual(newest);
});

test('a later version is no damage: one sentence says who wrote it and what to do', () => {
  const error = failure({ version: 4, anything: [] });
  expect(error).toBeInstanceOf(LaterVersion);
  expect(error).toMatchObject({
    code: 'conflict',
    message:
      'Thing t was written by a later version of Interlayer (version 4 of its shape; this one reads up to 3): update the server, or restore a backup from before the update.',
  });
});

test.each([
  ['no object', [1], 'thing t is damaged: found no JSON object'],
  [
    'a version that is none',
    { version: 'x' },
    'thing t is damaged: its version is "x", expected a whole number',
  ],
  ['a version below one', { version: 0 }, 'thing t is damaged: its version is 0, expected a whole number'],
  ['a part that is missing', { version: 3, name: 'Ada' }, 'thing t is damaged, it does not fit its schema'],
])('%s is damage, and said to be', (_, value, message) => {
  const error = failure(value);
  expect(error).not.toBeInstanceOf(LaterVersion);
  expect(error).toMatchObject({ name: 'Error', message: expect.stringContaining(message) });
});
