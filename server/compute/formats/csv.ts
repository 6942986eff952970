/**
 * CSV (RFC 4180: quotes, doubled quotes, line breaks within quotes) with a header row. The column named label, class or
 * target holds the class; all other columns must be numbers and are the features, in order.
 */
import { baseName, invalid, type SourceFile } from './context.ts';
import type { RawDataset, RawSplit } from './dataset.ts';

const LABELS = ['label', 'class', 'target', 'labels', 'y'];
const MAX_COLUMNS = 20_000;

interface Table {
  readonly file: string;
  readonly split: string;
  readonly features: readonly string[];
  readonly x: Float32Array;
  readonly rows: number;
  /** As written. */
  readonly labels: readonly string[] | null;
}

/** Several files are splits by their names (train, val, test); one alone is called `all` where its name says nothing. */
export async function importCsv(files: readonly SourceFile[]): Promise<RawDataset> {
  const tables: Table[] = [];
  for (const file of files) {
    const split = splitOf(file.name);
    const other = tables.find((table) => table.split === split);
    if (other)
      throw invalid(
        file.name,
        `is a second file of the split ${split} beside ${other.file}; name them train, val, test`,
      );
    tables.push(readTable((await file.read()).toString('utf8'), file.name, split));
  }
  const first = tables[0]!;
  for (const table of tables)
    if (table.features.join('\n') !== first.features.join('\n'))
      throw invalid(table.file, `its columns are not those of ${first.file}`);
  const written = [...new Set(tables.flatMap(({ labels }) => labels ?? []))];
  const { classes, indexOf } = classesOf(written);
  const splits = tables.map((table): RawSplit => {
    const { split, file, x, rows, features, labels } = table;
    return {
      name: split,
      file,
      x: { shape: [rows, features.length], data: x },
      ...(labels ? { y: Int32Array.from(labels, indexOf) } : {}),
      columns: Object.fromEntries(
        features.map((name, j) => [
          name,
          Float32Array.from({ length: rows }, (_, i) => x[i * features.length + j]!),
        ]),
      ),
    };
  });
  return { splits, classes, scale: 1 };
}

function splitOf(name: string): string {
  const base = baseName(name).toLowerCase();
  if (/train/.test(base)) return 'train';
  if (/test/.test(base)) return 'test';
  return /val/.test(base) ? 'validation' : 'all';
}

const WHOLE = /^\d{1,5}(\.0*)?$/;

/**
 * Where all labels are whole numbers they are the class indices (`3.0`, as pandas writes them beside gaps, is 3); any
 * other labels are names, sorted.
 */
function classesOf(written: readonly string[]): { classes: string[]; indexOf(label: string): number } {
  if (written.length > 0 && written.every((label) => WHOLE.test(label))) {
    const largest = written.reduce((most, label) => Math.max(most, Number(label)), 0);
    return { classes: Array.from({ length: largest + 1 }, (_, at) => String(at)), indexOf: Number };
  }
  const classes = [...written].sort();
  const places = new Map(classes.map((name, at) => [name, at]));
  return { classes, indexOf: (label) => places.get(label) ?? -1 };
}

function readTable(text: string, file: string, split: string): Table {
  const lines = records(text.startsWith('\ufeff') ? text.slice(1) : text, file);
  const first = lines.next();
  const header = first.done ? null : first.value;
  if (!header) throw invalid(file, 'the file has no header row');
  const names = header.cells.map((cell) => cell.trim());
  if (names.length > MAX_COLUMNS)
    throw invalid(file, `it has ${names.length} columns; the limit is ${MAX_COLUMNS}`);
  checkHeader(names, file);
  const label = names.findIndex((name) => LABELS.includes(name.toLowerCase()));
  const features = names.filter((_, at) => at !== label);
  if (features.length === 0) throw invalid(file, 'it has no column of features beside the label');
  const numbers: number[] = [];
  const labels: string[] = [];
  let rows = 0;
  for (const { cells, row } of lines) {
    if (cells.length === 1 && cells[0] === '') continue;
    if (cells.length !== names.length)
      throw invalid(file, `row ${row} has ${cells.length} cells; the header has ${names.length}`);
    for (let at = 0; at < cells.length; at++) {
      const cell = cells[at]!.trim();
      if (at === label) {
        if (cell === '') throw invalid(file, `row ${row}, column ${names[at]}: the label is empty`);
        labels.push(cell);
      } else numbers.push(numberIn(cell, row, names[at]!, file));
    }
    rows++;
  }
  if (rows === 0) throw invalid(file, 'it has a header but no rows');
  return { file, split, features, rows, x: Float32Array.from(numbers), labels: label < 0 ? null : labels };
}

function checkHeader(names: readonly string[], file: string): void {
  const seen = new Set<string>();
  for (const [at, name] of names.entries()) {
    if (name === '') throw invalid(file, `row 1, column ${at + 1}: the column has no name`);
    if (seen.has(name)) throw invalid(file, `row 1: two columns are named ${name}`);
    seen.add(name);
  }
  if (names.every((name) => name !== '' && Number.isFinite(Number(name))))
    throw invalid(file, 'row 1 holds numbers; the first row must name the columns');
}

function numberIn(cell: string, row: number, column: string, file: string): number {
  const value = Number(cell);
  if (cell === '' || Number.isNaN(value))
    throw invalid(
      file,
      `row ${row}, column ${column}: found ${cell === '' ? 'nothing' : `"${cell.slice(0, 40)}"`}, expected a number; only a column named label, class or target may hold text`,
    );
  return value;
}

/** Rows as spreadsheets number them: the header is row 1. */
function* records(text: string, file: string): Generator<{ cells: string[]; row: number }> {
  const separator = guessSeparator(text);
  let cells: string[] = [];
  let row = 1;
  let at = 0;
  while (at < text.length) {
    let cell: string;
    if (text[at] === '"') {
      const end = closingQuote(text, at + 1);
      if (end < 0) throw invalid(file, `row ${row}: a quote is opened and never closed`);
      cell = text.slice(at + 1, end).replaceAll('""', '"');
      at = end + 1;
      if (at < text.length && text[at] !== separator && text[at] !== '\n' && text[at] !== '\r')
        throw invalid(file, `row ${row}: text follows a closing quote`);
    } else {
      let end = at;
      while (end < text.length && text[end] !== separator && text[end] !== '\n' && text[end] !== '\r') end++;
      cell = text.slice(at, end);
      at = end;
    }
    cells.push(cell);
    if (at >= text.length) break;
    if (text[at] === separator) {
      at++;
      if (at === text.length) cells.push('');
      continue;
    }
    at += text[at] === '\r' && text[at + 1] === '\n' ? 2 : 1;
    yield { cells, row };
    cells = [];
    row++;
  }
  if (cells.length > 0) yield { cells, row };
}

function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    if (text[at + 1] !== '"') return at;
    at++;
  }
  return -1;
}

/** The one of comma, semicolon and tab that the header has most of. */
function guessSeparator(text: string): string {
  const end = text.search(/[\r\n]/);
  const header = end < 0 ? text : text.slice(0, end);
  const count = (mark: string) => header.split(mark).length;
  return [',', ';', '\t'].reduce((best, mark) => (count(mark) > count(best) ? mark : best));
}
