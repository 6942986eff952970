/**
 * Changes that the server has not confirmed, kept in the browser's own database (IndexedDB) until it has: closing or
 * reloading the page loses none of them. Each entry is one update of the board's document, with the texts that it
 * changed as they were read then, so that a text can be offered back when somebody else removed it meanwhile.
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { BoardItem } from '@/core/board/index.ts';

export interface KeptChange {
  readonly board: string;
  /** Whose it is: nobody else who uses this browser sends it. */
  readonly user: string;
  readonly update: Uint8Array;
  /** Items whose text this change wrote, as they were after it. */
  readonly written: readonly BoardItem[];
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
  private readonly own: number[] = [];

  constructor(
    private readonly board: string,
    private readonly user: string,
    private readonly now: () => number = Date.now,
  ) {
    this.database = open();
  }

  /** False where the browser keeps nothing, as some do in private windows. */
  async available(): Promise<boolean> {
    return (await this.database) !== null;
  }

  add(update: Uint8Array, written: readonly BoardItem[]): void {
    this.enqueue(async (database) => {
      const change = { board: this.board, user: this.user, update, written, at: this.now() };
      this.own.push(await database.add(STORE, change));
    });
  }

  /** All that this page added is confirmed. */
  confirmed(): void {
    this.enqueue(async (database) => {
      const done = this.own.splice(0);
      const change = database.transaction(STORE, 'readwrite');
      await Promise.all([...done.map((key) => change.store.delete(key)), change.done]);
    });
  }

  /**
   * What pages of this person left unconfirmed on this board, oldest first, taken over by this page: it adds what is
   * still missing from the board anew, and the old entries go.
   */
  take(): Promise<readonly KeptChange[]> {
    return new Promise((resolve) => {
      this.enqueue(
        async (database) => {
          const change = database.transaction(STORE, 'readwrite');
          const taken: KeptChange[] = [];
          const oldest = this.now() - LIVES_MS;
          for await (const cursor of change.store) {
            const { board, user, at } = cursor.value;
            const mine = board === this.board && user === this.user && !this.own.includes(cursor.primaryKey);
            if (mine && at >= oldest) taken.push(cursor.value);
            if (mine || at < oldest) await cursor.delete();
          }
          await change.done;
          resolve(taken);
        },
        () => resolve([]),
      );
    });
  }

  /** Resolves when all that was asked for is done. */
  settled(): Promise<unknown> {
    return this.last;
  }

  private enqueue(work: (database: IDBPDatabase<Schema>) => Promise<void>, otherwise?: () => void): void {
    this.last = this.last.then(async () => {
      const database = await this.database;
      try {
        if (database) await work(database);
        else otherwise?.();
      } catch {
        // The browser's disk is full, or its database was deleted: the page still holds the change, and says that it is unsaved.
        otherwise?.();
      }
    });
  }
}

async function open(): Promise<IDBPDatabase<Schema> | null> {
  if (typeof indexedDB === 'undefined') return null;
  try {
    return await openDB<Schema>(NAME, 1, {
      upgrade: (database) => {
        database.createObjectStore(STORE, { autoIncrement: true });
      },
    });
  } catch {
    return null;
  }
}
