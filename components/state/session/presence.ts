/**
 * Who is here and what they do (rules S6, B4): this person's state leaves at most 30 times a second, slower in crowds;
 * the others' states are read through the schema, so that a strange client cannot break the page.
 */
import type { Awareness } from 'y-protocols/awareness';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { awarenessSchema, fitPresence, type Presence } from '@/core/board/index.ts';

export interface Peer extends Presence {
  /** One per open page: a person with two pages is two peers. */
  readonly clientId: number;
  readonly user: NonNullable<Presence['user']>;
}

/** Selections travel with every cursor move, so long ones are cut: what follows mirrors is the first of them. */
export const SHARED_EXAMPLES = 200;

/** Milliseconds between two of our frames with this many others on the board. */
export function presenceInterval(peers: number): number {
  return Math.round(1000 / 30 + Math.max(0, peers - 4) * 8);
}

export class PresenceChannel {
  readonly peers: StoreApi<{ readonly list: readonly Peer[] }> = createStore(() => ({ list: [] }));
  private readonly mine: Presence = {};
  private timer: ReturnType<typeof setTimeout> | null = null;
  private lastSent = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly awareness: Awareness,
    private readonly now: () => number = () => performance.now(),
  ) {
    awareness.setLocalState({});
    awareness.on('change', this.read);
  }

  /** Merged into this person's state; the last value before the next frame wins. */
  patch(change: Partial<Presence>): void {
    Object.assign(this.mine, change);
    if (this.mine.selection && this.mine.selection.examples.length > SHARED_EXAMPLES)
      this.mine.selection = {
        ...this.mine.selection,
        examples: this.mine.selection.examples.slice(0, SHARED_EXAMPLES),
      };
    if (this.timer !== null) return;
    const wait = this.lastSent + presenceInterval(this.peers.getState().list.length) - this.now();
    if (wait <= 0) this.flush();
    else this.timer = setTimeout(this.flush, wait);
  }

  get own(): Readonly<Presence> {
    return this.mine;
  }

  destroy(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.awareness.off('change', this.read);
  }

  private readonly flush = () => {
    this.timer = null;
    this.lastSent = this.now();
    this.awareness.setLocalState(fitPresence({ ...this.mine }));
  };

  private readonly read = () => {
    const list: Peer[] = [];
    for (const [clientId, state] of this.awareness.getStates()) {
      if (clientId === this.awareness.clientID) continue;
      const parsed = awarenessSchema.safeParse(state);
      if (parsed.success && parsed.data.user) list.push({ ...parsed.data, user: parsed.data.user, clientId });
    }
    list.sort((a, b) => a.clientId - b.clientId);
    this.peers.setState({ list });
  };
}

/** One entry per person, the most telling page of each (one with a cursor before one without). */
export function people(peers: readonly Peer[]): Peer[] {
  const byUser = new Map<string, Peer>();
  for (const peer of peers) {
    const known = byUser.get(peer.user.id);
    if (!known || (!known.cursor && peer.cursor)) byUser.set(peer.user.id, peer);
  }
  return [...byUser.values()];
}
