/**
 * Who is here and where they look (rule S6). A socket speaks for one client id, the first that it shows; the person is
 * stamped here; others' entries, which y-websocket's client echoes, are left aside.
 *
 * The clocks on the wire to clients are ours, not the sender's: they are times in milliseconds (or one more than the
 * last), so that a client that comes back with its old clock, or through a restarted server, is seen at once.
 */
import type { Person } from '../../../core/api/index.ts';
import { awarenessSchema } from '../../../core/board/types.ts';
import { Writers } from '../board/writers.ts';
import { type AwarenessEntry, awarenessEntry, awarenessMessage } from '../messages.ts';

export interface Presence {
  readonly user: Person;
  sendAwareness(message: Uint8Array): void;
}

interface Record<P> {
  owner: P | null;
  /** The client's own clock: an entry that is not newer is a repetition. */
  theirs: number;
  clock: number;
  json: string;
  relayedAt: number;
}

const GONE = 'null';
/** Own clocks of clients count from 0; ours are times. Anything this large is an echo of ours. */
const OURS = 1e12;
/** A client renews an unchanged state every 15 s and forgets others' after 30 s: renewals pass, repetitions do not. */
const RENEW_MS = 5_000;
/** Client ids remembered with their owner; the oldest that left are forgotten beyond it. */
const REMEMBERED = 1_000;

/** Milliseconds between relays with this many people: at once for a few, 20 times a second in a crowd. */
export function relayInterval(people: number): number {
  return people <= 3 ? 0 : Math.min(50, 2 * people);
}

export class AwarenessRoom<P extends Presence> {
  private readonly records = new Map<number, Record<P>>();
  private readonly clients = new Map<P, number>();
  private readonly changed = new Set<number>();
  private timer: NodeJS.Timeout | null = null;
  private flushedAt = 0;

  constructor(
    private readonly peers: ReadonlySet<P>,
    private readonly now: () => number = Date.now,
    private readonly writers = new Writers(),
    /** A client id is shown for the first time. */
    private readonly onBound: (client: number, peer: P) => void = () => undefined,
  ) {}

  /** Takes the sender's own entry; true when there was one. */
  receive(peer: P, entries: readonly AwarenessEntry[]): boolean {
    let own = false;
    for (const entry of entries) {
      const record = this.own(peer, entry);
      if (record === null) continue;
      own = true;
      if (entry.clock <= record.theirs) continue;
      record.theirs = entry.clock;
      this.change(entry.client, record, stamped(entry.json, peer.user, record.json));
    }
    if (this.changed.size > 0) this.schedule();
    return own;
  }

  /** All states but the peer's own; null when there is nobody. */
  states(peer: P): Uint8Array | null {
    const own = this.clients.get(peer);
    const entries: Uint8Array[] = [];
    for (const [client, record] of this.records)
      if (client !== own && record.json !== GONE)
        entries.push(awarenessEntry(client, record.clock, record.json));
    return entries.length === 0 ? null : awarenessMessage(entries);
  }

  leave(peer: P): void {
    const client = this.clients.get(peer);
    this.clients.delete(peer);
    const record = client === undefined ? undefined : this.records.get(client);
    if (client === undefined || record?.owner !== peer) return;
    record.owner = null;
    this.change(client, record, GONE);
    this.forget();
    this.schedule();
  }

  destroy(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }

  /** The record that this peer may write with this entry, bound to it at its first one. */
  private own(peer: P, entry: AwarenessEntry): Record<P> | null {
    const bound = this.clients.get(peer);
    let record = this.records.get(entry.client);
    if (bound !== undefined) return bound === entry.client && record ? record : null;
    // A client id stays with the person who showed it first, also after they left.
    if (entry.json === GONE || entry.clock >= OURS) return null;
    const whose = this.writers.of(entry.client);
    if (whose !== null && whose !== peer.user.id) return null;
    if (this.writers.bind(entry.client, peer.user.id)) this.onBound(entry.client, peer);
    if (record?.owner) this.clients.delete(record.owner);
    if (!record) {
      record = { owner: peer, theirs: -1, clock: 0, json: GONE, relayedAt: 0 };
      this.records.set(entry.client, record);
    }
    record.owner = peer;
    record.theirs = entry.clock - 1;
    record.relayedAt = 0;
    this.clients.set(peer, entry.client);
    return record;
  }

  private change(client: number, record: Record<P>, json: string): void {
    const now = this.now();
    if (json === record.json && (json === GONE || now - record.relayedAt < RENEW_MS)) return;
    record.json = json;
    record.clock = Math.max(now, record.clock + 1);
    record.relayedAt = now;
    this.changed.add(client);
  }

  private schedule(): void {
    if (this.timer) return;
    const wait = this.flushedAt + relayInterval(this.peers.size) - this.now();
    if (wait <= 0) this.flush();
    else this.timer = setTimeout(() => this.flush(), wait);
  }

  /** Everything that changed, in one message to each; nobody gets their own back. */
  private flush(): void {
    this.timer = null;
    this.flushedAt = this.now();
    const entries = new Map<number, Uint8Array>();
    for (const client of this.changed) {
      const record = this.records.get(client);
      if (record) entries.set(client, awarenessEntry(client, record.clock, record.json));
    }
    this.changed.clear();
    if (entries.size === 0) return;
    const all = awarenessMessage([...entries.values()]);
    for (const peer of this.peers) {
      const own = this.clients.get(peer);
      if (own === undefined || !entries.has(own)) peer.sendAwareness(all);
      else if (entries.size > 1)
        peer.sendAwareness(
          awarenessMessage([...entries].flatMap(([client, entry]) => (client === own ? [] : [entry]))),
        );
    }
  }

  private forget(): void {
    for (const [client, record] of this.records) {
      if (this.records.size <= REMEMBERED) return;
      if (record.owner === null && !this.changed.has(client)) this.records.delete(client);
    }
  }
}

/** The state as others may see it, as JSON; a state that cannot be read leaves the last one. */
function stamped(json: string, user: Person, last: string): string {
  if (json === GONE) return GONE;
  let state: unknown;
  try {
    state = JSON.parse(json);
  } catch {
    return last;
  }
  const parsed = awarenessSchema.safeParse(state);
  if (!parsed.success) return last;
  return JSON.stringify({ ...parsed.data, user: { id: user.id, name: user.name, color: user.color } });
}
