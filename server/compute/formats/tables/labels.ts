/** The class of each row of a table: as numbers where all are numbers, else as texts. */

import type { LabelArray } from '../datasets/labels.ts';
import { invalid } from '../files/context.ts';
import { listed } from '../files/numbers.ts';
import { type Column, isMissing, numberIn } from './columns.ts';

/** The cells of the class in one file. */
export interface LabelCells {
  readonly split: string;
  readonly file: string;
  readonly column: Column;
  readonly cells: readonly string[];
  /** Row of the file that an example was read from. */
  row(example: number): number;
}

/**
 * 01 is a name: as a number it would be 1, which may be another class. One such label makes texts of all, in every file,
 * since splits share their classes.
 */
export function labelArrays(tables: readonly LabelCells[], warnings: string[]): LabelArray[] {
  const padded = tables.some(({ cells }) => cells.some((cell) => /^[+-]?0\d+$/.test(cell.trim())));
  return tables.map((table) => labelArray(table, padded, warnings));
}

function labelArray(table: LabelCells, padded: boolean, warnings: string[]): LabelArray {
  const { split, file, column, cells, row } = table;
  const { name } = column;
  const empty = cells.findIndex((cell) => cell.trim() === '');
  if (empty >= 0) throw invalid(file, `row ${row(empty)}, column ${name}: the label is empty`);
  if (column.texts === 0 && column.missing > 0) {
    const at = cells.findIndex(isMissing);
    throw invalid(
      file,
      `row ${row(at)}, column ${name}: found "${cells[at]}", so the label is missing; give each example a label, or leave the row out`,
    );
  }
  if (column.texts > 0 && column.missing > 0)
    warnings.push(
      `${file}: ${column.missing} labels are ${listed([...new Set(cells.filter(isMissing))])}, which is taken for the name of a class.`,
    );
  if (column.texts > 0 || padded)
    return { split, file, name, array: { shape: [cells.length], texts: trimmed(table, warnings) } };
  const data = Float64Array.from(cells, numberIn);
  warnings.push(...alikeNotes(cells, data, file));
  const type = cells.every((cell) => /^[+-]?\d+$/.test(cell.trim())) ? 'int64' : 'float64';
  return { split, file, name, array: { shape: [cells.length], type, data } };
}

/** Spaces around a label are a habit of writing, unless they alone tell two labels apart. */
function trimmed({ cells, file }: LabelCells, warnings: string[]): string[] {
  const written = [...new Set(cells)];
  const short = new Map<string, string>();
  for (const cell of written) {
    const other = short.get(cell.trim());
    if (other !== undefined)
      throw invalid(
        file,
        `the labels ${JSON.stringify(other)} and ${JSON.stringify(cell)} differ in the spaces around them only; write them alike, or give them different names`,
      );
    short.set(cell.trim(), cell);
  }
  if (written.some((cell) => cell !== cell.trim()))
    warnings.push(`${file}: the spaces around labels are left out, of their order too.`);
  return cells.map((cell) => cell.trim());
}

/** Labels that are whole numbers, and one number though they are written in two ways (1 and 1.0). */
function alikeNotes(cells: readonly string[], numbers: Float64Array, file: string): string[] {
  if (!numbers.every(Number.isInteger)) return [];
  const first = new Map<number, string>();
  for (const [i, cell] of cells.entries()) {
    const other = first.get(numbers[i]!);
    if (other === undefined) first.set(numbers[i]!, cell.trim());
    else if (other !== cell.trim())
      return [
        `${file}: the labels ${other} and ${cell.trim()} are the same number, so they are one class; if they are two, name them by words.`,
      ];
  }
  return [];
}
