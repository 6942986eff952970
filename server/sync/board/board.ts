/**
 * One board's document, twice: `live` holds what is durable and is what others are served; `staging` also holds what
 * waits to be durable, and is where an update is tried (rules S2, S8). Nothing here waits for anything.
 *
 * An update that is accepted has been read without decoding (inspection.ts), builds on nothing that is missing, has
 * been applied to the copy and encoded again. Stored is what of it is not durable yet: not the copy's encoding, in which
 * it may already be changed by what others wrote and what is not durable.
 */
import * as Y from 'yjs';
import { isOfLaterVersion } from '../../../core/board/index.ts';
import { type Inspected, inspect, ROOTS, TooMuch, UNLIMITED, type UpdateLimits } from './inspection.ts';
import { clockOf, countStructs, depthOf, hasGap, newIn, writers } from './known.ts';
import { misplaced } from './places.ts';
import { proven } from './proof.ts';

export interface BoardLimits extends UpdateLimits {
  readonly documentBytes: number;
  /** Structs of one document, deleted ones included. */
  readonly documentStructs: number;
  /** Client ids in one document: each window that ever wrote is one. */
  readonly documentClients: number;
}

export type Verdict =
  /** `update` is what to store; `clients` write here for the first time. */
  | { readonly kind: 'fine'; readonly update: Uint8Array; readonly clients: readonly number[] }
  /** All of it is durable already. */
  | { readonly kind: 'nothing' }
  /** It builds on what is neither here nor in itself. */
  | { readonly kind: 'gap' }
  /** `reason` completes a sentence. */
  | {
      readonly kind: 'broken' | 'too-much' | 'full' | 'worn' | 'forbidden' | 'foreign';
      readonly reason: string;
    };

/** Types within types: an item is 1 deep, its text 2. */
const TYPE_DEPTH = 8;

export class Board {
  readonly live: Y.Doc;
  /** Made at the first update: a board that is only looked at costs one document, not two. */
  private staging: Y.Doc | null = null;
  /** At least the size of `staging` as one update, bytes. */
  private bytes = 0;
  private encoded: Uint8Array | null = null;

  constructor(
    live: Y.Doc,
    private readonly limits: BoardLimits,
  ) {
    this.live = live;
  }

  /**
   * `person` writes: null for the server itself. `waiting`: accepted before and not in `live` yet, in order; asked for
   * when the copy has to be made. `owner` tells whose a client id is, null while it is nobody's.
   */
  attempt(
    update: Uint8Array,
    {
      mayEdit,
      person,
      own = false,
      owner,
      mayBegin = () => true,
      waiting,
    }: {
      readonly mayEdit: boolean;
      readonly person: string | null;
      /** The server wrote it: it may be of any size that the board may have. */
      readonly own?: boolean;
      readonly owner: (client: number) => string | null;
      /** Whether the person may write under so many ids that were nobody's. */
      readonly mayBegin?: (count: number) => boolean;
      readonly waiting: () => Iterable<Uint8Array>;
    },
  ): Verdict {
    let inspected: Inspected;
    try {
      inspected = inspect(update, own ? UNLIMITED : this.limits);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { kind: error instanceof TooMuch ? 'too-much' : 'broken', reason };
    }
    const fresh = newIn(this.live, update, inspected);
    if (!fresh) return { kind: 'nothing' };
    if (!mayEdit) return { kind: 'forbidden', reason: 'changes of the board' };
    const staging = this.staged(waiting);
    const clients = writers(staging, inspected);
    const foreign = clients.find((client) => {
      const whose = owner(client);
      return whose !== null && whose !== person;
    });
    if (foreign !== undefined) return { kind: 'foreign', reason: `client id ${foreign} is another person's` };
    if (!mayBegin(clients.filter((client) => owner(client) === null).length))
      return { kind: 'too-much', reason: 'changes of too many new windows of one person' };
    // What others wrote and is not durable yet may never be: only one's own is built on before it is.
    const known = (client: number) => clockOf(owner(client) === person ? staging : this.live, client);
    if (hasGap(inspected, known)) return { kind: 'gap' };
    const before = { structs: countStructs(staging), bytes: this.bytes };
    const clocks = new Map(clients.map((client) => [client, clockOf(staging, client)]));
    let wrong: string | null = null;
    // Looked at before Yjs forgets what the same update deletes.
    staging.once('afterTransaction', () => {
      wrong = misplaced(staging, clocks);
    });
    let verdict: Verdict;
    try {
      Y.applyUpdate(staging, fresh);
      verdict =
        wrong === null
          ? this.judge(staging, fresh, inspected, before)
          : { kind: 'broken', reason: `it holds ${wrong}` };
    } catch (error) {
      verdict = { kind: 'broken', reason: `it does not apply: ${String(error)}` };
    }
    if (verdict.kind !== 'fine') {
      // Made anew at once: whoever spoils the copy pays the time, not who writes next.
      this.forgetStaging();
      this.staged(waiting);
      return verdict;
    }
    return {
      ...verdict,
      clients: clients.filter((client) => owner(client) === null || clocks.get(client) === 0),
    };
  }

  /** Makes the copy, as the first attempt would. `waiting` as there. */
  stage(waiting: () => Iterable<Uint8Array>): void {
    this.staged(waiting);
  }

  /** Durable updates enter the live document; resolves to what is new in it, null when nothing is. */
  apply(updates: readonly Uint8Array[]): Uint8Array | null {
    const encoded: Uint8Array[] = [];
    const onUpdate = (update: Uint8Array) => encoded.push(update);
    this.live.on('update', onUpdate);
    try {
      this.live.transact(() => {
        for (const update of updates) Y.applyUpdate(this.live, update);
      });
    } finally {
      this.live.off('update', onUpdate);
    }
    return encoded[0] ?? null;
  }

  /** Everything durable that a client with this state vector lacks. */
  missing(vector: Uint8Array): Uint8Array {
    return Y.encodeStateAsUpdate(this.live, vector);
  }

  vector(): Uint8Array {
    return Y.encodeStateVector(this.live);
  }

  state(): Uint8Array {
    return Y.encodeStateAsUpdate(this.live);
  }

  /** The live document, to be stored in place of its rows. */
  proven(): Uint8Array {
    return proven(this.live);
  }

  /** What `change` would write; it builds on durable updates only, so that none of it can be left hanging. */
  edited(change: (doc: Y.Doc) => void): Uint8Array | null {
    const copy = new Y.Doc();
    Y.applyUpdate(copy, this.state());
    const encoded: Uint8Array[] = [];
    copy.on('update', (update: Uint8Array) => encoded.push(update));
    copy.transact(() => change(copy));
    copy.destroy();
    return encoded[0] ?? null;
  }

  destroy(): void {
    this.forgetStaging();
    this.live.destroy();
  }

  private judge(
    staging: Y.Doc,
    update: Uint8Array,
    inspected: Inspected,
    before: { readonly structs: number; readonly bytes: number },
  ): Verdict {
    if (staging.store.pendingStructs || staging.store.pendingDs) return { kind: 'gap' };
    if (staging.share.size > ROOTS) return { kind: 'broken', reason: 'it names too many roots' };
    if (inspected.types > 0 && depthOf(staging, inspected, TYPE_DEPTH) > TYPE_DEPTH)
      return { kind: 'broken', reason: `it nests items deeper than ${TYPE_DEPTH}` };
    // Nobody else could read the board any more: the server is older than the page, or somebody plays a trick.
    if (isOfLaterVersion(staging) && !isOfLaterVersion(this.live))
      return { kind: 'broken', reason: 'it is of a later version of Interlayer; update the server' };
    const structs = countStructs(staging);
    if (structs > this.limits.documentStructs && structs > before.structs)
      return { kind: 'full', reason: `the board would have ${structs} parts` };
    if (inspected.clients.size > 0 && staging.store.clients.size > this.limits.documentClients)
      return { kind: 'worn', reason: 'too many windows have written on the board' };
    // What Yjs made of it has to be readable again, by the rule that it came in by.
    if (this.encoded) inspect(this.encoded, UNLIMITED);
    this.encoded = null;
    this.bytes += update.length;
    if (this.bytes > this.limits.documentBytes) {
      // The sum of the updates is only an upper bound: typing and deleting leaves less behind.
      this.bytes = Y.encodeStateAsUpdate(staging).length;
      if (this.bytes > this.limits.documentBytes && this.bytes > before.bytes)
        return { kind: 'full', reason: `the board would have ${this.bytes} bytes` };
    }
    return { kind: 'fine', update, clients: [] };
  }

  private staged(waiting: () => Iterable<Uint8Array>): Y.Doc {
    if (this.staging) return this.staging;
    const staging = new Y.Doc();
    const state = this.state();
    Y.applyUpdate(staging, state);
    this.bytes = state.length;
    for (const update of waiting()) {
      Y.applyUpdate(staging, update);
      this.bytes += update.length;
    }
    staging.on('update', (update: Uint8Array) => {
      this.encoded = update;
    });
    this.staging = staging;
    return staging;
  }

  /** Forgets the copy; the next update makes a new one. */
  forgetStaging(): void {
    this.staging?.destroy();
    this.staging = null;
    this.encoded = null;
  }
}
