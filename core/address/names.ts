/** Which names need quotes when printed. */
import { isOwnColumn } from './columns.ts';
import { isBareName } from './lexer.ts';

/** Words of the language, in any case. */
export const KEYWORDS: ReadonlySet<string> = new Set([
  'select',
  'from',
  'for',
  'using',
  'where',
  'with',
  'join',
  'left',
  'order',
  'by',
  'asc',
  'desc',
  'limit',
  'and',
  'or',
  'not',
  'true',
  'false',
]);
/** Names that a board binds: a model or data set of that name is printed in quotes. */
export const BOUND_NAMES: ReadonlySet<string> = new Set(['f', 'x', "x'", 'data']);

export const isKeyword = (name: string): boolean => KEYWORDS.has(name.toLowerCase());

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A layer, column, tensor, split or parameter. */
export function printName(name: string): string {
  return isBareName(name) && !isKeyword(name) ? name : quoteName(name);
}

/** A column of the data set, as a condition names it. */
export function printColumn(name: string): string {
  return isOwnColumn(name) ? `column.${name}` : printName(name);
}

/** A model or data set, which stands where bound names stand. */
export function printHead(name: string): string {
  return BOUND_NAMES.has(name) ? quoteName(name) : printName(name);
}
