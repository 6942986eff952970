/** Items and peers for the board's tests. */
import * as Y from 'yjs';
import { addItem } from './document.ts';
import type { BoardItem, Note, View } from './types.ts';
import { undoManager } from './undo.ts';

export const view = (id: string, change: Partial<View> = {}): View => ({
  id,
  kind: 'view',
  frame: { x: 10, y: 20, w: 320, h: 240 },
  locked: false,
  group: null,
  order: 1,
  createdBy: 'ada',
  query: 'select graph() from f',
  lens: 'auto',
  options: {},
  pinnedResult: null,
  ...change,
});
export const note = (id: string, change: Partial<Note> = {}): Note => ({
  id,
  kind: 'note',
  frame: { x: -50, y: 5, w: 200, h: 100 },
  locked: false,
  group: null,
  order: 2,
  createdBy: 'grace',
  text: 'B is worse than A',
  color: 3,
  ...change,
});

/** The same numbers for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One person's copy of a board. Updates wait in `outbox` until they are delivered. */
export class Peer {
  readonly doc = new Y.Doc();
  readonly undo: Y.UndoManager;
  readonly outbox: Uint8Array[] = [];

  constructor(
    readonly name: string,
    clientId: number,
    items: readonly BoardItem[] = [],
  ) {
    this.doc.clientID = clientId;
    for (const item of items) addItem(this.doc, item, 'seed');
    this.undo = undoManager(this.doc);
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'remote') this.outbox.push(update);
    });
  }

  /** Each edit is a step of its own. */
  step(edit: () => void): void {
    edit();
    this.undo.stopCapturing();
  }

  deliver(to: Peer): void {
    for (const update of this.outbox.splice(0)) Y.applyUpdate(to.doc, update, 'remote');
  }
}

/** Two people with the same board. */
export function pair(items: readonly BoardItem[] = []): [Peer, Peer] {
  const a = new Peer('ada', 1, items);
  const b = new Peer('grace', 2);
  Y.applyUpdate(b.doc, Y.encodeStateAsUpdate(a.doc), 'remote');
  a.undo.clear();
  return [a, b];
}

export function sync(a: Peer, b: Peer): void {
  while (a.outbox.length + b.outbox.length > 0) {
    a.deliver(b);
    b.deliver(a);
  }
}
