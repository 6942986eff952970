/**
 * One board while it is open: loaded, served, saved, squashed, dropped (rules S1, S2, S8).
 *
 * An update goes: tried on a copy (staging) -> journal, durable -> live document -> others, and "saved" to its author.
 * Whoever joins is served the live document, so nobody ever sees what is not durable.
 */
import * as Y from 'yjs';
import type { Person, ServerMessage } from '../../core/api/index.ts';
import { isDiskFull, UserError } from '../../core/errors/index.ts';
import { AwarenessRoom, type Presence } from './awareness.ts';
import { Board, type Verdict } from './board/board.ts';
import { inspectStateVector } from './board/inspection.ts';
import { type Opened, openDocument, writersOf } from './board/opening.ts';
import type { Journal, SyncLimits } from './contract.ts';
import { BACKLOG_BYTES, ENDINGS, type Ending } from './limits.ts';
import { isElsewhere, persist, within } from './loading.ts';
import { missingMessage, stateVectorMessage, updateMessage } from './messages.ts';
import { Saver, type Written } from './saver.ts';
import { Writers } from './writers.ts';

/** A socket, as its document sees it. */
export interface Peer extends Presence {
  readonly user: Person;
  readonly mayEdit: boolean;
  send(message: Uint8Array): void;
  tell(message: ServerMessage): void;
  /** These of the peer's updates are durable. */
  durable(numbers: readonly number[]): void;
  /** Repeats the count of what is saved: the store works again. */
  recovered(): void;
  end(ending: Ending): void;
}

export type Log = (level: 'info' | 'warn' | 'error', message: string, facts?: object) => void;

/** A peer, and the number of its update; or an edit of the server's own. */
type Source =
  | { readonly peer: Peer; readonly number: number }
  | { readonly saved: () => void; readonly lost: (why: UserError) => void };

export const SAVE_FAILING =
  'Changes cannot be saved at the moment. They are kept in this window and saved as soon as possible: leave it open.';
export const SAVE_FAILING_FULL =
  'The disk of the server is full. Changes are kept in this window and saved once there is space: leave it open, and tell whoever runs the server.';

export class BoardDocument {
  readonly peers = new Set<Peer>();
  private readonly writers = new Writers();
  readonly awareness = new AwarenessRoom<Peer>(this.peers, Date.now, this.writers, (client, peer) =>
    this.shown(client, peer),
  );
  readonly ready: Promise<void>;
  private readonly saver: Saver<Source>;
  private board: Board;
  /** Rows of the journal that the live document holds and the snapshot does not. */
  private rows: number[] = [];
  private squashAt: number;
  private squashing: Promise<void> | null = null;
  private holds = 0;
  private linger: NodeJS.Timeout | null = null;
  private retiring = false;
  private unusable = false;
  private discarded = false;
  private wasFailing = false;
  private why = SAVE_FAILING;

  constructor(
    readonly boardId: string,
    private readonly journal: Journal,
    private readonly limits: SyncLimits,
    private readonly log: Log,
    /** Nothing refers to this document any more and all of it is durable. */
    private readonly onRetired: () => void,
  ) {
    this.squashAt = limits.squashAfter;
    this.saver = new Saver<Source>(journal, boardId, limits.storageMs, {
      written: (rows) => this.written(rows),
      failing: (cause) => this.failing(cause),
      lost: () => this.lost(),
      stuck: () => this.endAll(ENDINGS.storage),
    });
    this.board = new Board(new Y.Doc(), limits);
    this.ready = persist(() => this.load(), limits.storageMs);
    this.ready.catch((error) => {
      log('error', 'a board could not be loaded', { boardId, error: String(error) });
      this.unusable = true;
      this.endAll(isElsewhere(error) ? ENDINGS.elsewhere : ENDINGS.storage);
      onRetired();
    });
  }

  /** Null while all is well. */
  get failure(): string | null {
    return this.saver.isFailing ? this.why : null;
  }

  /** False when it has to be loaded anew; it is given up once its last save has ended. */
  get usable(): boolean {
    return !this.unusable;
  }

  join(peer: Peer): void {
    if (this.linger) clearTimeout(this.linger);
    this.linger = null;
    this.peers.add(peer);
  }

  leave(peer: Peer): void {
    if (!this.peers.delete(peer)) return;
    this.awareness.leave(peer);
    this.release();
  }

  /** Keeps the document loaded while `work` runs. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    this.holds++;
    try {
      await this.ready.catch((error: unknown) => {
        if (error instanceof UserError) throw error;
        throw new UserError('overloaded', 'The board cannot be loaded at the moment. Try again later.');
      });
      return await work();
    } finally {
      this.holds--;
      this.release();
    }
  }

  state(): Uint8Array {
    return this.board.state();
  }

  /** What tells a client what we have, so that it sends what it made while offline. */
  greeting(): Uint8Array {
    return stateVectorMessage(this.board.vector());
  }

  /** Throws on a state vector that cannot be read. */
  missing(vector: Uint8Array): Uint8Array {
    inspectStateVector(vector, this.limits.stateVectorClients);
    return missingMessage(this.board.missing(vector));
  }

  /** Takes an update to be saved; the peer hears `durable` later when it is fine. */
  submit(update: Uint8Array, number: number, peer: Peer): Verdict | { readonly kind: 'storage' } {
    if (this.saver.waitingBytes > this.limits.documentBytes + BACKLOG_BYTES) return { kind: 'storage' };
    const verdict = this.board.attempt(update, {
      mayEdit: peer.mayEdit,
      person: peer.user.id,
      owner: (client) => this.writers.of(client),
      waiting: () => this.waiting,
    });
    if (verdict.kind === 'fine') {
      const { update, clients } = verdict;
      for (const client of clients) this.writers.bind(client, peer.user.id);
      this.saver.push({ update, clients, userId: peer.user.id, source: { peer, number } });
    }
    return verdict;
  }

  private get waiting(): Uint8Array[] {
    return this.saver.waiting.map(({ update }) => update);
  }

  /** For what could not be applied: kept aside for a person to look at. */
  /** False when it is not kept. */
  async quarantine(update: Uint8Array, userId: string | null, reason: string): Promise<boolean> {
    this.log('warn', 'an update was quarantined', { boardId: this.boardId, userId, reason });
    try {
      return await this.journal.quarantine(this.boardId, { update, userId, reason });
    } catch (error) {
      this.log('error', 'an update could not even be quarantined', { boardId: this.boardId, error });
      return false;
    }
  }

  /** An edit of the server's own. It builds on durable updates only, so that none of it can be left hanging. */
  async edit(userId: string | null, change: (doc: Y.Doc) => void): Promise<void> {
    const update = this.board.edited(change);
    if (!update) return;
    const verdict = this.board.attempt(update, {
      mayEdit: true,
      person: userId,
      owner: (client) => this.writers.of(client),
      waiting: () => this.waiting,
    });
    if (verdict.kind === 'nothing') return;
    if (verdict.kind !== 'fine')
      throw new UserError('too_large', 'The board is full: remove something, then try again.');
    const durable = new Promise<void>((saved, lost) =>
      this.saver.push({ update: verdict.update, clients: verdict.clients, userId, source: { saved, lost } }),
    );
    await within(durable, this.limits.storageMs).catch((error: unknown) => {
      if (error instanceof UserError) throw error;
      throw new UserError(
        'overloaded',
        'The change waits to be saved: the store does not answer. Look again later.',
      );
    });
  }

  tellAll(message: ServerMessage): void {
    for (const peer of this.peers) peer.tell(message);
  }

  endAll(ending: Ending): void {
    for (const peer of [...this.peers]) peer.end(ending);
  }

  /** The board is deleted: everybody is sent away, and what still waits has no place to be saved. */
  discard(): void {
    this.giveUp(ENDINGS.deleted, new UserError('not_found', ENDINGS.deleted.reason));
  }

  /** Another server has taken the board: what is here is not the board any more, and nothing of it can be saved. */
  lost(): void {
    if (this.discarded) return;
    this.log('warn', 'a board was taken by another server', { boardId: this.boardId });
    this.giveUp(
      ENDINGS.restart,
      new UserError('conflict', 'The board was taken by another server. Try again in a moment.'),
    );
  }

  private giveUp(ending: Ending, why: UserError): void {
    this.discarded = true;
    this.unusable = true;
    this.saver.stop();
    for (const { source } of this.saver.waiting) if ('lost' in source) source.lost(why);
    this.endAll(ending);
    this.onRetired();
    this.release();
  }

  /** Resolves when everything received is durable and no squash is under way. */
  async saved(): Promise<void> {
    await this.saver.idle();
    await this.squashing;
  }

  private async load(): Promise<void> {
    const { state, updates } = await this.journal.load(this.boardId);
    let opened: Opened;
    try {
      opened = openDocument(state, updates);
    } catch (error) {
      const facts = { boardId: this.boardId, error: String(error) };
      this.log('error', 'a stored board cannot be read', facts);
      if (!(await this.journal.revert(this.boardId))) throw error;
      this.log('warn', 'the board before its last squash is used, with its rows', facts);
      return this.load();
    }
    const { doc, left } = opened;
    await this.knowWriters(updates);
    for (const { seq, update, reason } of left) {
      this.log('error', 'a stored update does not apply', { boardId: this.boardId, seq, reason });
      await this.journal.quarantine(this.boardId, { update, userId: null, reason });
    }
    // A load that ended too late is not served: the document was given up.
    if (this.unusable) return;
    this.board = new Board(doc, this.limits);
    this.rows = updates.map(({ seq }) => seq);
    if (this.rows.length >= this.squashAt) this.squash();
  }

  /** A board from before client ids were kept tells by its rows whose they are. */
  private async knowWriters(updates: readonly { seq: number; update: Uint8Array }[]): Promise<void> {
    const { clients, rows } = await this.journal.writers(this.boardId);
    for (const { client, userId } of clients) this.writers.bind(client, userId);
    const authors = new Map(rows.map(({ seq, userId }) => [seq, userId]));
    for (const { seq, update } of updates) {
      const author = authors.get(seq);
      if (author) for (const client of writersOf(update)) this.writers.bind(client, author);
    }
  }

  /** Kept also over a restart: who has shown a client id may be writing offline under it. */
  private shown(client: number, { mayEdit, user }: Peer): void {
    if (!mayEdit) return;
    this.journal
      .bind(this.boardId, client, user.id)
      .catch((error) =>
        this.log('warn', 'a window could not be noted', { boardId: this.boardId, error: String(error) }),
      );
  }

  private written(rows: readonly Written<Source>[]): void {
    const update = this.apply(rows);
    const numbers = new Map<Peer, number[]>();
    for (const { parts } of rows)
      for (const { source } of parts)
        if ('saved' in source) source.saved();
        else numbers.set(source.peer, [...(numbers.get(source.peer) ?? []), source.number]);
    // Whoever wrote all of it has it already.
    const own = rows.every(({ parts }) => parts.every(({ source }) => 'peer' in source));
    const [only] = own && numbers.size === 1 ? numbers.keys() : [];
    if (update) {
      const message = updateMessage(update);
      for (const peer of this.peers) if (peer !== only) peer.send(message);
    }
    for (const [peer, all] of numbers) peer.durable(all);
    if (this.wasFailing && !this.saver.isFailing) {
      this.wasFailing = false;
      this.log('info', 'a board can be saved again', { boardId: this.boardId });
      for (const peer of this.peers) peer.recovered();
    }
    if (this.rows.length >= this.squashAt) this.squash();
  }

  private apply(rows: readonly Written<Source>[]): Uint8Array | null {
    for (const { seq } of rows) this.rows.push(seq);
    try {
      return this.board.apply(rows.map(({ update }) => update));
    } catch (error) {
      // It applied to the copy. Whatever this is, the live document is not to be trusted: load it again.
      this.log('error', 'an update did not apply', { boardId: this.boardId, error: String(error) });
      this.unusable = true;
      this.endAll(ENDINGS.restart);
      return null;
    }
  }

  private failing(cause: unknown): void {
    if (this.discarded) return;
    this.wasFailing = true;
    this.log('error', 'a board cannot be saved', { boardId: this.boardId, error: String(cause) });
    this.why = isDiskFull(cause) ? SAVE_FAILING_FULL : SAVE_FAILING;
    this.tellAll({ type: 'save-failing', message: this.why });
  }

  /** In the background, one at a time. Deletes the rows that are in the new snapshot and no others. */
  private squash(): Promise<void> {
    this.squashing ??= this.squashOnce().finally(() => {
      this.squashing = null;
    });
    return this.squashing;
  }

  private async squashOnce(): Promise<void> {
    const count = this.rows.length;
    if (count === 0 || this.unusable) return;
    try {
      await this.journal.squash(this.boardId, this.board.proven(), this.rows.slice(0, count));
      // Rows only ever come at the end, so these are still the first.
      this.rows.splice(0, count);
      this.squashAt = this.limits.squashAfter;
    } catch (error) {
      this.squashAt = this.rows.length + this.limits.squashAfter;
      this.log('warn', 'a board could not be squashed', { boardId: this.boardId, error: String(error) });
    }
  }

  private get inUse(): boolean {
    return this.peers.size > 0 || this.holds > 0;
  }

  private release(): void {
    if (this.inUse || this.retiring) return;
    if (this.linger) clearTimeout(this.linger);
    this.linger = setTimeout(() => this.retire(), this.unusable ? 0 : this.limits.lingerMs);
  }

  /** The document stays the live one while its last save runs; a join in between keeps it. */
  async retire(): Promise<void> {
    if (this.retiring || this.inUse) return;
    this.retiring = true;
    await this.ready.catch(() => undefined);
    await this.saved();
    if (!this.inUse) await this.squash();
    this.retiring = false;
    if (this.inUse) return;
    if (this.saver.waiting.length > 0 && !this.discarded) return this.retire();
    this.destroy();
    this.onRetired();
    // What was given up is not this document's to release: the next one may have it already.
    if (!this.unusable)
      this.journal.release?.(this.boardId).catch((error: unknown) => {
        this.log('warn', 'a board could not be released', { boardId: this.boardId, error: String(error) });
      });
  }

  destroy(): void {
    if (this.linger) clearTimeout(this.linger);
    this.saver.stop();
    this.awareness.destroy();
    this.board.destroy();
  }
}
