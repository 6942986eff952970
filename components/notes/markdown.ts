/** Markdown of notes to clean HTML, parsed in a worker that is ended and replaced when a text takes too long. */
import { LRUCache } from 'lru-cache';
import { cleanHtml } from './clean.ts';

/** What the queue needs of a worker. */
export interface Parser {
  postMessage(text: string): void;
  terminate(): void;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onerror: (() => void) | null;
}

interface PendingParse {
  readonly text: string;
  /** It took too long once: it comes again after the others, with more time. */
  late: boolean;
  resolve(html: string | null): void;
}

/**
 * One text at a time, in order. Each may take `budgetMs` once the worker stands ready; one that takes longer is tried
 * again after all others, with `lastMs`, so that a slow text holds up no quick one, nor a busy machine a plain text.
 */
export class ParseQueue {
  private readonly queue: PendingParse[] = [];
  private current: PendingParse | null = null;
  private parser: Parser | null = null;
  private ready = false;
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly make: () => Parser,
    private readonly budgetMs: number,
    private readonly lastMs: number,
    /** For a worker that never begins: it is not to hold up the queue for ever. */
    private readonly startMs: number,
  ) {}

  /** Null: it cannot be drawn as markdown. */
  parse(text: string): Promise<string | null> {
    return new Promise((resolve) => {
      this.queue.push({ text, late: false, resolve });
      this.next();
    });
  }

  private next(): void {
    if (this.current || this.queue.length === 0) return;
    if (!this.parser) this.start();
    const waiting = this.ready ? this.queue.shift() : undefined;
    if (!this.parser || !waiting) return;
    this.current = waiting;
    this.parser.postMessage(waiting.text);
    this.timer = setTimeout(() => this.late(), waiting.late ? this.lastMs : this.budgetMs);
  }

  private start(): void {
    this.timer = setTimeout(() => this.fail(), this.startMs);
    this.parser = this.make();
    this.parser.onmessage = ({ data }) => {
      if (this.ready) this.settle(typeof data === 'string' ? data : null);
      else {
        this.ready = true;
        this.clear();
        this.next();
      }
    };
    this.parser.onerror = () => this.fail();
  }

  private late(): void {
    const slow = this.current;
    if (!slow || slow.late) {
      this.fail();
      return;
    }
    slow.late = true;
    this.current = null;
    this.queue.push(slow);
    this.end();
    this.next();
  }

  private end(): void {
    this.clear();
    this.parser?.terminate();
    this.parser = null;
    this.ready = false;
  }

  /** The text under way, or the next where the worker did not begin, is given up, and the worker with it. */
  private fail(): void {
    this.end();
    this.current ??= this.queue.shift() ?? null;
    this.settle(null);
  }

  private settle(html: string | null): void {
    this.clear();
    const done = this.current;
    this.current = null;
    done?.resolve(html);
    this.next();
  }

  private clear(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }
}

const BUDGET_MS = 500;
const LAST_MS = 4_000;
const START_MS = 20_000;
const queue = new ParseQueue(
  () => new Worker(new URL('./markdown.worker.ts', import.meta.url), { type: 'module' }) as Parser,
  BUDGET_MS,
  LAST_MS,
  START_MS,
);
/** Null inside: the text is shown as it was written. */
const cache = new LRUCache<string, { readonly html: string | null }>({ max: 300 });

/** HTML of a text that was drawn before; undefined when it was not. */
export const cachedHtml = (text: string): string | null | undefined => cache.get(text)?.html;

/** Clean HTML; null for what is shown as it was written. */
export async function drawMarkdown(text: string): Promise<string | null> {
  const before = cache.get(text);
  if (before) return before.html;
  const html = await queue.parse(text);
  const clean = html === null ? null : cleanHtml(html);
  cache.set(text, { html: clean });
  return clean;
}
