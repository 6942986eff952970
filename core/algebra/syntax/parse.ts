/** Text to queries: the one grammar, read by recursive descent, for those who ask and for the editor alike. */

import { LRUCache } from 'lru-cache';
import { readDataTail, readStep } from '../../address/parse.ts';
import { copyPlaces, setPlace } from '../../address/places.ts';
import { DATA, LAYER, readPredicate, readUnit } from '../../address/predicate.ts';
import type { UserError } from '../../errors/index.ts';
import { FUNCTION_NAMES, FUNCTIONS, signature } from '../dictionary/functions.ts';
import { suggestion } from '../dictionary/nearest.ts';
import { nameIn } from '../dictionary/values.ts';
import type { Clause } from '../dictionary/words.ts';
import { readChanges, readOrder, readRegion, readTarget, readUsing } from './clauses.ts';
import { type Draft, Notebook, type Slot, type Word } from './notes.ts';
import { QueryReader } from './query-reader.ts';
import type { Argument, InputReference, Join, ModelReference, Query, What } from './tree.ts';

/** What a text says, whatever it is. */
export interface Reading {
  /** Null where there are faults. */
  readonly query: Query | null;
  /** In the order of the text. */
  readonly faults: readonly UserError[];
  /** Every query of the text with whatever clauses of it could be read. */
  readonly drafts: readonly Draft[];
  /** False where a quote is not closed, so that clauses are lost. */
  readonly closed: boolean;
  /** What each word is, in order. */
  readonly words: readonly Word[];
  /** What may stand where the text ends. */
  readonly slots: readonly Slot[];
}

/** Throws the first fault: UserError('invalid', message, place). */
export function parse(text: string): Query {
  const { query, faults } = readings.get(text) ?? new ReadText(text);
  if (query === null) throw faults[0];
  return query;
}

/** A board has tens of views, and each keystroke makes a text; long ones make large trees. */
export const KEPT_TEXTS = { max: 300, maxSize: 400_000 } as const;
const readings = new LRUCache<string, Reading>({
  ...KEPT_TEXTS,
  sizeCalculation: (_, text) => text.length + 1,
});

/** Never throws. A text is read once: whoever asks again gets the same. */
export function read(text: string): Reading {
  const known = readings.get(text);
  if (known !== undefined) return known;
  const reading = new ReadText(text);
  readings.set(text, reading);
  return reading;
}

class ReadText implements Reading {
  readonly query: Query | null;
  readonly faults: readonly UserError[];
  readonly closed: boolean;
  #drafts: readonly Draft[];
  #notes: Notebook | null = null;

  constructor(private readonly text: string) {
    const reader = readerOf(text, null);
    const [draft] = reader.drafts;
    this.faults = reader.faults();
    this.query = this.faults.length === 0 && draft !== undefined ? treeOf(draft) : null;
    this.#drafts = reader.drafts;
    this.closed = reader.closed;
  }

  /** Those that the notes speak of, once they are taken. */
  get drafts(): readonly Draft[] {
    return this.#drafts;
  }

  get words(): readonly Word[] {
    return this.#noted().words;
  }

  get slots(): readonly Slot[] {
    return this.#noted().slots;
  }

  /** Taken when the editor asks: nobody else needs them, and they are most of the work. */
  #noted(): Notebook {
    if (this.#notes === null) {
      this.#notes = new Notebook();
      this.#drafts = readerOf(this.text, this.#notes).drafts;
    }
    return this.#notes;
  }
}

function readerOf(text: string, notebook: Notebook | null): QueryReader {
  const reader = new QueryReader(text, notebook);
  const draft = reader.side;
  readQuery(reader, draft);
  while (!reader.ended) {
    reader.stray(AFTER);
    readClauses(reader, draft);
  }
  return reader;
}

const AFTER = 'for, using, where, with, join, left join, order by, limit or the end of the query';

const RIGHT = ') or a clause of the joined query';

/** The query that a draft has become; null where what is asked, the model or the input could not be read. */
export function treeOf(
  draft: Draft,
  join: 'with its join' | 'without its join' = 'with its join',
): Query | null {
  const { whole, what, model, input, target, using, where, changes, orderBy, limit } = draft;
  if (!whole || what === undefined || model === undefined) return null;
  const right = join === 'with its join' ? draft.join : undefined;
  const query: Query = {
    kind: 'select',
    what,
    model,
    ...(input === undefined ? null : { input }),
    ...(target === undefined ? null : { target }),
    ...(using === undefined ? null : { using }),
    ...(where === undefined ? null : { where }),
    ...(changes === undefined ? null : { changes }),
    ...(right === undefined ? null : { join: right }),
    ...(orderBy === undefined ? null : { orderBy }),
    ...(limit === undefined ? null : { limit }),
  };
  return copyPlaces(query, draft);
}

function readQuery(reader: QueryReader, draft: Draft): void {
  const start = reader.peek();
  const asked = reader.guarded(() => {
    reader.offer({ kind: 'words', words: ['select'] });
    if (!reader.takeWord('select', clause('select')))
      reader.fail('select, as in select activation(conv2d_1) from f(x)');
    readWhat(reader, draft);
    reader.offer({ kind: 'words', words: ['from'] });
    if (reader.isWord('from')) return;
    const name = draft.what?.kind === 'layer' ? nameIn(FUNCTIONS, draft.what.layer) : undefined;
    reader.fail(
      'from and a model',
      name === undefined ? '' : `; the function is written ${signature(FUNCTIONS[name])}`,
    );
  });
  if (reader.takeWord('from', clause('from'))) {
    draft.clauses.add('from');
    const of = reader.guarded(() => {
      readModel(reader, draft);
      if (!reader.takeMark('(')) return;
      readInput(reader, draft);
      reader.expectMark(')');
    });
    draft.whole = asked && of;
  }
  readClauses(reader, draft);
  setPlace(draft, reader.placeFrom(start));
}

function readClauses(reader: QueryReader, draft: Draft): void {
  for (;;) {
    reader.offer({ kind: 'clauses' });
    if (reader.ended) return;
    const before = reader.peek();
    reader.guarded(() => readClause(reader, draft));
    // Nothing that begins a clause: it closes this query, or it belongs nowhere.
    if (reader.peek() === before) return;
  }
}

const clause = (name: Clause) => ({ kind: 'clause', clause: name }) as const;

/** By the word that each begins with. */
const CLAUSES_READ: Readonly<
  Record<
    string,
    readonly [Exclude<Clause, 'join' | 'left join'>, keyof Query, (r: QueryReader, d: Draft) => void]
  >
> = {
  for: [
    'for',
    'target',
    (reader, draft) => {
      draft.target = readTarget(reader);
    },
  ],
  using: [
    'using',
    'using',
    (reader, draft) => {
      draft.using = readUsing(reader, draft);
    },
  ],
  where: [
    'where',
    'where',
    (reader, draft) => {
      draft.where = readRegion(reader);
    },
  ],
  with: [
    'with',
    'changes',
    (reader, draft) => {
      draft.changes = readChanges(reader);
    },
  ],
  order: [
    'order by',
    'orderBy',
    (reader, draft) => {
      draft.orderBy = readOrder(reader);
    },
  ],
  limit: ['limit', 'limit', readLimit],
};

/** Reads one clause into the draft; nothing where none begins here. Any order is understood, each clause once. */
function readClause(reader: QueryReader, draft: Draft): void {
  const start = reader.peek();
  const word = start.kind === 'name' ? start.text.toLowerCase() : '';
  if (word === 'join' || word === 'left') {
    once(reader, draft, 'join', 'join');
    readJoin(reader, draft);
    return;
  }
  const found = Object.hasOwn(CLAUSES_READ, word) ? CLAUSES_READ[word] : undefined;
  if (found === undefined) return;
  const [name, key, readInto] = found;
  once(reader, draft, key, name);
  reader.take('keyword', clause(name));
  draft.clauses.add(name);
  readInto(reader, draft);
  if (key === 'limit') setPlace(draft, reader.placeFrom(start), 'limit');
}

function once(reader: QueryReader, draft: Draft, key: keyof Query, name: string): void {
  if (draft[key] !== undefined)
    throw reader.error(`found ${name} twice, expected it once`, reader.placeOf(reader.peek()));
}

function readLimit(reader: QueryReader, draft: Draft): void {
  reader.offer({ kind: 'number', hint: 'examples', values: [10, 20, 50, 100, 500] });
  if (reader.peek().text === '0') reader.fail('a whole number above 0');
  draft.limit = reader.index('a whole number above 0');
}

function readJoin(reader: QueryReader, draft: Draft): void {
  const start = reader.peek();
  const kind = reader.isWord('left') ? 'left join' : 'join';
  draft.clauses.add('join');
  if (reader.takeWord('left', clause(kind))) reader.offer({ kind: 'words', words: ['join'] });
  if (!reader.takeWord('join', clause(kind))) reader.fail('join, as in left join (select ...)');
  reader.count('joins', start);
  reader.expectMark('(', "( and the other query, as in join (select * from f(x'))");
  const right = reader.joined(() => {
    const other = reader.open(draft);
    readQuery(reader, other);
    while (!reader.ended && !reader.isMark(')')) {
      reader.stray(RIGHT);
      readClauses(reader, other);
    }
    return other;
  });
  reader.expectMark(')', RIGHT);
  const query = treeOf(right);
  if (query !== null) draft.join = setPlace<Join>({ kind, query }, reader.placeFrom(start));
}

function readWhat(reader: QueryReader, draft: Draft): void {
  const start = reader.peek();
  reader.offer({ kind: 'what' });
  if (reader.isMark('*')) {
    reader.take('keyword', { kind: 'identity' });
    draft.what = setPlace<What>({ kind: 'identity' }, reader.placeOf(start));
    return;
  }
  const name = reader.nameAhead('*, a layer, a unit (layer#7) or a function such as activation(layer)');
  if (start.kind === 'name' && reader.isMark('(', 1)) {
    readCall(reader, draft, name);
    return;
  }
  reader.take('layer', { kind: 'layer', name });
  draft.what = { kind: 'layer', layer: name };
  const unit = readUnit(reader, name, UNIT);
  const what: What = { kind: 'layer', layer: name, ...(unit === undefined ? {} : { unit }) };
  draft.what = setPlace(what, reader.placeFrom(start));
}

const UNIT = 'the index of a unit: a whole number';

/** The function is told before its arguments are read. */
function readCall(reader: QueryReader, draft: Draft, written: string): void {
  const start = reader.peek();
  const name = nameIn(FUNCTIONS, written);
  if (name === undefined) {
    const hint = suggestion(written, FUNCTION_NAMES, 'there are');
    throw reader.error(`no function ${written}${hint}`, reader.placeOf(start));
  }
  reader.take('function', { kind: 'function', name });
  reader.take('mark');
  const args: Argument[] = [];
  draft.what = { kind: 'call', name, args };
  const most = FUNCTIONS[name].args.length;
  const offer = (): void => {
    if (args.length < most) reader.offer({ kind: 'argument', of: name, index: args.length });
  };
  offer();
  if (!reader.takeMark(')')) {
    do {
      offer();
      args.push(readArgument(reader));
    } while (reader.takeMark(','));
    reader.expectMark(')', ', or )');
  }
  setPlace(draft.what, reader.placeFrom(start));
}

function readArgument(reader: QueryReader): Argument {
  const start = reader.peek();
  if (start.kind === 'number') {
    reader.take('number');
    return setPlace({ kind: 'number', value: start.value }, reader.placeOf(start));
  }
  const layer = reader.name('a layer, a unit (layer#7), a number or )', LAYER);
  const unit = readUnit(reader, layer, UNIT);
  const argument: Argument = { kind: 'layer', layer, ...(unit === undefined ? {} : { unit }) };
  return setPlace(argument, reader.placeFrom(start));
}

function readModel(reader: QueryReader, draft: Draft): void {
  const start = reader.peek();
  reader.offer({ kind: 'model' });
  const name = reader.name(
    'a model: f, or a name such as digits-cnn@12',
    { kind: 'model', meaning: (model, quoted) => ({ kind: 'model', name: model, quoted }) },
    'allowed',
  );
  if (start.kind === 'name' && name === 'f' && !reader.isMark('@')) {
    draft.model = setPlace<ModelReference>({ kind: 'name', name: 'f' }, reader.placeOf(start));
    return;
  }
  draft.model = { kind: 'model', model: name };
  const model: ModelReference = { kind: 'model', model: name, ...readStep(reader) };
  draft.model = setPlace(model, reader.placeFrom(start));
}

const INPUT = "x, x', data, an example such as digits.test[42] or a split such as digits.test";

/** What is known of the input is told as it is read. */
function readInput(reader: QueryReader, draft: Draft): void {
  const start = reader.peek();
  reader.offer({ kind: 'input' });
  const bound = start.kind === 'name' && !reader.isMark('.', 1);
  if (bound && (start.text === 'x' || start.text === "x'")) {
    reader.take('data', { kind: 'data', name: start.text, quoted: false });
    draft.input = setPlace<InputReference>({ kind: 'name', name: start.text }, reader.placeOf(start));
    return;
  }
  if (bound && start.text === 'data') {
    reader.take('data', { kind: 'data', name: 'data', quoted: false });
    draft.input = setPlace<InputReference>({ kind: 'name', name: 'data' }, reader.placeOf(start));
    if (!reader.takeMark('[')) return;
    const where = readPredicate(reader);
    reader.expectMark(']', 'and, or or ]');
    draft.input = setPlace<InputReference>({ kind: 'name', name: 'data', where }, reader.placeFrom(start));
    return;
  }
  const dataset = reader.name(INPUT, DATA, 'allowed');
  draft.input = { kind: 'dataset', dataset };
  const input = readDataTail(reader, dataset, (seen) => {
    draft.input = seen;
  });
  draft.input = setPlace(input, reader.placeFrom(start));
}
