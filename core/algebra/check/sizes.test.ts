/** Texts of hostile size: refused in a sentence with its place, and never slower than their length. */
import { describe, expect, it } from 'vitest';
import { placeAt } from '../../address/lexer.ts';
import { UserError } from '../../errors/index.ts';
import { bind, canonical, check, parse, print, type QueryBindings } from '../index.ts';
import type { Catalog } from '../project/catalog.ts';
import { catalog } from '../testing/catalog.fixture.ts';

const times = (n: number, part: string, by: string) => Array.from({ length: n }, () => part).join(by);
const stats = (where: string) => `select stats(dense_1) from digits-cnn(digits.test[${where}])`;
const joins = (n: number, kind = 'join') =>
  `${`select * from digits-cnn(digits.test[0]) ${kind} (`.repeat(n)}select * from digits-cnn(digits.test[0])${')'.repeat(n)}`;
const ablated = (n: number) =>
  `select predict() from digits-cnn(digits.test) with ${times(n, 'ablate(dense_1#1)', ', ')}`;

function refusal(text: string, bindings: QueryBindings = {}) {
  try {
    canonical(bind(parse(text), bindings), catalog);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.code).toBe('invalid');
    return { message: error.message, at: error.at };
  }
  return null;
}

const LINKS =
  'found more than 200 conditions tied by and or or, expected fewer; several values of one column stand in a list, as in label in [1, 7]';
const JOINS = 'found more than 8 joined queries, expected fewer; ask them as questions of their own';
const CHANGES = 'found more than 100 changes, expected fewer; ask about them in several questions';
const DEEP = 'this is nested deeper than 100 levels';

describe('what a question may hold only so many of', () => {
  it.each([
    ['and', stats(times(1300, 'index=1', ' and ')), LINKS],
    ['or', stats(times(1300, 'index=1', ' or ')), LINKS],
    ['both, in brackets', stats(times(400, '(index=1 or index=2)', ' and ')), LINKS],
    ['brackets', stats(`${'('.repeat(1300)}index=1${')'.repeat(1300)}`), DEEP],
    ['not', stats(`${'not '.repeat(1300)}index=1`), DEEP],
    ['not in brackets', stats(`${'not('.repeat(1300)}index=1${')'.repeat(1300)}`), DEEP],
    ['joins', joins(300), JOINS],
    ['left joins', joins(300, 'left join'), JOINS],
    ['changes', ablated(800), CHANGES],
    [
      'with',
      `select * from f(x) ${times(1000, 'with ablate(a#1)', ' ')}`,
      'found with twice, expected it once',
    ],
    ['calls', `select ${'stats('.repeat(1300)} from f(x)`, 'found (, expected , or )'],
    [
      'arguments',
      `select stats(${times(4000, 'dense_1', ',')}) from digits-cnn(digits.test)`.slice(0, 19_000),
      /./,
    ],
  ])('%s', (_, text, message) => {
    const said = refusal(text);
    expect(said?.message).toMatch(message);
    expect(said?.at).toMatchObject({ line: 1 });
  });

  it.each([
    ['conditions', stats(times(201, 'index=1', ' and '))],
    ['joins', joins(8)],
    ['changes', ablated(100)],
    ['levels', stats(`${'not ('.repeat(50)}index=1${')'.repeat(50)}`)],
    ['a list', stats(`index in [${times(4000, '1', ', ')}]`)],
  ])('as many %s as are allowed are read, checked, printed and read again', (_, text) => {
    const query = canonical(parse(text), catalog);
    expect(parse(print(query))).toEqual(query);
  });

  it('one more is one too many, and the place is where it stands', () => {
    const text = stats(times(202, 'index=1', ' and '));
    expect(refusal(text)).toMatchObject({ message: LINKS, at: { column: text.lastIndexOf('and') + 1 } });
    expect(refusal(joins(9))?.message).toBe(JOINS);
    expect(refusal(ablated(101))?.message).toBe(CHANGES);
  });

  it('what saved slices and the board’s data add counts as well', () => {
    const many = `digits.test[${times(150, 'index=1', ' and ')}]`;
    const bindings = { slices: { hard: many }, data: many };
    expect(refusal('select stats(dense_1) from digits-cnn(hard)', bindings)).toBeNull();
    const narrowed = `select stats(dense_1) from digits-cnn(data[${times(100, 'index=1', ' or ')}])`;
    expect(refusal(narrowed, bindings)?.message).toBe(LINKS);
    const joined = 'select * from digits-cnn(hard) join (select * from digits-cnn(hard))';
    expect(refusal(joined, bindings)?.message).toBe(LINKS);
  });
});

describe('time grows as the text', () => {
  const classes = Array.from({ length: 1000 }, (_, i) => `class ${String(i).padStart(90, 'c')}`);
  const [digits] = catalog.datasets.filter(({ name }) => name === 'digits');
  const wide: Catalog = {
    ...catalog,
    datasets: [
      { ...digits!, classes, columns: Array.from({ length: 5000 }, (_, i) => `column ${i}`.repeat(9)) },
    ],
  };
  it.each([
    ['a list of names that are no classes', stats(`label in [${times(180, `'${'c'.repeat(95)}'`, ', ')}]`)],
    ['columns that are not there', stats(times(180, `"${'column '.repeat(12)}" = 1`, ' or '))],
    ['a line for each word', stats(`index in [\n${times(4000, '1', '\n,\n')}]`)],
    ['a line for each argument', `select stats(\n${times(4000, 'a', '\n,\n')}) from digits-cnn(digits.test)`],
    ['one name of nearly twenty thousand letters', `select ${'a'.repeat(19_000)}() from f(x)`],
    ['words without sense', times(9000, '(', '\n')],
    ['characters without sense', times(10_000, '$', '\n')],
    ['numbers that are none', times(6_600, '1a', '\n')],
  ])('%s', (_, text) => {
    const began = process.cpuUsage();
    try {
      check(parse(text), wide);
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
    }
    // Of the processor: what else the machine does is no fault of the text.
    expect(process.cpuUsage(began).user / 1000).toBeLessThan(1000);
  });
});

it('a place is the line and the column of its offset', () => {
  const source = '\nab\n\ncd';
  const lines = [0, 1, 4, 5];
  for (let at = 0; at < source.length; at++) {
    const before = source.slice(0, at).split('\n');
    expect(placeAt(lines, at, at + 1)).toEqual({
      line: before.length,
      column: (before.at(-1)?.length ?? 0) + 1,
      length: 1,
    });
  }
});
