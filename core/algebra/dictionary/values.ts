/** Kinds of values that parameters and changes are given. */
import { z } from 'zod';

export type ParameterValue = number | string | boolean;

const coordinateSchema = z.union([z.number(), z.string()]);
/** x1, y1, x2, y2 in input pixels; a name where the text is still a template, as in the paper. */
export const regionSchema = z.tuple([coordinateSchema, coordinateSchema, coordinateSchema, coordinateSchema]);
export type Coordinate = z.infer<typeof coordinateSchema>;
export type Region = readonly [Coordinate, Coordinate, Coordinate, Coordinate];

/** Rows of a table with the names that they stand under. */
export type Named<Rows> = { readonly [Name in keyof Rows]: Rows[Name] & { readonly name: Name } };

export function named<Rows extends Readonly<Record<string, object>>>(rows: Rows): Named<Rows> {
  const entries = Object.entries(rows).map(([name, row]) => [name, { ...row, name }]);
  return Object.fromEntries(entries) as Named<Rows>;
}

/** The names of a table, in its order. */
export function namesOf<Name extends string>(table: Readonly<Record<Name, unknown>>): readonly Name[] {
  return Object.keys(table) as Name[];
}

/** The name of the table that a word is, in any case; undefined where it is none. */
export function nameIn<Name extends string>(
  table: Readonly<Record<Name, unknown>>,
  word: string,
): Name | undefined {
  const written = word.toLowerCase();
  return namesOf(table).find((name) => name === written);
}

/** "a, b or c" */
export const either = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
