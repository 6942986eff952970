/**
 * Text to tokens, for addresses, predicates and queries alike.
 *
 * Names are letters, digits, `_` and `-`, beginning with a letter or `_`; any other name is written in double quotes.
 * Text values stand in single quotes. A quote inside is doubled, as in SQL. `x'` is one name (the paper's second input).
 */
import { type Place, UserError } from '../errors/index.ts';

export type TokenKind = 'name' | 'quoted' | 'string' | 'number' | 'mark' | 'end';
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

/** Longer texts are refused: what a person or a tool asks is far shorter. */
export const MAX_TEXT = 20_000;

const BARE = /^[A-Za-z_][A-Za-z0-9_-]*$/;
const NAME = /[A-Za-z_][A-Za-z0-9_-]*/y;
const NUMBER = /[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const MARK = /!=|<=|>=|==|[()[\],.@/#=<>*]/y;
const SPACE = /\s+/y;

/** True for names that need no quotes, keywords aside. */
export const isBareName = (name: string): boolean => BARE.test(name);

/** 1-based line and column of an offset; the length is at least 1 so that there is something to underline. */
export function placeAt(source: string, start: number, end: number): Place {
  let line = 1;
  let lineStart = 0;
  for (let at = source.indexOf('\n'); at >= 0 && at < start; at = source.indexOf('\n', at + 1)) {
    line++;
    lineStart = at + 1;
  }
  return { line, column: start - lineStart + 1, length: Math.max(1, end - start) };
}

function match(pattern: RegExp, source: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0] ?? null;
}

/** Ends with one 'end' token. Throws UserError('invalid') with a place. */
export function tokenize(source: string): Token[] {
  if (source.length > MAX_TEXT)
    throw new UserError(
      'invalid',
      `the text has ${source.length} characters, at most ${MAX_TEXT} are read`,
      placeAt(source, MAX_TEXT, MAX_TEXT + 1),
    );
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
      pushNumber(source, at, number, push);
      continue;
    }
    const character = source.charAt(at);
    if (character === "'" || character === '"') {
      const [text, length] = quotedText(source, at, character);
      push(character === '"' ? 'quoted' : 'string', text, length);
      continue;
    }
    const mark = match(MARK, source, at);
    if (mark === null) throw strange(source, at);
    push('mark', mark === '==' ? '=' : mark, mark.length);
  }
  push('end', '', 0);
  return tokens;
}

function pushNumber(
  source: string,
  at: number,
  text: string,
  push: (kind: TokenKind, text: string, length: number, value: number) => void,
): void {
  const tail = match(NAME, source, at + text.length);
  if (tail !== null)
    throw new UserError(
      'invalid',
      `found ${text}${tail}, expected a number or a name; a name that begins with a digit is written in double quotes: "${text}${tail}"`,
      placeAt(source, at, at + text.length + tail.length),
    );
  // Minus zero is zero: printed text must not depend on a sign that no one can see.
  const value = Number(text) + 0;
  if (!Number.isFinite(value))
    throw new UserError(
      'invalid',
      `found ${text}, expected a number between -1.8e308 and 1.8e308`,
      placeAt(source, at, at + text.length),
    );
  push('number', text, text.length, value);
}

/** Content and length in the source of a quoted text that begins at `start`. */
function quotedText(source: string, start: number, quote: string): [string, number] {
  let text = '';
  let at = start + 1;
  for (;;) {
    const end = source.indexOf(quote, at);
    if (end < 0)
      throw new UserError(
        'invalid',
        `the text that begins here has no closing ${quote}`,
        placeAt(source, start, source.length),
      );
    text += source.slice(at, end);
    if (source[end + 1] !== quote) return [text, end + 1 - start];
    text += quote;
    at = end + 2;
  }
}

function strange(source: string, at: number): UserError {
  const character = String.fromCodePoint(source.codePointAt(at) ?? 0);
  return new UserError(
    'invalid',
    `found ${JSON.stringify(character)}, which means nothing here; a name with other characters than letters, digits, - and _ is written in double quotes`,
    placeAt(source, at, at + character.length),
  );
}
