import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../errors/index.ts';
import { anyAddress, anyPredicate } from './arbitrary.ts';
import { parseAddress, parsePredicate, printAddress, printPredicate } from './index.ts';

describe('addresses', () => {
  it.each([
    ['digits-cnn', { kind: 'model', model: 'digits-cnn' }],
    ['digits-cnn@12', { kind: 'model', model: 'digits-cnn', step: 12 }],
    ['digits-cnn@best', { kind: 'model', model: 'digits-cnn', step: 'best' }],
    ['digits-cnn@last/pool_1', { kind: 'layer', model: 'digits-cnn', step: 'last', layer: 'pool_1' }],
    ['digits-cnn/pool_1', { kind: 'layer', model: 'digits-cnn', layer: 'pool_1' }],
    ['digits-cnn@12/conv2d_1#7', { kind: 'unit', model: 'digits-cnn', step: 12, layer: 'conv2d_1', unit: 7 }],
    [
      'digits-cnn@12/dense_1.kernel[3,7]',
      { kind: 'weight', model: 'digits-cnn', step: 12, layer: 'dense_1', tensor: 'kernel', index: [3, 7] },
    ],
    ['m/dense_1.bias', { kind: 'weight', model: 'm', layer: 'dense_1', tensor: 'bias' }],
    ['m/"tf.nn.relu"#0', { kind: 'unit', model: 'm', layer: 'tf.nn.relu', unit: 0 }],
    ['digits.*', { kind: 'dataset', dataset: 'digits' }],
    ['digits.test', { kind: 'dataset', dataset: 'digits', split: 'test' }],
    ['digits.test[42]', { kind: 'example', dataset: 'digits', split: 'test', index: 42 }],
    [
      'digits.test[label = 7 and predicted != label]',
      {
        kind: 'slice',
        dataset: 'digits',
        split: 'test',
        where: {
          op: 'and',
          left: { op: '=', left: { kind: 'column', name: 'label' }, right: { kind: 'number', value: 7 } },
          right: {
            op: '!=',
            left: { kind: 'column', name: 'predicted' },
            right: { kind: 'column', name: 'label' },
          },
        },
      },
    ],
  ])('%s is read and printed as written', (text, address) => {
    const parsed = parseAddress(text);
    expect(parsed).toEqual(address);
    expect(printAddress(parsed)).toBe(text);
  });

  it('reads a name alone as a model, or as a data set where only data can stand', () => {
    expect(parseAddress('digits')).toEqual({ kind: 'model', model: 'digits' });
    expect(parseAddress('digits', 'data')).toEqual({ kind: 'dataset', dataset: 'digits' });
    expect(parseAddress('digits@3', 'data')).toEqual({ kind: 'model', model: 'digits', step: 3 });
  });

  it('forgives spaces, the case of words and ==', () => {
    expect(printAddress(parseAddress(' m @ BEST / conv # 3 '))).toBe('m@best/conv#3');
    expect(printAddress(parseAddress('d.t[ NOT label==7 AND(index<3) ]'))).toBe(
      'd.t[not label = 7 and index < 3]',
    );
  });

  it('column.NAME is the column of the data set, where the name alone says another', () => {
    const stored = {
      op: '=',
      left: { kind: 'column', name: 'index', stored: true },
      right: { kind: 'number', value: 3 },
    };
    expect(parsePredicate('column.index = 3')).toEqual(stored);
    expect(printPredicate(parsePredicate('column."index" = 3'))).toBe('column.index = 3');
    expect(printPredicate(parsePredicate('column.age > 3 and column = 1'))).toBe('age > 3 and column = 1');
    expect(printPredicate(parsePredicate('column."a#1" = 3 and column.order = 1'))).toBe(
      '"a#1" = 3 and "order" = 1',
    );
    expect(failure(() => parsePredicate('column. = 3')).message).toBe(
      'found =, expected the name of a column',
    );
  });

  it('parse(print(a)) = a, whatever the names', () => {
    fc.assert(
      fc.property(anyAddress, (address) => {
        expect(parseAddress(printAddress(address))).toEqual(address);
      }),
      { numRuns: 2000 },
    );
  });

  it('parse(print(p)) = p for conditions, with the fewest brackets that keep their structure', () => {
    fc.assert(
      fc.property(anyPredicate, (predicate) => {
        expect(parsePredicate(printPredicate(predicate))).toEqual(predicate);
      }),
      { numRuns: 1000 },
    );
    const plain = 'a = 1 or not b = 2 and c = 3 or (d = 4 or e = 5) and (f = 6 and g#7 > 0.5)';
    expect(printPredicate(parsePredicate(plain))).toBe(plain);
  });
});

describe('errors in addresses say what was found, what was expected and where', () => {
  it.each([
    [
      '',
      1,
      1,
      'found the end of the text, expected an address, such as digits-cnn@12/conv2d_1#7 or digits.test[42]',
    ],
    ['m@', 1, 3, 'found the end of the text, expected a step: a whole number, best or last'],
    ['m@1.5', 1, 3, 'found 1.5, expected a step: a whole number, best or last'],
    ['m@12/', 1, 6, 'found the end of the text, expected the name of a layer'],
    ['m/conv#-1', 1, 8, 'found -1, expected the index of a unit: a whole number'],
    ['m/conv#7 x', 1, 10, 'found x, expected the end of the address'],
    ['m/dense.kernel[3', 1, 17, 'found the end of the text, expected , or ]'],
    ['digits[42]', 1, 7, 'found [, expected the split before the bracket, as in digits.test[42]'],
    ['digits.test[label 7]', 1, 19, 'found 7, expected a comparison: =, !=, <, <=, >, >= or in'],
    [
      'digits.test[label =\n  and]',
      2,
      3,
      'found and, expected a column (label, predicted, confidence, loss, index, ...), a unit (layer#7), distance(layer, x), agreement(layer, k), a number or a text',
    ],
    ["digits.test[label = 'seven]", 1, 21, "the text that begins here has no closing '"],
    [
      'm/1conv',
      1,
      3,
      'found 1conv, expected a number or a name; a name that begins with a digit is written in double quotes: "1conv"',
    ],
    [
      'm/größe',
      1,
      5,
      'found "ö", which means nothing here; a name with other characters than letters, digits, - and _ is written in double quotes',
    ],
    ['d.t[a < 1 && b < 1]', 1, 11, 'found "&&", which means nothing here; write and'],
    ['d.t[a < 1 & b < 1]', 1, 11, 'found "&", which means nothing here; write and'],
    ['d.t[a < 1 || b < 1]', 1, 11, 'found "||", which means nothing here; write or'],
    ['d.t[a < 1 | b < 1]', 1, 11, 'found "|", which means nothing here; write or'],
    ['d.t[!(a < 1)]', 1, 5, 'found "!", which means nothing here; write not'],
    ['d.t[a <> 1]', 1, 7, 'found "<>", which means nothing here; write !='],
    ['d.t[1];', 1, 7, 'found ";", which means nothing here; leave it out: a text is one question'],
    ['d.t[label = ‘a’]', 1, 13, 'found "‘", which means nothing here; write \''],
    ['“a”/b', 1, 1, 'found "“", which means nothing here; write "'],
    [
      'd.t[, 1]',
      1,
      5,
      'found ",", expected a column (label, predicted, confidence, loss, index, ...), a unit (layer#7), distance(layer, x), agreement(layer, k), a number or a text',
    ],
    ['d.t[a < 1e999]', 1, 9, 'found 1e999, expected a number between -1.8e308 and 1.8e308'],
  ])('%s', (text, line, column, message) => {
    const error = failure(() => parseAddress(text));
    expect(error.code).toBe('invalid');
    expect(error.message).toBe(message);
    expect(error.at).toMatchObject({ line, column });
  });

  it('refuses what is nested too deep or too long rather than exhaust the stack', () => {
    const deep = `d.t[${'('.repeat(5000)}a = 1${')'.repeat(5000)}]`;
    expect(failure(() => parseAddress(deep)).message).toBe('this is nested deeper than 100 levels');
    expect(failure(() => parseAddress(`d.t[${'not '.repeat(3000)}a = 1]`)).message).toMatch(/nested/);
    expect(failure(() => parseAddress(`m${'a'.repeat(20_000)}`)).message).toMatch(/at most 20000/);
    const chain = (length: number) => `d.t[${Array.from({ length }, () => 'a=1').join(' or ')}]`;
    expect(printAddress(parseAddress(chain(201)))).toMatch(/^d\.t\[a = 1 or a = 1/);
    expect(failure(() => parseAddress(chain(2400))).message).toMatch(/^found more than 200 conditions/);
  });

  it('any text gives an address or an error for users, never a crash', () => {
    const pieces = fc.constantFrom(
      'm',
      '@',
      '/',
      '#',
      '.',
      '[',
      ']',
      '12',
      'and',
      'not',
      '(',
      ')',
      '=',
      "'",
      '"',
      ' ',
    );
    const soup = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(soup, (text) => {
        try {
          const address = parseAddress(text);
          expect(parseAddress(printAddress(address))).toEqual(address);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

function failure(run: () => unknown): UserError {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('no error was thrown');
}
