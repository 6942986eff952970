/**
 * A question: a text together with what the board's names stand for and what the project has. It is read, bound, checked
 * and priced once; whoever asks for the same again, in the same process, gets the same.
 */
import { LRUCache } from 'lru-cache';
import { UserError } from '../errors/index.ts';
import type { ResultType } from '../result/types.ts';
import { canonicalOf } from './check/canonical.ts';
import { checkResolved } from './check/check.ts';
import { bind, type QueryBindings } from './meaning/bind.ts';
import { estimateResolved } from './meaning/estimate.ts';
import { resolve, type Scope } from './meaning/scope.ts';
import { title } from './meaning/title.ts';
import type { Catalog, Checked, Estimate, Problem } from './project/catalog.ts';
import { KEPT_TEXTS, read, treeOf } from './syntax/parse.ts';
import { print } from './syntax/print.ts';
import type { Query } from './syntax/tree.ts';

/** A text with what its names stand for. */
export interface BoundQuestion {
  readonly text: string;
  /** As it is written; null where it cannot be read. */
  readonly written: Query | null;
  /** With the names bound; null where it cannot be read, or a name stands for nothing. */
  readonly query: Query | null;
  /** The canonical text of the bound query. */
  readonly boundText: string | null;
  /** Why there is no bound query: the first fault of the text, or the name that is not bound. */
  readonly failure: UserError | null;
  /** "conv2d_1 · activations · digits.test[42]"; a text that cannot be read is its own title. */
  readonly title: string;
}

export interface Question extends BoundQuestion {
  /** All that keeps it from running, in the order of the text; a text that cannot be read has those of what can be too. */
  readonly problems: readonly Problem[];
  /** The type of its answer; null where there are problems. */
  readonly type: ResultType | null;
  /** Null where there are problems. */
  readonly cost: Estimate | null;
  /** With all defaults written; null where there are problems. */
  readonly canonical: Query | null;
}

const keptTexts = <Value extends object>(): LRUCache<string, Value> =>
  new LRUCache({ ...KEPT_TEXTS, sizeCalculation: (_, key) => key.length });

const bound = keptTexts<BoundQuestion>();
type Kept = LRUCache<string, Question>;
const questions = new WeakMap<Catalog['models'], WeakMap<Catalog['datasets'], Kept>>();

const keyOf = (text: string, bindings: QueryBindings): string => JSON.stringify([text, bindings]);

/** Never throws. */
export function boundQuestion(text: string, bindings: QueryBindings): BoundQuestion {
  const key = keyOf(text, bindings);
  const question = bound.get(key) ?? bindText(text, bindings);
  bound.set(key, question);
  return question;
}

function bindText(text: string, bindings: QueryBindings): BoundQuestion {
  const { query: written, faults } = read(text);
  const asWritten = { text, written };
  if (written === null) {
    const own = text.trim() === '' ? 'Empty query' : text;
    return { ...asWritten, query: null, boundText: null, failure: faults[0] ?? null, title: own };
  }
  try {
    const query = bind(written, bindings);
    return { ...asWritten, query, boundText: print(query), failure: null, title: title(query) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    // Names that stand for nothing yet are shown as they are written.
    return { ...asWritten, query: null, boundText: null, failure: error, title: title(written) };
  }
}

/** Never throws. The same arrays of models and data sets are taken to hold the same. */
export function questionOf(text: string, bindings: QueryBindings, catalog: Catalog): Question {
  const byData = questions.get(catalog.models) ?? new WeakMap<Catalog['datasets'], Kept>();
  questions.set(catalog.models, byData);
  const kept = byData.get(catalog.datasets) ?? keptTexts<Question>();
  byData.set(catalog.datasets, kept);
  const key = keyOf(text, bindings);
  const question = kept.get(key) ?? new CheckedQuestion(boundQuestion(text, bindings), bindings, catalog);
  kept.set(key, question);
  return question;
}

class CheckedQuestion implements Question {
  readonly text: string;
  readonly written: Query | null;
  readonly query: Query | null;
  readonly boundText: string | null;
  readonly failure: UserError | null;
  readonly title: string;
  readonly #scope: Scope | null;
  readonly #checked: Checked;
  #canonical: Query | null = null;

  constructor(question: BoundQuestion, bindings: QueryBindings, catalog: Catalog) {
    this.text = question.text;
    this.written = question.written;
    this.query = question.query;
    this.boundText = question.boundText;
    this.failure = question.failure;
    this.title = question.title;
    this.#scope = question.query === null ? null : resolve(question.query, catalog);
    this.#checked =
      this.#scope === null
        ? { type: null, problems: unreadProblems(question, bindings, catalog) }
        : checkResolved(this.#scope);
  }

  get problems(): readonly Problem[] {
    return this.#checked.problems;
  }

  get type(): ResultType | null {
    return this.#checked.type;
  }

  get cost(): Estimate | null {
    return this.#scope === null || this.problems.length > 0 ? null : estimateResolved(this.#scope);
  }

  get canonical(): Query | null {
    if (this.#scope === null || this.problems.length > 0) return null;
    this.#canonical ??= canonicalOf(this.#scope);
    return this.#canonical;
  }
}

/** Of a text that cannot be read, or whose names are not bound. */
function unreadProblems(
  { text, written, failure }: BoundQuestion,
  bindings: QueryBindings,
  catalog: Catalog,
): readonly Problem[] {
  if (written !== null) return failure === null ? [] : [problemFrom(failure)];
  const { faults, drafts, closed } = read(text);
  // Each query by itself: what one of them lacks would make a comparison untrue.
  const alone = (closed ? drafts : []).flatMap((draft) => treeOf(draft, 'without its join') ?? []);
  const others = alone.flatMap((part) => partProblems(part, bindings, catalog));
  return [...faults.map(problemFrom), ...others.filter(({ at }) => at !== undefined)]
    .map((problem, order) => ({ problem, order }))
    .sort((a, b) => orderOf(a.problem) - orderOf(b.problem) || a.order - b.order)
    .map(({ problem }) => problem);
}

function partProblems(part: Query, bindings: QueryBindings, catalog: Catalog): readonly Problem[] {
  try {
    return checkResolved(resolve(bind(part, bindings), catalog)).problems;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [problemFrom(error)];
  }
}

const orderOf = ({ at }: Problem): number => (at === undefined ? 0 : at.line * 1e6 + at.column);

const problemFrom = ({ message, at }: UserError): Problem =>
  typeof at === 'object' ? { message, at } : { message };
