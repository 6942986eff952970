/** The first row of a table names its columns; a table without such a row is refused, for no column could be told. */
import { invalid } from '../files/context.ts';
import { listed } from '../files/numbers.ts';
import { plainNumber } from './columns.ts';
import { MAX_COLUMNS } from './records.ts';

/** `labels`: names that only a header has. Names may be '' where the column has none. */
export function headerOf(
  written: readonly string[] | null,
  labels: readonly string[],
  file: string,
  warnings: string[],
): readonly string[] {
  if (!written) throw invalid(file, 'the file has no header row');
  const cells = written.map((cell) => cell.trim());
  if (cells.length > MAX_COLUMNS)
    throw invalid(file, `it has ${cells.length} columns; the limit is ${MAX_COLUMNS}`);
  const numbers = cells.filter((cell) => !Number.isNaN(plainNumber(cell)));
  const named = cells.some((cell) => labels.includes(cell.toLowerCase()));
  if (numbers.length > 0 && !named) {
    // pandas numbers the columns of a plain array.
    if (!consecutive(numbers))
      throw invalid(
        file,
        `row 1 holds numbers (${listed(numbers, 3)}); the first row must name the columns. Put a row of names above it, with label over the column of the class`,
      );
    if (numbers.length === cells.length)
      warnings.push(
        `${file}: the first row (${listed(numbers, 3)}) is taken for the columns' names, as pandas numbers them.`,
      );
  }
  const seen = new Set<string>();
  for (const name of cells) {
    if (name !== '' && seen.has(name))
      throw invalid(file, `row 1: two columns are named ${name}; give each its own name`);
    seen.add(name);
  }
  return cells;
}

/** 0, 1, 2, ... or years in a row: three at least, for a row of data may begin 0, 1 too. */
function consecutive(numbers: readonly string[]): boolean {
  const values = numbers.map(Number);
  return values.length > 2 && values.every((value, i) => Number.isInteger(value) && value === values[0]! + i);
}
