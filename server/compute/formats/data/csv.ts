/**
 * Tables of text (CSV, TSV) with a header row. The column named label, class, target, labels or y holds the class; the
 * other columns of numbers are the features, in order, and each can be asked for by its name. What is not read, or is
 * read by a rule that another program might not follow, is said.
 */

import { type RawDataset, type RawSplit, withLabels } from '../datasets/dataset.ts';
import { baseName, invalid, type SourceFile } from '../files/context.ts';
import { listed, type NumberArray } from '../files/numbers.ts';
import type { DataFormat } from '../format.ts';
import {
  type Column,
  commaNumber,
  dataRows,
  isMissing,
  MOST_DISTINCT,
  numberIn,
  type Survey,
  survey,
} from '../tables/columns.ts';
import { headerOf } from '../tables/header.ts';
import { type LabelCells, labelArrays } from '../tables/labels.ts';
import { type CsvText, openCsv } from '../tables/records.ts';

/** The first of these that the table has. */
const LABELS = ['label', 'class', 'target', 'labels', 'y'];

interface Table extends Survey {
  readonly file: string;
  readonly split: string;
  readonly text: CsvText;
  /** Which columns of the file are read. */
  readonly kept: readonly number[];
}

/** Several files are splits by their names (train, val, test); one alone is called `all` where its name says nothing. */
export const format: DataFormat = { read: importCsv };

async function importCsv(files: readonly SourceFile[]): Promise<RawDataset> {
  const tables: Table[] = [];
  const warnings: string[] = [];
  for (const file of files) {
    const split = splitOf(file.name);
    const other = tables.find((table) => table.split === split);
    if (other)
      throw invalid(
        file.name,
        `is a second file of the split ${split} beside ${other.file}; name them train, val, test`,
      );
    tables.push(openTable(await file.read(), file.name, split, warnings));
  }
  const plan = planOf(tables, warnings);
  const labels: LabelCells[] = [];
  const splits = tables.map((table): RawSplit => {
    const { split, file, rows } = table;
    const read = fill(table, plan);
    const column = table.columns.find(({ name }) => name === plan.label);
    if (column && read.labels)
      labels.push({ split, file, column, cells: read.labels, row: (at) => rowOf(table, at) });
    return {
      name: split,
      file,
      x: { shape: [rows, plan.features.length], data: read.x, type: 'float64' },
      columns: Object.fromEntries(plan.features.map((name, j) => [name, read.columns[j]!])),
    };
  });
  return withLabels({ splits, warnings }, labelArrays(labels, warnings));
}

function splitOf(name: string): string {
  const base = baseName(name).toLowerCase();
  if (/train/.test(base)) return 'train';
  if (/test/.test(base)) return 'test';
  return /val/.test(base) ? 'validation' : 'all';
}

function openTable(bytes: Buffer, file: string, split: string, warnings: string[]): Table {
  const text = openCsv(bytes, file);
  warnings.push(...text.notes);
  const first = text.records().next();
  const names = headerOf(first.done ? null : first.value.cells, LABELS, file, warnings);
  const found = survey(text.records(), names, file);
  if (found.rows === 0) throw invalid(file, 'it has a header but no rows');
  if (found.blank > 0) warnings.push(`${file}: left out ${found.blank} rows that hold no value.`);
  const kept = found.columns.flatMap((column, at) => (isIndex(column, at, file, warnings) ? [] : [at]));
  return { ...found, file, split, text, kept };
}

/** What pandas and R call the row number where it is written as a column. */
const INDEX_NAMES = /^(unnamed: 0|index|idx|id|row|rowid|row_id|row id|rownames|level_0|#|no|nr)$/i;

/** Row numbers are no feature: left out, and said. A column without a name is nothing else, or an error. */
function isIndex(column: Column, at: number, file: string, warnings: string[]): boolean {
  const { name, numbers, missing, texts, counts, least, most } = column;
  const cells = numbers + missing + texts;
  if (name === '' || /^unnamed: \d+$/i.test(name)) {
    const shown = name === '' ? 'without a name' : name;
    if (missing === cells) {
      warnings.push(`${file}: left out column ${at + 1} (${shown}), which holds no value.`);
      return true;
    }
    // A shuffled DataFrame keeps its old row numbers.
    const rows = texts === 0 ? missing === 0 && column.whole && least >= 0 : numbers === 0;
    if (at === 0 && rows) {
      warnings.push(
        `${file}: left out the first column (${shown}): it ${texts === 0 ? 'numbers' : 'names'} the rows, as pandas (its index) and R (row.names) write them unless they are told otherwise.`,
      );
      return true;
    }
    if (name === '')
      throw invalid(
        file,
        `row 1, column ${at + 1}: the column has no name; give it one, or leave it out (pandas: to_csv(index=False))`,
      );
  }
  const counting = counts && cells > 1 && texts === 0 && (least === 0 || least === 1) && most > least;
  if (at !== 0 || !counting) return false;
  if (INDEX_NAMES.test(name)) {
    warnings.push(
      `${file}: left out the first column (${name}): it counts the rows from ${least}. If it is a feature, give it another name.`,
    );
    return true;
  }
  warnings.push(
    `${file}: the first column (${name}) counts the rows from ${least}; it is kept as a feature.`,
  );
  return false;
}

/** How every column is read, the same in all files. */
interface Plan {
  readonly features: readonly string[];
  readonly label: string | null;
  /** Cells true and false are 1 and 0. */
  readonly booleans: ReadonlySet<string>;
}

function planOf(tables: readonly Table[], warnings: string[]): Plan {
  const first = tables[0]!;
  const names = namesOf(first);
  for (const table of tables)
    if (namesOf(table).join('\n') !== names.join('\n'))
      throw invalid(
        table.file,
        `its columns (${listed(namesOf(table))}) are not those of ${first.file} (${listed(names)})`,
      );
  const columns = names.map((_, j) => tables.map((table) => table.columns[table.kept[j]!]!));
  const numeric: string[] = [];
  const texts: string[] = [];
  const booleans = new Set<string>();
  const named = LABELS.flatMap((word) => names.filter((name) => name.trim().toLowerCase() === word));
  let label = named[0] ?? null;
  for (const [j, parts] of columns.entries()) {
    const name = names[j]!;
    if (name === label) continue;
    const sum = (of: (part: Column) => number) => parts.reduce((total, part) => total + of(part), 0);
    if (sum(({ texts: count }) => count) === 0) numeric.push(name);
    else if (sum(({ numbers }) => numbers) === 0 && parts.every((part) => part.booleans === part.texts)) {
      booleans.add(name);
      numeric.push(name);
    } else {
      checkText(
        parts,
        tables,
        sum(({ numbers }) => numbers),
      );
      texts.push(name);
    }
  }
  const [only] = texts;
  if (label === null && only !== undefined && texts.length === 1 && repeats(columns[names.indexOf(only)]!)) {
    label = only;
    texts.pop();
    warnings.push(
      `No column is named label, class, target or y: ${only}, the only column of text, is taken for the class.`,
    );
  } else if (label === null)
    warnings.push(
      `No column is named label, class, target or y, so the examples have no labels: all ${numeric.length} columns of numbers are features.`,
    );
  const others = named.filter((name) => name !== label);
  const features = others.filter((name) => numeric.includes(name));
  const kept =
    features.length === 0
      ? ''
      : features.length < others.length
        ? `; ${listed(features)} is kept as a feature`
        : ', and is kept as a feature';
  if (others.length > 0)
    warnings.push(`The class is read from ${label}; ${listed(others)} could be it too${kept}.`);
  if (texts.length > 0)
    warnings.push(
      `Left out the ${texts.length === 1 ? 'column' : 'columns'} ${listed(texts)}: text is no number that a model can be given. If one is the class, name it label.`,
    );
  if (booleans.size > 0) warnings.push(`In ${listed([...booleans])}, true is read as 1 and false as 0.`);
  if (numeric.length === 0) {
    const [text] = texts;
    const cell = columns[names.indexOf(text ?? '')]?.[0]?.firstText?.cell.slice(0, 40);
    throw invalid(
      first.file,
      `it has no column of features (numbers) beside the label${cell === undefined ? '' : `: the column ${text} holds text, such as "${cell}"`}${names.length === 1 ? '. One column was found; separate cells by comma, semicolon, tab or bar' : ''}`,
    );
  }
  for (const table of tables)
    warnings.push(...notesOn(table, new Set([...numeric, ...(label === null ? [] : [label])])));
  return { features: numeric, label, booleans };
}

const namesOf = ({ columns, kept }: Table): string[] => kept.map((at) => columns[at]!.name);

/** A class stands in several rows: on average in two at least. */
function repeats(parts: readonly Column[]): boolean {
  const texts = new Set(parts.flatMap(({ distinct }) => [...distinct]));
  const cells = parts.reduce((total, part) => total + part.texts, 0);
  return (
    texts.size <= MOST_DISTINCT && 2 * texts.size <= cells && parts.every(({ missing }) => missing === 0)
  );
}

/** A column of text only is left out; text among numbers is a mistake in the file. */
function checkText(parts: readonly Column[], tables: readonly Table[], numbers: number): void {
  for (const [i, { name, firstText, firstThousands }] of parts.entries()) {
    const { file } = tables[i]!;
    if (firstThousands)
      throw invalid(
        file,
        `row ${firstThousands.row}, column ${name}: found "${firstThousands.cell}"; write numbers without separators of thousands, and with a decimal point`,
      );
    if (numbers > 0 && firstText)
      throw invalid(
        file,
        `row ${firstText.row}, column ${name}: found "${firstText.cell.slice(0, 40)}", expected a number as in the other rows; only a column named label, class or target may hold text beside numbers`,
      );
  }
}

/** What the numbers of one file need said, or make it refused. */
function notesOn({ file, columns, rows, text }: Table, used: ReadonlySet<string>): string[] {
  const notes: string[] = [];
  const read = columns.filter(({ name }) => used.has(name));
  const commas = read.filter((column) => column.commas > 0 && column.texts === 0);
  const [comma] = commas;
  if (comma?.firstComma) {
    const { cell, row } = comma.firstComma;
    const where = `row ${row}, column ${comma.name}: found "${cell}"`;
    if (text.separator === ',' || commas.every((column) => column.commas === column.either))
      throw invalid(
        file,
        `${where}, which may be a decimal or thousands; write numbers without separators of thousands, and with a decimal point`,
      );
    const point = read.find(({ firstPoint, texts }) => firstPoint !== null && texts === 0);
    if (point?.firstPoint)
      throw invalid(
        file,
        `${where}, but row ${point.firstPoint.row}, column ${point.name} holds "${point.firstPoint.cell}"; write all numbers with a decimal point`,
      );
    notes.push(`${file}: numbers have a decimal comma; "${cell}" is read as ${commaNumber(cell)}.`);
  }
  const gaps = read.filter(({ missing, texts }) => missing > 0 && texts === 0);
  if (gaps.length > 0)
    notes.push(
      `${file}: values are missing (${listed(gaps.map(({ name, missing }) => `${name} ${missing} of ${rows}`))}); they are NaN, and so is what a model makes of them.`,
    );
  const constant = rows > 1 ? read.filter((column) => column.constant && column.missing === 0) : [];
  if (constant.length > 0)
    notes.push(
      `${file}: ${constant.length === 1 ? 'the column' : `${constant.length} columns`} (${listed(constant.map(({ name }) => name))}) ${constant.length === 1 ? 'holds' : 'hold'} one value only.`,
    );
  const beyond = read.find((column) => column.beyond !== null);
  if (beyond?.beyond)
    notes.push(
      `${file}: row ${beyond.beyond.row}, column ${beyond.name} holds ${beyond.beyond.cell}; whole numbers beyond 2^53 are not kept exactly, so different ones may be alike.`,
    );
  const outside = read.find((column) => column.outside !== null);
  if (outside?.outside)
    notes.push(
      `${file}: row ${outside.outside.row}, column ${outside.name} holds ${outside.outside.cell}, beyond what float64 holds: it is read as ${numberIn(outside.outside.cell)}.`,
    );
  return notes;
}

interface Filled {
  /** (rows, features), as it was written: the import says what float32 does to it. */
  readonly x: Float64Array;
  readonly columns: readonly NumberArray[];
  readonly labels: readonly string[] | null;
}

/** The second pass: every cell is known to fit its column. */
function fill({ columns, rows, text, kept }: Table, { features, label, booleans }: Plan): Filled {
  const order = new Map(features.map((name, i) => [name, i]));
  const places = kept.map((at) => ({ at, feature: order.get(columns[at]!.name) ?? -1 }));
  const labelAt = places.find(({ at }) => columns[at]!.name === label)?.at;
  const x = new Float64Array(rows * features.length);
  const named = new Map(columns.map((column) => [column.name, column]));
  const own = features.map((name): NumberArray => emptyColumn(named.get(name)!, rows));
  const labels: string[] = [];
  let i = 0;
  for (const { cells, blank } of dataRows(text.records())) {
    if (blank) continue;
    for (const { at, feature } of places) {
      if (feature < 0) continue;
      const cell = cells[at]!;
      const value = booleans.has(features[feature]!) ? truth(cell) : numberIn(cell);
      x[i * features.length + feature] = value;
      own[feature]!.data[i] = value;
    }
    if (labelAt !== undefined) labels.push(cells[labelAt]!);
    i++;
  }
  return { x, columns: own, labels: labelAt === undefined ? null : labels };
}

/** Wide enough for every number of the column exactly as written; gaps need a type that has NaN. */
function emptyColumn({ whole, least, most, missing, texts }: Column, rows: number): NumberArray {
  const exact = whole && missing === 0 && texts === 0;
  if (exact && least >= 0 && most <= 255) return { shape: [rows], type: 'uint8', data: new Uint8Array(rows) };
  if (exact && least >= -(2 ** 31) && most < 2 ** 31)
    return { shape: [rows], type: 'int32', data: new Int32Array(rows) };
  return { shape: [rows], type: 'float64', data: new Float64Array(rows) };
}

function truth(cell: string): number {
  if (isMissing(cell)) return Number.NaN;
  return cell.trim().toLowerCase() === 'true' ? 1 : 0;
}

/** Row of the file that an example was read from. */
function rowOf({ text }: Table, example: number): number {
  let at = 0;
  for (const { row, blank } of dataRows(text.records())) if (!blank && at++ === example) return row;
  return 0;
}
