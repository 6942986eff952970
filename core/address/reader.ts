/** A cursor over tokens: what the parsers of addresses, predicates and queries share. */
import { type Place, UserError } from '../errors/index.ts';
import { lineStarts, placeAt, type Token, tokenize } from './lexer.ts';
import { isKeyword } from './names.ts';

/** Deeper nesting of brackets, `not` and joined queries is refused rather than left to the stack. */
const MAX_DEPTH = 100;

/** More `and` and `or` are refused: each makes the tree of a question one level deeper. */
export const MAX_LINKS = 200;
/** A question with more joined queries, or more changes, would be computed for hours. */
const MAX_JOINS = 8;
const MAX_CHANGES = 100;
export const TOO_MANY_LINKS = `found more than ${MAX_LINKS} conditions tied by and or or, expected fewer; several values of one column stand in a list, as in label in [1, 7]`;
const MOST = {
  links: [MAX_LINKS, TOO_MANY_LINKS],
  joins: [
    MAX_JOINS,
    `found more than ${MAX_JOINS} joined queries, expected fewer; ask them as questions of their own`,
  ],
  changes: [
    MAX_CHANGES,
    `found more than ${MAX_CHANGES} changes, expected fewer; ask about them in several questions`,
  ],
} as const;

export class Reader {
  readonly #tokens: readonly Token[];
  readonly #last: Token;
  readonly #lines: readonly number[];
  #at = 0;
  #depth = 0;
  readonly #counts = { links: 0, joins: 0, changes: 0 };

  constructor(readonly source: string) {
    this.#tokens = tokenize(source);
    this.#lines = lineStarts(source);
    this.#last = this.#tokens[this.#tokens.length - 1] as Token;
  }

  peek(ahead = 0): Token {
    return this.#tokens[this.#at + ahead] ?? this.#last;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.#at++;
    return token;
  }

  isMark(mark: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'mark' && token.text === mark;
  }

  takeMark(mark: string): boolean {
    const found = this.isMark(mark);
    if (found) this.#at++;
    return found;
  }

  expectMark(mark: string, expected = mark): void {
    if (!this.takeMark(mark)) this.fail(expected);
  }

  /** A keyword, in any case; never a quoted name. */
  isWord(word: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'name' && token.text.toLowerCase() === word;
  }

  takeWord(word: string): boolean {
    const found = this.isWord(word);
    if (found) this.#at++;
    return found;
  }

  /** A name, bare or quoted. Keywords are refused unless `keywords` says that none can stand here. */
  name(expected: string, keywords: 'refused' | 'allowed' = 'refused'): string {
    const token = this.peek();
    if (token.kind === 'quoted') {
      if (token.text === '') this.fail(expected);
      this.#at++;
      return token.text;
    }
    if (token.kind !== 'name' || token.text === "x'") this.fail(expected);
    if (keywords === 'refused' && isKeyword(token.text)) this.fail(expected);
    this.#at++;
    return token.text;
  }

  number(expected: string): number {
    const token = this.peek();
    if (token.kind !== 'number') this.fail(expected);
    this.#at++;
    return token.value;
  }

  /** A whole number, not negative. */
  index(expected: string): number {
    const token = this.peek();
    if (token.kind !== 'number' || !/^\d+$/.test(token.text) || !Number.isSafeInteger(token.value))
      this.fail(expected);
    this.#at++;
    return token.value;
  }

  /** From a token taken earlier to the last one taken. */
  placeFrom(start: Token): Place {
    const end = this.#tokens[this.#at - 1] ?? start;
    return placeAt(this.#lines, start.start, Math.max(start.end, end.end));
  }

  placeOf(token: Token): Place {
    return placeAt(this.#lines, token.start, token.end);
  }

  /** Runs `parse` one level deeper. */
  nested<T>(parse: () => T): T {
    if (this.#depth >= MAX_DEPTH)
      throw new UserError(
        'invalid',
        `this is nested deeper than ${MAX_DEPTH} levels`,
        this.placeOf(this.peek()),
      );
    this.#depth++;
    const value = parse();
    this.#depth--;
    return value;
  }

  /** Counts what a text may hold only so many of, all its queries together. Throws at one too many, the token at `at`. */
  count(what: 'links' | 'joins' | 'changes', at: Token): void {
    this.#counts[what]++;
    const [most, message] = MOST[what];
    if (this.#counts[what] > most) throw this.error(message, this.placeOf(at));
  }

  expectEnd(expected: string): void {
    if (this.peek().kind !== 'end') this.fail(expected);
  }

  /** What stands at the cursor, as an error shows it. */
  found(): string {
    const token = this.peek();
    if (token.kind === 'end') return 'the end of the text';
    const text = this.source.slice(token.start, token.end);
    return text.length > 40 ? `${text.slice(0, 40)}...` : text;
  }

  error(message: string, at: Place): UserError {
    return new UserError('invalid', message, at);
  }

  fail(expected: string, hint = ''): never {
    throw this.error(`found ${this.found()}, expected ${expected}${hint}`, this.placeOf(this.peek()));
  }
}
