/** What every part of the store works with. */
import type { Database, Tx } from './database/database.ts';
import type { Blobs } from './files/blobs.ts';

export interface Context {
  readonly db: Database;
  readonly blobs: Blobs;
  /** The database's own time: the same for all servers that work on it, whatever their clocks say. */
  clock(): Promise<Date>;
  /** A blob younger than this is not deleted. */
  readonly blobGraceMs: number;
  /**
   * Runs `work` in a transaction, again when the database asks for it. Isolation is that of PostgreSQL's default
   * (read committed), so whoever reads, decides and writes must lock first: see `lockRow`.
   */
  transact<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}
