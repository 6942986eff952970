/** The reader of queries: after a fault it reads on at the next clause, so that all faults of a text are told at once. */
import { MOST_FAULTS, type Token } from '../../address/lexer.ts';
import type { WordKind } from '../../address/notes.ts';
import { Reader } from '../../address/reader.ts';
import { UserError } from '../../errors/index.ts';
import { CLAUSES } from '../dictionary/words.ts';
import type { Draft, Notebook, QueryMeaning, QuerySlot } from './notes.ts';

/** Where reading goes on after a fault: the words that clauses begin with. */
const RESUME = new Set(
  Object.keys(CLAUSES)
    .filter((clause) => clause !== 'select')
    .map((clause) => clause.split(' ')[0]),
);

const PLAIN: Readonly<Record<Token['kind'], WordKind>> = {
  name: 'data',
  quoted: 'data',
  string: 'text',
  number: 'number',
  mark: 'mark',
  end: 'mark',
  error: 'error',
};

export class QueryReader extends Reader<QueryMeaning, QuerySlot> {
  /** Of every query in the text, in the order in which they begin. */
  readonly drafts: Draft[] = [];
  readonly #syntax: UserError[] = [];
  #side: Draft | null = null;
  #joins = 0;
  /** Brackets that are open. */
  #brackets = 0;
  /** The text ended where more was expected: whatever else lacks follows from that. */
  #broken = false;
  /** A word that begins a clause stood where it cannot: what is wrong from there on may follow from that. */
  #doubtful = false;

  constructor(
    text: string,
    private readonly notebook: Notebook | null,
  ) {
    super(text, notebook);
  }

  /** The query that is being read. */
  get side(): Draft {
    return this.#side ?? this.open(null);
  }

  #enter(side: Draft): void {
    this.#side = side;
    if (this.notebook !== null) this.notebook.side = side;
  }

  open(left: Draft | null): Draft {
    const draft: Draft = { kind: 'select', whole: false, clauses: new Set(), left };
    this.drafts.push(draft);
    this.#enter(draft);
    return draft;
  }

  override take(kind: WordKind, meaning: QueryMeaning | null = null): Token {
    if (this.isMark('(')) this.#brackets++;
    if (this.isMark(')')) this.#brackets--;
    return super.take(kind, meaning);
  }

  /** Nothing may stand behind what is not finished. */
  override offer(...slots: readonly QuerySlot[]): void {
    if (!this.#broken) super.offer(...slots);
  }

  /** False where a fault was found: then all up to the next clause, or to the bracket that closes this query, is left out. */
  guarded(read: () => void): boolean {
    const [side, depth, joins, brackets] = [this.side, this.depth, this.#joins, this.#brackets];
    try {
      read();
      return true;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.fault(error);
      this.#enter(side);
      this.depth = depth;
      this.#joins = joins;
      this.#skip(this.#brackets - brackets);
      return false;
    }
  }

  fault(error: UserError): void {
    if (this.#broken || this.#doubtful || this.#syntax.length >= MOST_FAULTS) return;
    this.#broken = this.ended;
    this.#doubtful = this.#resumes();
    // A word that is none has been told of already.
    if (this.peek().kind !== 'error') this.#syntax.push(error);
  }

  /** False where a quote is not closed: whatever stands behind it is not read. */
  get closed(): boolean {
    return !this.lexical.some((fault) => fault.open);
  }

  /** All faults, in the order of the text. */
  faults(): readonly UserError[] {
    const open = this.lexical.find((fault) => fault.open);
    const behind = open === undefined ? Infinity : order(open.error);
    const all = [
      ...this.lexical.map((fault) => fault.error),
      // What stands behind a quote that is not closed follows from that.
      ...this.#syntax.filter((error) => order(error) < behind),
    ];
    return all.sort((a, b) => order(a) - order(b)).slice(0, MOST_FAULTS);
  }

  /** What belongs nowhere is a fault where it is the first, and is stepped over. */
  stray(expected: string): void {
    if (this.#syntax.length === 0) this.fault(this.unexpected(expected));
    // Directly behind the model it may be what the model was to be given.
    if (this.side.clauses.size < 2) this.side.whole = false;
    this.take('error');
  }

  /** True at a word that clauses begin with. */
  #resumes(): boolean {
    const token = this.peek();
    return token.kind === 'name' && RESUME.has(token.text.toLowerCase());
  }

  /** `inner`: brackets that were opened since. */
  #skip(inner: number): void {
    let kind: WordKind = 'error';
    let open = inner;
    for (let token = this.peek(); token.kind !== 'end'; token = this.peek()) {
      if (this.#resumes()) return;
      if (this.isMark(')') && open <= 0 && this.#joins > 0) return;
      if (this.isMark('(')) open++;
      if (this.isMark(')')) open--;
      this.take(kind === 'error' ? kind : PLAIN[token.kind]);
      kind = 'data';
    }
    // Within brackets that nobody understands nothing can be said.
    this.#broken ||= open > 0;
  }

  /** Reads a query that stands in the brackets of another, which is the current one again afterwards. */
  joined<T>(read: () => T): T {
    const { side } = this;
    return this.nested(() => {
      this.#joins++;
      const value = read();
      this.#joins--;
      this.#enter(side);
      return value;
    });
  }
}

function order({ at }: UserError): number {
  return typeof at === 'object' ? at.line * 1e6 + at.column : 0;
}
