import { expect, test } from 'vitest';
import { shapeOfJson } from '../../../core/json/index.ts';
import { keptNameIn, parseJson } from './json.ts';

test.each([
  ['{"loss":NaN,"acc":0.5}', { loss: null, acc: 0.5 }],
  ['{"a":[Infinity,-Infinity, NaN ]}', { a: [null, null, null] }],
  [
    '{"NaN":NaN,"text":"NaN, \\"Infinity\\" and -Infinity"}',
    { NaN: null, text: 'NaN, "Infinity" and -Infinity' },
  ],
  ['"NaN"', 'NaN'],
  ['NaN', null],
])('%s', (text, value) => {
  expect(parseJson(text)).toEqual(value);
});

test.each(['', '{', '{"a":NaNa}', '{"a":xNaN}', '{a:NaN}', '{"a":nan}', '{"a":"NaN', '-NaN'])(
  'no JSON: %s',
  (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError);
  },
);

test.each([
  ['1', 0, 1],
  ['{"a":[1,[2]],"b":{}}', 3, 7],
  ['"[[[[,"', 0, 1],
  ['["\\"[[,", "]"]', 1, 3],
  ['['.repeat(100_000), 100_000, 100_001],
])('depth and values of %.20s', (text, depth, values) => {
  expect(shapeOfJson(text)).toEqual({ depth, values });
});

test.each(['"', '{"a":"', 'NaN"'])('a string that nothing closes is read once: %s', (start) => {
  // Quotes that could each begin a string of their own: at one look per quote and rest of the text, minutes.
  const text = start + '\\"'.repeat(1_000_000);
  const begun = performance.now();
  expect(() => parseJson(text)).toThrow(SyntaxError);
  expect(performance.now() - begun).toBeLessThan(2_000);
});

test.each([
  ['{"__proto__": 1}', '__proto__'],
  ['{"metrics": {"loss": 1, "\\u005f_proto__": 2}}', 'metrics.__proto__'],
  ['[0, {"a": [{"__proto__": null}]}]', '1.a.0.__proto__'],
  ['{"constructor": 1, "prototype": {}, "toString": "__proto__", "hasOwnProperty": [1]}', null],
  ['"__proto__"', null],
  ['null', null],
])('the name __proto__ is found in %s', (text, place) => {
  expect(keptNameIn(parseJson(text))).toBe(place);
});
