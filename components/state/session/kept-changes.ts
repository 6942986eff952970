/**
 * Changes that the server has not confirmed, kept in the browser's own database (IndexedDB) until it has: closing or
 * reloading the page loses none of them. Each entry is one update of the board's document, with the texts that it
 * changed as they were read then, so that a text can be offered back when somebody else removed it meanwhile.
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { WrittenItem } from './removed-texts.ts';

export interface KeptChange {
  readonly board: string;
  /** Whose it is: nobody else who uses this browser sends it. */
  readonly user: string;
  readonly update: Uint8Array;
  /** Items whose text this change wrote, as they were after it. */
  readonly written: readonly WrittenItem[];
  /** Milliseconds since 1970. */
  readonly at: number;
}

interface Schema extends DBSchema {
  changes: { key: number; value: KeptChange };
}

const NAME = 'interlayer-kept-changes';
const STORE = 'changes';
/** What could not be sent for so long is given up when the browser next keeps something. */
const LIVES_MS = 30 * 86_400_000;

export class KeptChanges {
  private readonly database: Promise<IDBPDatabase<Schema> | null>;
  /** Writes go one after the other, so that what is cleared was added. */
  private last: Promise<unknown> = Promise.resolve();
  /**
   * All that this page answers for, without a key until the browser has taken it. What it did not take is tried again with
   * the next: changes build on each other, and one that is missing spoils those after it.
   */
  private held: { readonly change: KeptChange; key: number | null }[] = [];

  constructor(
    private readonly board: string,
    private readonly user: string,
    private readonly now: () => number = Date.now,
    /** Hears at each try whether the browser keeps all that it was given. */
    private readonly onKeeping: (keeps: boolean) => void = () => undefined,
  ) {
    this.database = open(() => this.onKeeping(false));
    // Some browsers keep nothing in private windows.
    void this.database.then((database) => this.onKeeping(database !== null));
  }

  add(update: Uint8Array, written: readonly WrittenItem[]): void {
    const change = { board: this.board, user: this.user, update, written, at: this.now() };
    this.held.push({ change, key: null });
    this.enqueue(async (database) => {
      const fresh = this.unkept;
      const change = database.transaction(STORE, 'readwrite');
      const adding = Promise.all(fresh.map((held) => change.store.add(held.change)));
      const [keys] = await Promise.all([adding, change.done]);
      for (const [i, held] of fresh.entries()) held.key = keys[i] ?? null;
      this.onKeeping(true);
    });
  }

  private get unkept() {
    return this.held.filter(({ key }) => key === null);
  }

  /** All that this page added or took over is confirmed. */
  confirmed(): void {
    const done = this.held;
    this.held = [];
    this.enqueue(async (database) => {
      const keys = done.flatMap(({ key }) => key ?? []);
      const change = database.transaction(STORE, 'readwrite');
      await Promise.all([...keys.map((key) => change.store.delete(key)), change.done]);
    });
  }

  /**
   * What pages of this person left unconfirmed on this board, oldest first, taken over by this page: it stays here until
   * it is confirmed. Null where the browser has a database and does not give them: they stay there.
   */
  take(): Promise<readonly KeptChange[] | null> {
    return new Promise((resolve) => {
      this.enqueue(
        async (database) => {
          const change = database.transaction(STORE, 'readwrite');
          const known = new Set(this.held.map(({ key }) => key));
          const taken: { readonly change: KeptChange; key: number }[] = [];
          const oldest = this.now() - LIVES_MS;
          for await (const cursor of change.store) {
            const key = cursor.primaryKey;
            // Of a page of another version: it is left to that one.
            if (!isKept(cursor.value)) continue;
            const { board, user, at } = cursor.value;
            if (at < oldest) await cursor.delete();
            else if (board === this.board && user === this.user && !known.has(key))
              taken.push({ change: cursor.value, key });
          }
          await change.done;
          this.held.push(...taken);
          resolve(taken.map(({ change }) => change));
        },
        (there) => resolve(there ? null : []),
      );
    });
  }

  /** What was taken over is left to a later `take`, of this page or another. */
  leave(changes: readonly KeptChange[]): void {
    this.held = this.held.filter(({ change }) => !changes.includes(change));
  }

  /** Nothing more is asked for; what was, is done first. */
  close(): void {
    this.enqueue(async (database) => database.close());
  }

  /** Resolves when all that was asked for is done. */
  settled(): Promise<unknown> {
    return this.last;
  }

  private enqueue(
    work: (database: IDBPDatabase<Schema>) => Promise<void>,
    /** `there`: the browser has a database, which failed. */
    otherwise?: (there: boolean) => void,
  ): void {
    this.last = this.last.then(async () => {
      const database = await this.database;
      try {
        if (database) await work(database);
        else otherwise?.(false);
      } catch {
        // The browser's disk is full, or its database was deleted: the page still holds the change, and says that it is unsaved.
        if (this.unkept.length > 0) this.onKeeping(false);
        otherwise?.(true);
      }
    });
  }
}

function isKept(value: unknown): value is KeptChange {
  if (typeof value !== 'object' || value === null) return false;
  const { board, user, update, written, at } = value as Record<keyof KeptChange, unknown>;
  const strings = typeof board === 'string' && typeof user === 'string';
  return strings && typeof at === 'number' && update instanceof Uint8Array && Array.isArray(written);
}

/** `onGone`: a page of another version wants it in another form, or the browser took it away. It is not waited for. */
async function open(onGone: () => void): Promise<IDBPDatabase<Schema> | null> {
  if (typeof indexedDB === 'undefined') return null;
  try {
    return await openDB<Schema>(NAME, 1, {
      upgrade: (database) => {
        database.createObjectStore(STORE, { autoIncrement: true });
      },
      blocking: (_current, _wanted, event) => {
        (event.target as IDBDatabase).close();
        onGone();
      },
      terminated: onGone,
    });
  } catch {
    return null;
  }
}
