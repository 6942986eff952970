/** Journals for tests: one in memory, one in a file that outlives kill -9, and a slow and failing wrapper for any. */
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { BoardWriters, Journal } from '../contract.ts';

export interface QuarantineEntry {
  update: Uint8Array;
  userId: string | null;
  reason: string;
}

interface Entry {
  update: Uint8Array;
  userId: string | null;
  clients?: readonly number[];
}

interface Board {
  state: Uint8Array | null;
  rows: Map<number, Uint8Array>;
  writers: Map<number, string>;
}

export class MemoryJournal implements Journal {
  readonly boards = new Map<string, Board>();
  readonly quarantined: QuarantineEntry[] = [];
  readonly authors: (string | null)[] = [];
  private seq = 0;

  board(boardId: string): Board {
    let board = this.boards.get(boardId);
    if (!board) {
      board = { state: null, rows: new Map(), writers: new Map() };
      this.boards.set(boardId, board);
    }
    return board;
  }

  async load(boardId: string) {
    const { state, rows } = this.board(boardId);
    return { state, updates: Array.from(rows, ([seq, update]) => ({ seq, update })) };
  }

  async writers(boardId: string): Promise<BoardWriters> {
    const clients = Array.from(this.board(boardId).writers, ([client, userId]) => ({ client, userId }));
    return { clients, rows: [] };
  }

  async bind(boardId: string, client: number, userId: string) {
    const { writers } = this.board(boardId);
    if (!writers.has(client)) writers.set(client, userId);
  }

  async append(boardId: string, { update, userId, clients = [] }: Entry) {
    const seq = ++this.seq;
    if (userId !== null) for (const client of clients) await this.bind(boardId, client, userId);
    // Copied: a stored row must not change when the socket's buffer is used again.
    this.board(boardId).rows.set(seq, update.slice());
    this.authors.push(userId);
    return seq;
  }

  async squash(boardId: string, state: Uint8Array, merged: readonly number[]) {
    const board = this.board(boardId);
    board.state = state;
    for (const seq of merged) board.rows.delete(seq);
  }

  async revert() {
    return false;
  }

  async quarantine(_boardId: string, entry: QuarantineEntry) {
    this.quarantined.push(entry);
    return true;
  }
}

const lineSchema = z.object({
  board: z.string(),
  seq: z.number().optional(),
  update: z.string().optional(),
  state: z.string().optional(),
  merged: z.array(z.number()).optional(),
});

/** One JSON line per append; a squash rewrites the file and renames it into place. */
export class FileJournal implements Journal {
  private readonly memory = new MemoryJournal();
  private seq = 0;

  constructor(private readonly path: string) {
    if (!existsSync(path)) writeFileSync(path, '');
    for (const text of readFileSync(path, 'utf8').split('\n')) {
      if (text === '') continue;
      const { board, seq, update, state } = lineSchema.parse(JSON.parse(text));
      if (state !== undefined) this.memory.board(board).state = Buffer.from(state, 'base64');
      if (seq !== undefined && update !== undefined) {
        this.memory.board(board).rows.set(seq, Buffer.from(update, 'base64'));
        this.seq = Math.max(this.seq, seq);
      }
    }
  }

  load(boardId: string) {
    return this.memory.load(boardId);
  }

  writers(boardId: string) {
    return this.memory.writers(boardId);
  }

  bind(boardId: string, client: number, userId: string) {
    return this.memory.bind(boardId, client, userId);
  }

  revert() {
    return this.memory.revert();
  }

  async append(boardId: string, { update }: Entry) {
    const seq = ++this.seq;
    // Answers later than it writes, as a database does.
    await new Promise((resolve) => setImmediate(resolve));
    appendFileSync(this.path, `${JSON.stringify({ board: boardId, seq, update: base64(update) })}\n`);
    this.memory.board(boardId).rows.set(seq, update.slice());
    await new Promise((resolve) => setImmediate(resolve));
    return seq;
  }

  async squash(boardId: string, state: Uint8Array, merged: readonly number[]) {
    await this.memory.squash(boardId, state, merged);
    const lines: string[] = [];
    for (const [board, { state: snapshot, rows }] of this.memory.boards) {
      if (snapshot) lines.push(JSON.stringify({ board, state: base64(snapshot) }));
      for (const [seq, update] of rows) lines.push(JSON.stringify({ board, seq, update: base64(update) }));
    }
    writeFileSync(`${this.path}.new`, lines.map((line) => `${line}\n`).join(''));
    renameSync(`${this.path}.new`, this.path);
  }

  quarantine(boardId: string, entry: QuarantineEntry) {
    return this.memory.quarantine(boardId, entry);
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

type Method = 'load' | 'append' | 'squash' | 'quarantine';

/**
 * Runs `before` and `after` each call: they may wait or throw (after a write that did happen, too). Once it is `dead` no
 * call is made or answered any more, as after kill -9 of its process.
 */
export class UnsteadyJournal implements Journal {
  before: (method: Method) => Promise<void> | void = () => undefined;
  after: (method: Method) => Promise<void> | void = () => undefined;
  readonly calls: Method[] = [];
  dead = false;

  constructor(private readonly inner: Journal) {}

  load(boardId: string) {
    return this.around('load', () => this.inner.load(boardId));
  }
  writers(boardId: string) {
    return this.inner.writers(boardId);
  }
  bind(boardId: string, client: number, userId: string) {
    return this.inner.bind(boardId, client, userId);
  }
  revert(boardId: string) {
    return this.inner.revert(boardId);
  }
  append(boardId: string, entry: Entry) {
    return this.around('append', () => this.inner.append(boardId, entry));
  }
  squash(boardId: string, state: Uint8Array, merged: readonly number[]) {
    return this.around('squash', () => this.inner.squash(boardId, state, merged));
  }
  quarantine(boardId: string, entry: QuarantineEntry) {
    return this.around('quarantine', () => this.inner.quarantine(boardId, entry));
  }

  private async around<T>(method: Method, call: () => Promise<T>): Promise<T> {
    this.calls.push(method);
    await this.before(method);
    if (this.dead) await new Promise(() => undefined);
    const result = await call();
    await this.after(method);
    if (this.dead) await new Promise(() => undefined);
    return result;
  }
}

/** A gate that calls wait at until it is opened; `reached` resolves when the first one waits. */
export class Gate {
  readonly reached: Promise<void>;
  private readonly opened: Promise<void>;
  private arrive = () => {};
  private release = () => {};

  constructor() {
    this.reached = new Promise((resolve) => {
      this.arrive = resolve;
    });
    this.opened = new Promise((resolve) => {
      this.release = resolve;
    });
  }

  pass(): Promise<void> {
    this.arrive();
    return this.opened;
  }

  open(): void {
    this.release();
  }
}
