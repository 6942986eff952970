/** What the columns of a table hold: one pass over the cells before any is kept, so that each column is read by a rule. */
import { invalid } from '../files/context.ts';
import type { CsvRecord } from './records.ts';

/** How pandas, R and spreadsheets write a value that is not there; in lower case. */
const MISSING = new Set(['', 'na', 'n/a', '#n/a', '<na>', 'nan', '-nan', 'null', 'none', '?']);

export const isMissing = (cell: string): boolean => MISSING.has(cell.trim().toLowerCase());

/** A number as computers write it: no hexadecimal, no separators of thousands; NaN for all else. */
export function plainNumber(cell: string): number {
  const text = cell.trim();
  if (text === '') return Number.NaN;
  const value = Number(text);
  if (!Number.isNaN(value)) return /^[+-]?0[xob]/i.test(text) ? Number.NaN : value;
  const infinite = /^([+-]?)inf(inity)?$/i.exec(text);
  if (!infinite) return Number.NaN;
  return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

const COMMA = /^[+-]?\d*,\d+(e[+-]?\d+)?$/i;
/** 1,234 may be a thousand or a decimal; 1,234,567 and 1.234,5 are thousands. */
const EITHER = /^[+-]?[1-9]\d{0,2},\d{3}$/;
const THOUSANDS = /^[+-]?[1-9]\d{0,2}([,.' \u00a0\u202f]\d{3})+([.,]\d+)?$/;

/** A number with a decimal comma; NaN for all else. */
export function commaNumber(cell: string): number {
  const text = cell.trim();
  return COMMA.test(text) ? Number(text.replace(',', '.')) : Number.NaN;
}

/** With a decimal point or a decimal comma; NaN for all else. */
export function numberIn(cell: string): number {
  const value = plainNumber(cell);
  return Number.isNaN(value) ? commaNumber(cell) : value;
}

interface Seen {
  readonly cell: string;
  readonly row: number;
}

/** Counts of cells, and the first of each kind. */
export interface Column {
  readonly name: string;
  numbers: number;
  /** Numbers that hold a decimal comma, and those among them that may be thousands. */
  commas: number;
  either: number;
  missing: number;
  texts: number;
  booleans: number;
  firstText: Seen | null;
  firstComma: Seen | null;
  firstPoint: Seen | null;
  firstThousands: Seen | null;
  /** Numbers are whole, and between these. */
  whole: boolean;
  least: number;
  most: number;
  /** The column holds one value, or none. */
  constant: boolean;
  first: string | null;
  /** Different texts, counted no further than a thousand. */
  readonly distinct: Set<string>;
  /** The rows counted: 0, 1, 2, ... or 1, 2, 3, ... */
  counts: boolean;
  /** A whole number beyond 2^53, which no double holds exactly. */
  beyond: Seen | null;
  /** A number beyond what a double holds: it is read as infinite, or as 0. */
  outside: Seen | null;
}

export const MOST_DISTINCT = 1000;

function newColumn(name: string): Column {
  return {
    ...{ name, numbers: 0, commas: 0, either: 0, missing: 0, texts: 0, booleans: 0 },
    ...{ firstText: null, firstComma: null, firstPoint: null, firstThousands: null },
    ...{ whole: true, least: Infinity, most: -Infinity, constant: true, first: null },
    ...{ distinct: new Set<string>(), counts: true, beyond: null, outside: null },
  };
}

export interface Survey {
  readonly columns: readonly Column[];
  readonly rows: number;
  /** Rows of separators alone, left out. */
  readonly blank: number;
}

/** Rows after the header; a row without any value is left out. */
export function* dataRows(records: Iterable<CsvRecord>): Generator<CsvRecord & { readonly blank: boolean }> {
  let header = true;
  for (const record of records) {
    if (header) {
      header = false;
      continue;
    }
    const blank = record.cells.every((cell) => cell.trim() === '');
    if (blank && record.cells.length === 1) continue;
    yield { ...record, blank };
  }
}

export function survey(records: Iterable<CsvRecord>, names: readonly string[], file: string): Survey {
  const columns = names.map(newColumn);
  let rows = 0;
  let blank = 0;
  for (const { cells, row, blank: empty } of dataRows(records)) {
    if (cells.length !== names.length)
      throw invalid(file, `row ${row} has ${cells.length} cells; the header has ${names.length}`);
    if (empty) {
      blank++;
      continue;
    }
    for (let at = 0; at < cells.length; at++) note(columns[at]!, cells[at]!, row, rows);
    rows++;
  }
  return { columns, rows, blank };
}

function note(column: Column, cell: string, row: number, at: number): void {
  if (column.first === null) column.first = cell;
  else if (column.constant && cell !== column.first) column.constant = false;
  const value = plainNumber(cell);
  if (!Number.isNaN(value)) {
    if (column.firstPoint === null && cell.includes('.')) column.firstPoint = { cell, row };
    count(column, value, cell, row, at);
    return;
  }
  if (isMissing(cell)) {
    column.missing++;
    column.counts = false;
    return;
  }
  const decimal = commaNumber(cell);
  if (!Number.isNaN(decimal)) {
    column.commas++;
    if (EITHER.test(cell.trim())) column.either++;
    column.firstComma ??= { cell, row };
    count(column, decimal, cell, row, at);
    return;
  }
  column.counts = false;
  column.texts++;
  column.firstText ??= { cell, row };
  if (column.firstThousands === null && THOUSANDS.test(cell.trim())) column.firstThousands = { cell, row };
  if (/^(true|false)$/i.test(cell.trim())) column.booleans++;
  if (column.distinct.size <= MOST_DISTINCT) column.distinct.add(cell.trim());
}

/** Written digit by digit: 1e39 means a size, and not every digit. */
const DIGITS = /^\s*[+-]?\d+(\.0*)?\s*$/;

function count(column: Column, value: number, cell: string, row: number, at: number): void {
  column.numbers++;
  if (value < column.least) column.least = value;
  if (value > column.most) column.most = value;
  if (!Number.isInteger(value)) column.whole = false;
  else if (column.beyond === null && !Number.isSafeInteger(value) && DIGITS.test(cell))
    column.beyond = { cell, row };
  if (column.outside === null && isOutside(value, cell)) column.outside = { cell, row };
  if (column.counts && at > 0 && value !== column.least + at) column.counts = false;
}

function isOutside(value: number, cell: string): boolean {
  if (value === 0) return /[1-9]/.test(cell.replace(/e.*/i, ''));
  return !Number.isFinite(value) && !/inf/i.test(cell);
}
