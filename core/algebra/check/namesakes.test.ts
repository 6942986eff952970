/** Columns of a data set that bear the names of columns that every data set has, wherever the language speaks of them. */
import { describe, expect, it } from 'vitest';
import { complete, hover } from '../editor/index.ts';
import { bind } from '../meaning/bind.ts';
import { parse } from '../syntax/parse.ts';
import { print } from '../syntax/print.ts';
import { catalog as plain } from '../testing/catalog.fixture.ts';
import { check } from './check.ts';

const catalog = {
  ...plain,
  datasets: plain.datasets.map((dataset) =>
    dataset.name === 'digits' ? { ...dataset, columns: ['ink', 'index', 'two words', 'a#1'] } : dataset,
  ),
};
const bindings = { f: 'digits-cnn@12', x: 'digits.test[42]', data: 'digits.test' };
const known = { catalog, bindings };
const labels = (marked: string) =>
  complete(marked.replace('|', ''), marked.indexOf('|'), known).map(({ insert }) => insert);
const problems = (text: string) =>
  check(bind(parse(text), bindings), catalog).problems.map(({ message }) => message);

describe('columns by names that every data set has', () => {
  it.each([
    'select predict() from f(data[column.index > 3]) order by column.index desc',
    'select predict() from f(data["two words" = 0.5]) order by "two words"',
    'select predict() from f(data["a#1" = 0.5]) order by column."a#1"',
    'select predict() from f(data[index > 3]) order by index',
  ])('%s is printed as written and has no problem', (text) => {
    expect(print(parse(text))).toBe(text);
    expect(problems(text)).toEqual([]);
  });

  it('what is written longer than needed is printed short', () => {
    expect(print(parse('select predict() from f(data[column.ink = 1]) order by column.ink'))).toBe(
      'select predict() from f(data[ink = 1]) order by ink',
    );
    expect(print(parse('select predict() from f(data) order by "a#1"'))).toBe(
      'select predict() from f(data) order by column."a#1"',
    );
  });

  it('says where the data set has no such column, and compares it with numbers alone', () => {
    expect(problems('select predict() from f(data[column.loss > 1])')).toEqual([
      'digits has no column loss of its own; write loss alone',
    ]);
    expect(problems('select predict() from f(data) order by column.label')).toEqual([
      'digits has no column label of its own; write label alone',
    ]);
    expect(problems("select predict() from f(data[column.index = 'seven'])")[0]).toMatch(
      /compared with a number/,
    );
    expect(problems('select predict() from f(data[colour > 1])')[0]).toMatch(
      /no column colour.*column\.index/,
    );
  });

  it('completion offers them as they must be written, hover says what they are', () => {
    expect(labels('select predict() from f(data[|')).toEqual(
      expect.arrayContaining(['index', 'column.index', '"two words"']),
    );
    expect(labels('select predict() from f(data[column.|')).toEqual(['ink', 'index', '"two words"', '"a#1"']);
    expect(labels('select predict() from f(data) order by column.i|')).toEqual(['ink', 'index']);
    const text = 'select predict() from f(data[column.index > index])';
    expect(hover(text, text.indexOf('index'), known)?.text).toBe('A column of digits.');
    expect(hover(text, text.lastIndexOf('index'), known)?.text).toBe('Place in the split, from 0.');
  });
});
