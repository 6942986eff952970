import { describe, expect, it } from 'vitest';
import { ERROR_CODES, errorBodySchema, HTTP_STATUS, listed, placeSchema, UserError } from './index.ts';

describe('errors for users', () => {
  it('each code has a status of its own, of the 4xx and 5xx', () => {
    const statuses = ERROR_CODES.map((code) => HTTP_STATUS[code]);
    expect(new Set(statuses).size).toBe(ERROR_CODES.length);
    for (const status of statuses) expect(status >= 400 && status < 600).toBe(true);
    expect(Object.keys(HTTP_STATUS).sort()).toEqual([...ERROR_CODES].sort());
  });

  it.each([
    ['with a place', { line: 2, column: 7, length: 3 }],
    ['with a file', 'model.json'],
    ['without either', undefined],
  ])('%s, an error survives the wire', (_, at) => {
    const error = new UserError('invalid', 'found 3, expected a layer', at);
    const body = errorBodySchema.parse(JSON.parse(JSON.stringify(error.toBody())));
    expect(body).toEqual({
      error: { code: 'invalid', message: 'found 3, expected a layer', ...(at === undefined ? {} : { at }) },
    });
    expect(Object.keys(body.error)).not.toContain('stack');
  });

  it('is an Error with a name of its own', () => {
    const error = new UserError('not_found', 'no board b');
    expect(error).toBeInstanceOf(Error);
    expect(`${error}`).toBe('UserError: no board b');
  });

  it('refuses unknown codes and broken places on the wire', () => {
    expect(errorBodySchema.safeParse({ error: { code: 'teapot', message: '' } }).success).toBe(false);
    expect(placeSchema.safeParse({ line: '1', column: 1, length: 1 }).success).toBe(false);
  });
});

it('many and long names stay a sentence', () => {
  expect(listed(['a', 'b'])).toBe('a, b');
  expect(listed(['1', '2', '3', '4', '5', '6', '7'])).toBe('1, 2, 3, 4, 5, 6, 7');
  expect(
    listed(
      Array.from({ length: 300 }, (_, i) => `class_${i}`),
      2,
    ),
  ).toBe('class_0, class_1 and 298 more');
  expect(listed(['😀'.repeat(80)])).toBe(`${'😀'.repeat(39)}…`);
});
