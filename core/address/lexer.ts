/**
 * Text to tokens, for addresses, predicates and queries alike.
 *
 * Names are letters, digits, `_` and `-`, beginning with a letter or `_`; any other name is written in double quotes.
 * Text values stand in single quotes. A quote inside is doubled, as in SQL. `x'` is one name (the paper's second input).
 */
import { type Place, UserError } from '../errors/index.ts';

/** 'error': nothing of the language, with a fault that says why. */
export type TokenKind = 'name' | 'quoted' | 'string' | 'number' | 'mark' | 'end' | 'error';
export interface Token {
  readonly kind: TokenKind;
  /** Decoded content of quoted names and strings, the text as written of all others. */
  readonly text: string;
  /** Of numbers; 0 for all others. */
  readonly value: number;
  /** Offsets in the source, `end` exclusive. */
  readonly start: number;
  readonly end: number;
}

/** Nobody reads more, and a hostile text has thousands. */
export const MOST_FAULTS = 20;

/** Longer texts are refused: what a person or a tool asks is far shorter. */
export const MAX_TEXT = 20_000;

const BARE = /^[A-Za-z_][A-Za-z0-9_-]*$/;
const NAME = /[A-Za-z_][A-Za-z0-9_-]*/y;
const NUMBER = /[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const MARK = /!=|<=|>=|==|[()[\],.@/#=<>*]/y;
const SPACE = /\s+/y;
/** What other languages and other keyboards write, and what is written here. */
const STRANGE = /&&?|\|\|?|<>|!(?!=)|[;‘’“”]/y;
const WRITE: Readonly<Record<string, string>> = {
  '&': 'write and',
  '&&': 'write and',
  '|': 'write or',
  '||': 'write or',
  '!': 'write not',
  '<>': 'write !=',
  ';': 'leave it out: a text is one question',
  '‘': "write '",
  '’': "write '",
  '“': 'write "',
  '”': 'write "',
};

/** True for names that need no quotes, keywords aside. */
export const isBareName = (name: string): boolean => BARE.test(name);

/** Where each line of a source begins, for placeAt. */
export function lineStarts(source: string): readonly number[] {
  const starts = [0];
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** 1-based line and column of an offset; the length is at least 1 so that there is something to underline. */
export function placeAt(lines: readonly number[], start: number, end: number): Place {
  let [line, after] = [0, lines.length];
  while (after - line > 1) {
    const middle = (line + after) >> 1;
    if ((lines[middle] ?? 0) <= start) line = middle;
    else after = middle;
  }
  return { line: line + 1, column: start - (lines[line] ?? 0) + 1, length: Math.max(1, end - start) };
}

function match(pattern: RegExp, source: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0] ?? null;
}

/** Something that is no token of the language: at the offset where it begins. */
export interface LexicalFault {
  readonly start: number;
  readonly error: UserError;
  /** A quote that is not closed: what stands behind it on its line cannot be told from what it holds. */
  readonly open: boolean;
}
export interface Tokens {
  /** Ends with one 'end' token. */
  readonly tokens: readonly Token[];
  /** In the order of the text: the first MOST_FAULTS, and every quote that is not closed. */
  readonly faults: readonly LexicalFault[];
}

/**
 * Never throws. What means nothing is a token of kind 'error'; a quote that is not closed holds the rest of its line. Of
 * a longer text than is read, the beginning is.
 */
export function tokenize(source: string): Tokens {
  const faults: LexicalFault[] = [];
  const read = source.slice(0, MAX_TEXT);
  let lines: readonly number[] | null = null;
  const tokens = scan(read, ({ start, end, message, open }) => {
    // Each fault costs a stack and a place: of a text that is nothing else, most are left out.
    if (faults.length >= MOST_FAULTS && !open) return;
    lines ??= lineStarts(read);
    faults.push({ start, error: new UserError('invalid', message, placeAt(lines, start, end)), open });
  });
  if (source.length > MAX_TEXT) {
    const message = `the text has ${source.length} characters, at most ${MAX_TEXT} are read`;
    const at = placeAt(lineStarts(source), MAX_TEXT, MAX_TEXT + 1);
    faults.unshift({ start: 0, error: new UserError('invalid', message, at), open: true });
  }
  return { tokens, faults };
}

/** A fault before it has a place by line and column. */
interface Found {
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly open: boolean;
}

/** `note` hears of each fault; an 'error' token or the open text stands for it. */
function scan(source: string, note: (fault: Found) => void): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const push = (kind: TokenKind, text: string, length: number, value = 0): void => {
    tokens.push({ kind, text, value, start: at, end: at + length });
    at += length;
  };
  while (at < source.length) {
    const space = match(SPACE, source, at);
    if (space !== null) {
      at += space.length;
      continue;
    }
    const name = match(NAME, source, at);
    if (name !== null) {
      const prime = name === 'x' && source[at + 1] === "'";
      push('name', prime ? "x'" : name, prime ? 2 : name.length);
      continue;
    }
    const number = match(NUMBER, source, at);
    if (number !== null) {
      const { message, length, value } = readNumber(source, at, number);
      if (message !== null) note({ start: at, end: at + length, message, open: false });
      push(message === null ? 'number' : 'error', source.slice(at, at + length), length, value);
      continue;
    }
    const character = source.charAt(at);
    if (character === "'" || character === '"') {
      const { text, length, closed } = quotedText(source, at, character);
      if (!closed) {
        const message = `the text that begins here has no closing ${character}`;
        note({ start: at, end: source.length, message, open: true });
      }
      push(character === '"' ? 'quoted' : 'string', text, length);
      continue;
    }
    const foreign = match(STRANGE, source, at);
    const mark = foreign === null ? match(MARK, source, at) : null;
    if (mark === null) {
      const text = foreign ?? String.fromCodePoint(source.codePointAt(at) ?? 0);
      note({ start: at, end: at + text.length, message: strange(text), open: false });
      push('error', text, text.length);
      continue;
    }
    push('mark', mark === '==' ? '=' : mark, mark.length);
  }
  push('end', '', 0);
  return tokens;
}

function readNumber(
  source: string,
  at: number,
  text: string,
): { message: string | null; length: number; value: number } {
  const tail = match(NAME, source, at + text.length);
  // Minus zero is zero: printed text must not depend on a sign that no one can see.
  const value = Number(text) + 0;
  const length = text.length + (tail?.length ?? 0);
  if (tail === null && Number.isFinite(value)) return { message: null, length, value };
  const message =
    tail === null
      ? `found ${text}, expected a number between -1.8e308 and 1.8e308`
      : `found ${text}${tail}, expected a number or a name; a name that begins with a digit is written in double quotes: "${text}${tail}"`;
  return { message, length, value };
}

/** Content, and length in the source, of a quoted text that begins at `start`. */
function quotedText(
  source: string,
  start: number,
  quote: string,
): { text: string; length: number; closed: boolean } {
  let text = '';
  let at = start + 1;
  for (;;) {
    const end = source.indexOf(quote, at);
    if (end < 0) {
      const line = source.indexOf('\n', at);
      const stop = line < 0 ? source.length : line;
      return { text: text + source.slice(at, stop), length: stop - start, closed: false };
    }
    text += source.slice(at, end);
    if (source[end + 1] !== quote) return { text, length: end + 1 - start, closed: true };
    text += quote;
    at = end + 2;
  }
}

const IN_QUOTES = 'a name with other characters than letters, digits, - and _ is written in double quotes';
const strange = (text: string): string =>
  `found ${JSON.stringify(text)}, which means nothing here; ${WRITE[text] ?? IN_QUOTES}`;
