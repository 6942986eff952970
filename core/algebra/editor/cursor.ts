/** A cursor over a text that is being written: it notes what each word is, what may come next, and steps over faults. */
import { type Token, tokenizeLoosely } from '../../address/lexer.ts';
import { isKeyword } from '../../address/names.ts';
import type { Open, Side, Slot, Stretch, TokenKind, Told } from './slots.ts';

/** The text ended where something must stand: what may is in `slots`. */
export const ENDED = Symbol('ended');
/** Something else stands where one thing must. */
export const WRONG = Symbol('wrong');

const DEEPEST = 100;
/** Where reading goes on after a fault. */
const RESUME = new Set(['from', 'for', 'using', 'where', 'with', 'join', 'left', 'order', 'limit']);

const LEXICAL: Readonly<Record<Token['kind'], TokenKind>> = {
  name: 'data',
  quoted: 'data',
  string: 'text',
  number: 'number',
  mark: 'mark',
  end: 'mark',
  error: 'error',
};

export class Cursor {
  readonly stretches: Stretch[] = [];
  /** What may stand at the end of the text. */
  readonly slots: Slot[] = [];
  readonly sides: Side[] = [];
  side: Side;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;
  #joins = 0;

  constructor(text: string) {
    this.#tokens = tokenizeLoosely(text);
    this.side = this.open(null);
  }

  open(left: Side | null): Side {
    const side: Side = {
      model: null,
      what: null,
      layer: null,
      dataset: null,
      split: null,
      input: null,
      method: null,
      clauses: new Set(),
      left,
    };
    this.sides.push(side);
    this.side = side;
    return side;
  }

  peek(ahead = 0): Token | null {
    const token = this.#tokens[this.#at + ahead];
    return token === undefined || token.kind === 'end' ? null : token;
  }

  get ended(): boolean {
    return this.peek() === null;
  }

  /** Notes what may stand here, where the text ends here. */
  offer(...open: readonly Open[]): void {
    if (!this.ended) return;
    for (const slot of open) this.slots.push({ ...slot, side: this.side });
  }

  isMark(mark: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token?.kind === 'mark' && token.text === mark;
  }

  isWord(word: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token?.kind === 'name' && token.text.toLowerCase() === word;
  }

  /** Steps over one token, as this. */
  take(kind: TokenKind, told: Told | null = null): Token | null {
    const token = this.peek();
    if (token === null) return null;
    this.#at++;
    const meaning = told === null ? null : { ...told, side: this.side };
    this.stretches.push({ from: token.start, to: token.end, kind, meaning });
    return token;
  }

  takeMark(mark: string): boolean {
    this.offer({ kind: 'mark', mark });
    return this.isMark(mark) && this.take('mark') !== null;
  }

  needMark(mark: string): void {
    if (!this.takeMark(mark)) this.wrong();
  }

  takeWord(word: string, told: Told | null = null): boolean {
    return this.isWord(word) && this.take('keyword', told) !== null;
  }

  /** A name, bare or quoted; null for anything else. Keywords only where `keywords` allows them. */
  peekName(keywords = false): { text: string; quoted: boolean } | null {
    const token = this.peek();
    if (token?.kind === 'quoted') return token.text === '' ? null : { text: token.text, quoted: true };
    if (token?.kind !== 'name' || token.text === "x'") return null;
    return keywords || !isKeyword(token.text) ? { text: token.text, quoted: false } : null;
  }

  /** Null where no number stands here. */
  takeNumber(kind: TokenKind = 'number', told: Told | null = null): number | null {
    const token = this.peek();
    if (token?.kind !== 'number') return null;
    this.take(kind, told);
    return token.value;
  }

  needNumber(open: Open, kind: TokenKind = 'number'): number {
    this.offer(open);
    return this.takeNumber(kind) ?? this.wrong();
  }

  /** Ends the reading where the text has ended, else leaves the clause. */
  wrong(): never {
    throw this.ended ? ENDED : WRONG;
  }

  /** Reads a part; after a fault goes on at the next clause, or at the bracket that closes this query. */
  guarded(read: () => void): void {
    const { side } = this;
    const [depth, joins] = [this.#depth, this.#joins];
    try {
      read();
    } catch (reason) {
      if (reason !== WRONG) throw reason;
      this.side = side;
      this.#depth = depth;
      this.#joins = joins;
      this.#recover();
    }
  }

  #recover(): void {
    let first = true;
    let open = 0;
    for (let token = this.peek(); token !== null; token = this.peek()) {
      if (token.kind === 'name' && RESUME.has(token.text.toLowerCase())) return;
      if (this.isMark(')') && open === 0 && this.#joins > 0) return;
      if (this.isMark('(')) open++;
      if (this.isMark(')')) open--;
      this.take(first ? 'error' : LEXICAL[token.kind]);
      first = false;
    }
  }

  /** Runs `read` one level deeper; deeper than any query goes, the rest is not read. */
  nested<T>(read: () => T): T {
    if (this.#depth >= DEEPEST) {
      while (this.take('error') !== null);
      throw ENDED;
    }
    this.#depth++;
    const value = read();
    this.#depth--;
    return value;
  }

  /** Reads a query that stands in the brackets of another. */
  joined(read: () => void): void {
    this.nested(() => {
      this.#joins++;
      read();
      this.#joins--;
    });
  }
}
