/** Makes a document of what is stored (rules S1, S8): what does not apply is left out and named, the rest is served. */
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { inspect, UNLIMITED } from './inspection.ts';
import { clockOf } from './known.ts';
import { misplaced } from './places.ts';
import { proven } from './proof.ts';

export interface StoredRow {
  readonly seq: number;
  readonly update: Uint8Array;
}

export interface Left {
  /** Null for what was stored with the document itself. */
  readonly seq: number | null;
  readonly update: Uint8Array;
  readonly reason: string;
}

export interface Opened {
  readonly doc: Y.Doc;
  readonly left: readonly Left[];
}

/** Throws when the stored document itself cannot be read. */
export function openDocument(state: Uint8Array | null, rows: readonly StoredRow[]): Opened {
  let opened = applyAll(state, rows, []);
  const strange = rows.filter((row) => !isReadable(row.update));
  // An earlier version took updates that apply and cannot be stored again. Such a row is served as long as it can be.
  if (strange.length > 0 && !canBeStored(opened.doc)) {
    opened.doc.destroy();
    opened = applyAll(
      state,
      rows.filter((row) => !strange.includes(row)),
      strange.map(({ seq, update }) => ({ seq, update, reason: `stored row ${seq} cannot be stored again` })),
    );
  }
  // One took changes that stand where no client would have put them: with such a row the board could not be stored again.
  const { wrong } = opened;
  if (wrong.size > 0 && !canBeStored(opened.doc)) {
    opened.doc.destroy();
    opened = applyAll(
      state,
      rows.map((row) => (wrong.has(row.seq) ? { ...row, update: emptied(row.update) } : row)),
      rows.flatMap(({ seq, update }) => {
        const what = wrong.get(seq);
        return what === undefined ? [] : [{ seq, update, reason: `stored row ${seq} holds ${what}` }];
      }),
    );
  }
  return { doc: opened.doc, left: [...opened.left, ...withoutPending(opened.doc)] };
}

/** Its structs as deleted for good: without any, all that their author and others wrote behind them would go too. */
function emptied(update: Uint8Array): Uint8Array {
  const { clients, deletesAt } = inspect(update, UNLIMITED);
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, clients.size);
    for (const [client, { from, to }] of clients) {
      for (const value of [1, client, from]) encoding.writeVarUint(encoder, value);
      encoding.writeUint8(encoder, 0);
      encoding.writeVarUint(encoder, to - from);
    }
    encoding.writeUint8Array(encoder, update.subarray(deletesAt));
  });
}

function applyAll(
  state: Uint8Array | null,
  rows: readonly StoredRow[],
  left: readonly Left[],
): Opened & { readonly wrong: ReadonlyMap<number, string> } {
  const bad = new Map<number, Left>();
  for (;;) {
    const wrong = new Map<number, string>();
    const doc = new Y.Doc();
    if (state) Y.applyUpdate(doc, state);
    const failed = rows.find(
      ({ seq, update }) => !bad.has(seq) && !applies(doc, update, (what) => wrong.set(seq, what)),
    );
    if (!failed) return { doc, left: [...left, ...bad.values()], wrong };
    // An update that failed half way may have left something behind: begin again without it.
    doc.destroy();
    bad.set(failed.seq, { ...failed, reason: `stored row ${failed.seq} does not apply` });
  }
}

/** What waits for changes that never came: an earlier version kept it, and it would take the place of others' changes. */
function withoutPending({ store }: Y.Doc): Left[] {
  const waiting = [store.pendingStructs?.update, store.pendingDs].flatMap((update) =>
    update ? [Y.convertUpdateFormatV2ToV1(update)] : [],
  );
  store.pendingStructs = null;
  store.pendingDs = null;
  return waiting.map((update) => ({
    seq: null,
    update,
    reason: 'a stored change builds on changes that were never stored',
  }));
}

/** `onWrong` hears what stands where it should not. */
function applies(doc: Y.Doc, update: Uint8Array, onWrong: (what: string) => void): boolean {
  const clocks = new Map(writersOf(update).map((client) => [client, clockOf(doc, client)]));
  // Looked at before Yjs forgets what the same row deletes.
  const look = () => {
    const what = misplaced(doc, clocks);
    if (what !== null) onWrong(what);
  };
  doc.once('afterTransaction', look);
  try {
    // Reads every struct lazily first, so that a forged count cannot make Yjs allocate for it.
    Y.decodeUpdate(update);
    Y.applyUpdate(doc, update);
    return true;
  } catch {
    return false;
  } finally {
    doc.off('afterTransaction', look);
  }
}

/** Client ids whose structs a stored update brings; none when it cannot be read. */
export function writersOf(update: Uint8Array): number[] {
  try {
    return [...inspect(update, UNLIMITED).clients.keys()];
  } catch {
    return [];
  }
}

function isReadable(update: Uint8Array): boolean {
  try {
    inspect(update, UNLIMITED);
    return true;
  } catch {
    return false;
  }
}

function canBeStored(doc: Y.Doc): boolean {
  try {
    proven(doc);
    return true;
  } catch {
    return false;
  }
}
