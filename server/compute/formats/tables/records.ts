/**
 * Delimited text to records: RFC 4180 (quotes, doubled quotes, line breaks within quotes), with comma, semicolon, tab or
 * bar between the cells, and spaces before a quote. The encoding and the separator are found, never assumed.
 */
import { invalid } from '../files/context.ts';
import { decodeText } from '../files/encoding.ts';

export interface CsvRecord {
  /** As written, without the quotes; spaces around them are left for the reader to judge. */
  readonly cells: string[];
  /** As spreadsheets number them: the header is row 1. */
  readonly row: number;
}

export interface CsvText {
  readonly separator: string;
  /** What is to be said of how the file was read. */
  readonly notes: readonly string[];
  records(): Generator<CsvRecord>;
}

const SEPARATORS = [',', ';', '\t', '|'] as const;
/** Records that the separator is chosen by, and those looked at to find so many that are not empty. */
const SAMPLE = 20;
const SAMPLED = 1000;

/** Beyond these a file is no table, and reading on would only take time. */
export const MAX_COLUMNS = 20_000;
const MAX_CELL = 1_000_000;
const MAX_BLANK = 100_000;

export function openCsv(bytes: Buffer, file: string): CsvText {
  const notes: string[] = [];
  let text = decoded(bytes, file, notes);
  // Excel's own line: which separator the file uses.
  const said = /^sep=([,;\t|])\r?\n/i.exec(text);
  if (said) text = text.slice(said[0].length);
  // numpy.savetxt writes its header as a comment.
  if (/^#[ \t]+[^\s,;|]/.test(text)) {
    text = text.replace(/^#[ \t]+/, '');
    notes.push(`${file}: the # before the header is left out.`);
  }
  const separator = said?.[1] ?? guessSeparator(text, file);
  return { separator, notes, records: () => recordsOf(text, separator, file) };
}

function decoded(bytes: Buffer, file: string, notes: string[]): string {
  const { text, encoding } = decodeText(bytes);
  if (text.slice(0, 10_000).includes('\0'))
    throw invalid(
      file,
      'it holds zero bytes, as text in UTF-16 without a byte order mark does; save it as UTF-8',
    );
  if (encoding === 'windows-1252')
    notes.push(
      `${file}: not valid UTF-8, so it was read as Windows-1252 (Western European). Where letters look wrong, save it as UTF-8.`,
    );
  if (text.includes('\ufffd'))
    notes.push(
      `${file}: it holds the mark \ufffd, which stands for letters that were lost before the file came here; texts that differed may be alike now.`,
    );
  return text;
}

function* recordsOf(text: string, separator: string, file: string): Generator<CsvRecord> {
  let cells: string[] = [];
  let row = 1;
  let at = 0;
  let blank = 0;
  const longCell = () =>
    invalid(
      file,
      `row ${row}: a cell has more than ${MAX_CELL.toLocaleString('en')} characters; is a quote missing, or is this no table?`,
    );
  const ends = (i: number) => text[i] === separator || text[i] === '\n' || text[i] === '\r';
  while (at < text.length) {
    const open = quoteAt(text, at);
    if (open >= 0) {
      const end = closingQuote(text, open + 1);
      if (end > at + MAX_CELL) throw longCell();
      if (end < 0) throw invalid(file, `row ${row}: a quote is opened and never closed`);
      cells.push(text.slice(open + 1, end).replaceAll('""', '"'));
      at = end + 1;
      while (at < text.length && text[at] === ' ') at++;
      if (at < text.length && !ends(at)) throw invalid(file, `row ${row}: text follows a closing quote`);
    } else {
      let end = at;
      while (end < text.length && !ends(end)) {
        end++;
        if (end > at + MAX_CELL) throw longCell();
      }
      cells.push(text.slice(at, end));
      at = end;
    }
    if (at >= text.length) break;
    if (text[at] === separator) {
      if (cells.length > MAX_COLUMNS)
        throw invalid(
          file,
          `row ${row} has more than ${MAX_COLUMNS} cells, the limit; is a line break missing, or is this no table?`,
        );
      at++;
      if (at === text.length) cells.push('');
      continue;
    }
    at += text[at] === '\r' && text[at + 1] === '\n' ? 2 : 1;
    blank = cells.every((cell) => cell.trim() === '') ? blank + 1 : 0;
    if (blank > MAX_BLANK)
      throw invalid(
        file,
        `it has more than ${MAX_BLANK.toLocaleString('en')} empty rows before row ${row}; leave them out`,
      );
    yield { cells, row };
    cells = [];
    row++;
  }
  if (cells.length > 0) yield { cells, row };
}

/** Where the quote of a cell that begins at `from` stands, spaces before it passed over; -1 for a cell without. */
function quoteAt(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' && at <= from + MAX_CELL) at++;
  return text[at] === '"' ? at : -1;
}

/** -1 where there is none; some place beyond the longest cell where it is not worth looking for. */
function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    if (text[at + 1] !== '"' || at > from + MAX_CELL) return at;
    at++;
  }
  return -1;
}

/**
 * The separator that cuts the first records into equally many cells, outside quotes; of several the one that gives more
 * cells, then more numbers. Where none does (a row is cut off), the one that the header has most of.
 */
function guessSeparator(text: string, file: string): string {
  const tries = SEPARATORS.flatMap((separator) => {
    const sample: string[][] = [];
    try {
      for (const { cells, row } of recordsOf(text, separator, file)) {
        if (cells.length > 1 || cells[0]?.trim() !== '') sample.push(cells);
        if (sample.length === SAMPLE || row === SAMPLED) break;
      }
    } catch {
      // A quote that ends before other text: the cells are not cut here.
      return [];
    }
    const width = sample[0]?.length ?? 0;
    const numbers = sample
      .slice(1)
      .flat()
      .filter((cell) => /^\s*[+-]?[\d.,]+(e[+-]?\d+)?\s*$/i.test(cell)).length;
    return [
      { separator, width, numbers, even: width > 1 && sample.every((cells) => cells.length === width) },
    ];
  });
  const even = tries.filter((each) => each.even);
  const [best] = (even.length > 0 ? even : tries).sort((a, b) => b.width - a.width || b.numbers - a.numbers);
  return best?.separator ?? ',';
}
