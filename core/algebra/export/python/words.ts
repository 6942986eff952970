/** Python literals. */

export const text = (value: string): string => JSON.stringify(value);

export const number = (value: number): string => (Number.isInteger(value) ? value.toFixed(0) : String(value));

export const tuple = (values: readonly number[]): string =>
  values.length === 1 ? `(${values.map(number)[0]},)` : `(${values.map(number).join(', ')})`;

/** Lines, each `by` levels deeper. */
export const indented = (lines: readonly string[], by = 1): string[] =>
  lines.map((line) => (line === '' ? line : '    '.repeat(by) + line));
