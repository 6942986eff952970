/**
 * One board while it is open: loaded, served, saved, squashed, dropped (rules S1, S2, S8).
 *
 * An update goes: tried on a copy (staging) -> journal, durable -> live document -> others, and "saved" to its author.
 * Whoever joins is served the live document, so nobody ever sees what is not durable.
 */
import type { Person, ServerMessage } from '../../../core/api/index.ts';
import { isDiskFull, UserError } from '../../../core/errors/index.ts';
import type { BoardEdit } from '../board/protocol.ts';
import { Writers } from '../board/writers.ts';
import { CLOSE_REASONS, type CloseReason, SAVE_FAILING, SAVE_FAILING_FULL } from '../close-reasons.ts';
import type { Journal, Log, SyncLimits } from '../contract.ts';
import { BACKLOG_BYTES } from '../limits.ts';
import { missingMessage, stateVectorMessage, updateMessage } from '../messages.ts';
import type { BoardProcesses } from '../processes.ts';
import { isElsewhere, withTimeout } from '../retry.ts';
import { Attempts, type Outcome, type Sender } from './attempts.ts';
import { AwarenessRoom, type Presence } from './awareness.ts';
import { HeldBoard } from './held.ts';
import { Saver, type Written } from './saver.ts';
import { Trial } from './trial.ts';
import { Whole } from './whole.ts';

/** A socket, as its document sees it. */
export interface Peer extends Presence, Sender {
  readonly user: Person;
  readonly mayEdit: boolean;
  send(message: Uint8Array): void;
  tell(message: ServerMessage): void;
  /** These of the peer's updates are durable. */
  durable(numbers: readonly number[]): void;
  /** Repeats the count of what is saved: the store works again. */
  recovered(): void;
  end(reason: CloseReason): void;
}

/** A peer, and the number of its update; or an edit of the server's own. */
type Source =
  | { readonly peer: Peer; readonly number: number }
  | { readonly saved: () => void; readonly lost: (why: UserError) => void };

export class BoardDocument {
  readonly peers = new Set<Peer>();
  private readonly writers = new Writers();
  readonly awareness = new AwarenessRoom<Peer>(this.peers, Date.now, this.writers, (client, peer) =>
    this.shown(client, peer),
  );
  readonly ready: Promise<void>;
  private readonly saver: Saver<Source>;
  private readonly held: HeldBoard;
  private readonly whole = new Whole((onTime) => this.held.ask('state', null, this.limits.openMs, onTime));
  private readonly trial: Trial;
  private readonly attempts: Attempts;
  private entries = 0;
  private squashAt: number;
  private squashing: Promise<void> | null = null;
  private holds = 0;
  private linger: NodeJS.Timeout | null = null;
  private retiring = false;
  private unusable = false;
  private discarded = false;
  private destroyed = false;
  private wasFailing = false;
  private why = SAVE_FAILING;

  constructor(
    readonly boardId: string,
    private readonly journal: Journal,
    readonly processes: BoardProcesses,
    private readonly limits: SyncLimits,
    private readonly log: Log,
    /** Nothing refers to this document any more and all of it is durable. */
    private readonly onRetired: () => void,
  ) {
    this.squashAt = limits.squashAfter;
    this.saver = new Saver<Source>(journal, boardId, limits.storageMs, {
      written: (rows) => this.written(rows),
      merge: (updates) => this.held.ask('merge', { updates }, this.limits.stepMs),
      fault: (error) => this.fault(error),
      failing: (cause) => this.failing(cause),
      lost: () => this.lost(),
      stuck: () => this.endAll(CLOSE_REASONS.storage),
    });
    const accepted = () => this.saver.waiting.map(({ entry, update }) => ({ entry, update }));
    this.held = new HeldBoard(boardId, journal, processes, this.writers, limits, log, {
      accepted,
      opened: () => {
        this.whole.forget();
        this.trial.forget();
        if (this.held.rows.length >= this.squashAt) this.squash();
      },
      lost: (error) => {
        log('error', 'a board could not be loaded', { boardId, error: String(error) });
        this.unusable = true;
        this.endAll(isElsewhere(error) ? CLOSE_REASONS.elsewhere : CLOSE_REASONS.storage);
        onRetired();
      },
    });
    const owned = () => this.writers.all();
    this.trial = new Trial(processes, limits, { updates: () => this.whole.updates(), accepted, owned });
    this.attempts = new Attempts(this.held, this.trial, limits.stepMs);
    this.ready = this.held.ready.then(() => undefined);
    this.ready.catch(() => undefined);
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

  state(): Promise<Uint8Array> {
    return this.held.ask('state', null, this.limits.openMs);
  }

  /** What tells a client what we have, so that it sends what it made while offline. */
  async greeting(): Promise<Uint8Array> {
    return stateVectorMessage(await this.held.ask('vector', null, this.limits.stepMs));
  }

  /** The messages that bring a client with this state vector what it lacks. */
  async missing(vector: Uint8Array, peer: Peer): Promise<readonly Uint8Array[]> {
    const onTime = (ms: number) => peer.spend(ms);
    await this.attempts.judged(peer.user.id);
    if (vector.length === 1 && vector[0] === 0) return this.whole.messages(onTime);
    const ask = () => this.held.ask('missing', { vector }, this.limits.openMs, onTime);
    return [missingMessage(await this.attempts.turns.run(() => peer.left, ask))];
  }

  /** Takes an update to be saved; the peer hears `durable` later when it is fine. */
  async submit(
    update: Uint8Array,
    number: number,
    peer: Peer,
  ): Promise<Outcome | { readonly kind: 'storage' }> {
    if (this.saver.waitingBytes > this.limits.documentBytes + BACKLOG_BYTES) return { kind: 'storage' };
    const entry = ++this.entries;
    const { mayEdit, user } = peer;
    this.holds++;
    try {
      const verdict = await this.attempts.take({ entry, update, mayEdit, person: user.id }, peer);
      if (verdict.kind === 'fine') {
        const { update, clients } = verdict;
        for (const client of clients) this.writers.bind(client, user.id);
        this.saver.push({ entry, update, clients, userId: user.id, source: { peer, number } });
        this.trial.accepted({ entry, update, mayEdit: true, person: user.id });
      }
      return verdict;
    } finally {
      this.holds--;
      this.release();
    }
  }

  /** For what could not be applied: kept aside for a person to look at. False when it is not kept. */
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
  async edit(userId: string | null, edit: BoardEdit): Promise<void> {
    const entry = ++this.entries;
    const verdict = await this.held.ask('edit', { entry, edit, person: userId }, this.limits.openMs);
    if (verdict.kind === 'nothing') return;
    if (verdict.kind === 'worn') throw new UserError('too_large', CLOSE_REASONS.worn.reason);
    if (verdict.kind !== 'fine')
      throw new UserError('too_large', 'The board is full: remove something, then try again.');
    const { update, clients } = verdict;
    const durable = new Promise<void>((saved, lost) =>
      this.saver.push({ entry, update, clients, userId, source: { saved, lost } }),
    );
    await withTimeout(durable, this.limits.storageMs).catch((error: unknown) => {
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

  endAll(reason: CloseReason): void {
    for (const peer of [...this.peers]) peer.end(reason);
  }

  /** The board is deleted: everybody is sent away, and what still waits has no place to be saved. */
  discard(): void {
    this.giveUp(CLOSE_REASONS.deleted, new UserError('not_found', CLOSE_REASONS.deleted.reason));
  }

  /** Another server has taken the board: what is here is not the board any more, and nothing of it can be saved. */
  lost(): void {
    if (this.discarded) return;
    this.log('warn', 'a board was taken by another server', { boardId: this.boardId });
    this.giveUp(
      CLOSE_REASONS.restart,
      new UserError('conflict', 'The board was taken by another server. Try again in a moment.'),
    );
  }

  private giveUp(reason: CloseReason, why: UserError): void {
    this.discarded = true;
    this.unusable = true;
    this.saver.stop();
    for (const { source } of this.saver.waiting) if ('lost' in source) source.lost(why);
    this.endAll(reason);
    this.onRetired();
    this.release();
  }

  /** Resolves when everything received is durable and no squash is under way. */
  async saved(): Promise<void> {
    await this.saver.idle();
    await this.squashing;
  }

  /** Kept also over a restart: who has shown a client id may be writing offline under it. */
  private shown(client: number, { user }: Peer): void {
    void this.held.ask('bind', { client, userId: user.id }, this.limits.stepMs).catch(() => undefined);
    this.journal
      .bind(this.boardId, client, user.id)
      .catch((error) =>
        this.log('warn', 'a window could not be noted', { boardId: this.boardId, error: String(error) }),
      );
  }

  private async written(rows: readonly Written<Source>[]): Promise<void> {
    const news = await this.apply(rows);
    const numbers = new Map<Peer, number[]>();
    for (const { parts } of rows)
      for (const { source } of parts)
        if ('saved' in source) source.saved();
        else numbers.set(source.peer, [...(numbers.get(source.peer) ?? []), source.number]);
    // Whoever wrote all of it has it already.
    const own = rows.every(({ parts }) => parts.every(({ source }) => 'peer' in source));
    const [only] = own && numbers.size === 1 ? numbers.keys() : [];
    for (const update of news) {
      const message = updateMessage(update);
      for (const peer of this.peers) if (peer !== only) peer.send(message);
    }
    for (const [peer, all] of numbers) peer.durable(all);
    if (this.wasFailing && !this.saver.isFailing) {
      this.wasFailing = false;
      this.log('info', 'a board can be saved again', { boardId: this.boardId });
      for (const peer of this.peers) peer.recovered();
    }
    if (this.held.rows.length >= this.squashAt) this.squash();
  }

  /** Puts durable rows into the live document; what others lack. */
  private async apply(rows: readonly Written<Source>[]): Promise<Uint8Array[]> {
    const updates = rows.map(({ update }) => update);
    const entries = rows.flatMap(({ parts }) => parts.map(({ entry }) => entry));
    const apply = async () => {
      const place = await this.held.ready;
      try {
        const update = await place.ask('apply', { updates, entries }, this.limits.openMs);
        if (update) this.whole.add(update);
        this.trial.applied({ updates, entries });
        // Only now may a squash take them: it is of what the process holds.
        for (const { seq } of rows) this.held.rows.push(seq);
        return update;
      } catch (error) {
        // They applied to the copy. Whatever this is, what is held is not to be trusted.
        this.held.reopen(place, error);
        throw error;
      }
    };
    try {
      const update = await apply();
      return update ? [update] : [];
    } catch {
      // They may have been read with the journal by now; whoever is here gets them as they were written.
      await apply().catch((error) => this.fault(error));
      return updates;
    }
  }

  /** Whatever is thrown while the board is handled closes its sockets; it is opened again from the journal. */
  private fault(error: unknown): void {
    this.report(error);
    this.endAll(CLOSE_REASONS.fault);
  }

  report(error: unknown): void {
    this.log('error', 'a board could not be handled', { boardId: this.boardId, error: String(error) });
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
    const merged = [...this.held.rows];
    if (merged.length === 0 || this.unusable) return;
    try {
      const state = await this.held.ask('prove', null, this.limits.openMs);
      await this.journal.squash(this.boardId, state, merged);
      const gone = new Set(merged);
      this.held.rows = this.held.rows.filter((seq) => !gone.has(seq));
      this.squashAt = this.limits.squashAfter;
    } catch (error) {
      this.squashAt = this.held.rows.length + this.limits.squashAfter;
      this.log('warn', 'a board could not be squashed', { boardId: this.boardId, error: String(error) });
    }
  }

  private get inUse(): boolean {
    return this.peers.size > 0 || this.holds > 0;
  }

  private release(): void {
    if (this.inUse || this.retiring || this.destroyed) return;
    if (this.linger) clearTimeout(this.linger);
    this.linger = setTimeout(() => this.retire(), this.unusable ? 0 : this.limits.lingerMs);
  }

  /** The document stays the live one while its last save runs; a join in between keeps it. */
  async retire(): Promise<void> {
    if (this.retiring || this.inUse || this.destroyed) return;
    this.retiring = true;
    await this.ready.catch(() => undefined);
    await this.saved();
    if (!this.inUse) await this.squash();
    this.retiring = false;
    if (this.inUse || this.destroyed) return;
    if (this.saver.waiting.length > 0 && !this.discarded) return this.retire();
    // What was given up is not this document's to release: the next one may have it already.
    const ours = !this.unusable;
    this.destroy();
    this.onRetired();
    if (ours)
      this.journal.release?.(this.boardId).catch((error: unknown) => {
        this.log('warn', 'a board could not be released', { boardId: this.boardId, error: String(error) });
      });
  }

  destroy(): void {
    if (this.linger) clearTimeout(this.linger);
    this.saver.stop();
    this.awareness.destroy();
    this.destroyed = true;
    this.unusable = true;
    this.whole.forget();
    this.trial.close();
    this.held.close();
  }
}
