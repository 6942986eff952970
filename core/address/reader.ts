/** A cursor over tokens: what the parsers of addresses, predicates and queries share. */
import { type Place, UserError } from '../errors/index.ts';
import { type LexicalFault, lineStarts, placeAt, type Token, tokenize } from './lexer.ts';
import { isKeyword } from './names.ts';
import type { AddressMeaning, AddressSlot, NameAs, Notes, WordKind } from './notes.ts';

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

/**
 * `Meaning` and `Slot`: what it says of words, and of the end of the text, to whoever listens (notes.ts). Its methods throw
 * UserError('invalid') with a place; who reads on after that is the reader of queries.
 */
export class Reader<Meaning = AddressMeaning, Slot = AddressSlot> {
  /** What is no token at all, in the order of the text. */
  readonly lexical: readonly LexicalFault[];
  readonly #tokens: readonly Token[];
  readonly #last: Token;
  readonly #notes: Notes<Meaning, Slot> | null;
  #lines: readonly number[] | null = null;
  #at = 0;
  #depth = 0;
  readonly #counts = { links: 0, joins: 0, changes: 0 };

  constructor(
    readonly source: string,
    notes: Notes<Meaning, Slot> | null = null,
  ) {
    const { tokens, faults } = tokenize(source);
    this.lexical = faults;
    this.#tokens = tokens;
    this.#last = tokens[tokens.length - 1] as Token;
    this.#notes = notes;
  }

  peek(ahead = 0): Token {
    return this.#tokens[this.#at + ahead] ?? this.#last;
  }

  get ended(): boolean {
    return this.peek().kind === 'end';
  }

  /** Says what may stand here, where the text ends here. */
  offer(...slots: readonly Slot[]): void {
    if (this.#notes !== null && this.ended) for (const slot of slots) this.#notes.slot(slot);
  }

  /** Steps over one token, as this. */
  take(kind: WordKind, meaning: Meaning | null = null): Token {
    const token = this.peek();
    if (token.kind === 'end') return token;
    this.#at++;
    this.#notes?.word(token, kind, meaning);
    return token;
  }

  isMark(mark: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'mark' && token.text === mark;
  }

  takeMark(mark: string): boolean {
    const found = this.isMark(mark);
    if (found) this.take('mark');
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

  takeWord(word: string, meaning: Meaning | null = null, kind: WordKind = 'keyword'): boolean {
    const found = this.isWord(word);
    if (found) this.take(kind, meaning);
    return found;
  }

  /**
   * The name at the cursor, bare or quoted, which is not stepped over. Keywords are refused unless `keywords` says that none
   * can stand here.
   */
  nameAhead(expected: string, keywords: 'refused' | 'allowed' = 'refused'): string {
    const token = this.peek();
    if (token.kind === 'quoted') return token.text === '' ? this.fail(expected) : token.text;
    if (token.kind !== 'name' || token.text === "x'") this.fail(expected);
    if (keywords === 'refused' && isKeyword(token.text)) this.fail(expected);
    return token.text;
  }

  /** A name that is stepped over, as this. */
  name(expected: string, as: NameAs<Meaning>, keywords: 'refused' | 'allowed' = 'refused'): string {
    const name = this.nameAhead(expected, keywords);
    this.take(as.kind, as.meaning?.(name, this.peek().kind === 'quoted') ?? null);
    return name;
  }

  number(expected: string): number {
    const token = this.peek();
    if (token.kind !== 'number') this.fail(expected);
    return this.take('number').value;
  }

  /** A whole number, not negative. */
  index(expected: string, kind: WordKind = 'number', meaning?: (index: number) => Meaning): number {
    const token = this.peek();
    if (token.kind !== 'number' || !/^\d+$/.test(token.text) || !Number.isSafeInteger(token.value))
      this.fail(expected);
    return this.take(kind, meaning?.(token.value)).value;
  }

  /** From a token taken earlier to the last one taken. */
  placeFrom(start: Token): Place {
    const end = this.#tokens[this.#at - 1] ?? start;
    return placeAt(this.#lineStarts(), start.start, Math.max(start.end, end.end));
  }

  placeOf(token: Token): Place {
    return placeAt(this.#lineStarts(), token.start, token.end);
  }

  #lineStarts(): readonly number[] {
    this.#lines ??= lineStarts(this.source);
    return this.#lines;
  }

  /** How deep it has read, to read on from there. */
  protected get depth(): number {
    return this.#depth;
  }
  protected set depth(depth: number) {
    this.#depth = depth;
  }

  /** Runs `parse` one level deeper. */
  nested<T>(parse: () => T): T {
    if (this.#depth >= MAX_DEPTH)
      throw this.error(`this is nested deeper than ${MAX_DEPTH} levels`, this.placeOf(this.peek()));
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
    if (!this.ended) this.fail(expected);
  }

  /** What stands at the cursor, as an error shows it. */
  found(): string {
    const token = this.peek();
    if (token.kind === 'end') return 'the end of the text';
    const text = this.source.slice(token.start, token.end);
    // Alone they are lost between the words of a sentence.
    if (text === ',' || text === '.') return `"${text}"`;
    return text.length > 40 ? `${text.slice(0, 40)}...` : text;
  }

  error(message: string, at: Place): UserError {
    return new UserError('invalid', message, at);
  }

  unexpected(expected: string, hint = ''): UserError {
    return this.error(`found ${this.found()}, expected ${expected}${hint}`, this.placeOf(this.peek()));
  }

  fail(expected: string, hint = ''): never {
    throw this.unexpected(expected, hint);
  }
}

/** Reads the whole of a text. Throws its first fault. */
export function readWhole<T>(text: string, end: string, read: (reader: Reader) => T): T {
  const reader = new Reader(text);
  const [lexical] = reader.lexical;
  if (lexical !== undefined) throw lexical.error;
  const value = read(reader);
  reader.expectEnd(end);
  return value;
}
