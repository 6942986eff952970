/**
 * SQLite through libsql, on one connection. The stock adapter hands its connection to each transaction and opens
 * another for what follows, without our settings, and begins transactions that read first and then fail to write
 * when another process (the command line) wrote meanwhile. Here all statements use one connection, and a transaction
 * takes the write lock at its beginning. The adapter already lets one transaction run at a time.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Sqlite3Client } from '@libsql/client/sqlite3';
import { PrismaLibSQL } from '@prisma/adapter-libsql';
import Database from 'libsql';

type Client = ReturnType<PrismaLibSQL['createClient']>;
type Transaction = Awaited<ReturnType<Client['transaction']>>;

/**
 * `synchronous=FULL`: a commit is on the disk when it returns, also after a loss of power. No `busy_timeout`: libsql
 * would wait with the whole process standing still, and for ever when the lock is held in this process.
 */
const SETTINGS = [
  'PRAGMA busy_timeout = 0',
  'PRAGMA journal_mode = WAL',
  'PRAGMA synchronous = FULL',
  'PRAGMA foreign_keys = ON',
];
/** How long a statement waits for another connection's transaction. */
const BUSY_MS = 20_000;

const MASKED = /A rollback cannot be executed on a committed transaction/;

export class SqliteAdapter extends PrismaLibSQL {
  private failedCommit: unknown = null;

  /**
   * Why a commit failed. Prisma answers a failed commit of a statement's own transaction by a rollback, and tells only that
   * there was nothing to roll back.
   */
  explain(error: unknown): unknown {
    if (!(error instanceof Error && MASKED.test(error.message)) || this.failedCommit === null) return error;
    return this.failedCommit;
  }

  override createClient(config: Parameters<PrismaLibSQL['createClient']>[0]): Client {
    const path = fileURLToPath(config.url);
    const db = new Database(path);
    const client = new Sqlite3Client(path, {}, db, config.intMode ?? 'number');
    const plain = client.execute.bind(client);
    // A statement that found the database locked stays in progress until it is given again or collected as garbage, and
    // no transaction of its connection can be committed meanwhile. So only statements that are kept may wait for the lock.
    const begin = db.prepare('BEGIN IMMEDIATE');
    const commit = db.prepare('COMMIT');
    const settings = (async () => {
      for (const sql of SETTINGS) {
        const setting = db.prepare(sql);
        await whenFree(() => setting.all());
      }
    })();
    settings.catch(() => undefined);
    client.execute = async (...args: Parameters<typeof plain>) => {
      await settings;
      if (db.inTransaction || onlyReads(args[0])) return plain(...args);
      await whenFree(() => begin.run());
      // Both run to their ends before they return, so that nothing comes between them.
      const done = plain(...args);
      if (db.inTransaction) ended(db, commit, done);
      return done;
    };
    client.transaction = async () => {
      await settings;
      await whenFree(() => begin.run());
      return transactionOn(client, (error) => {
        this.failedCommit = error;
      });
    };
    return client;
  }
}

const onlyReads = (statement: Parameters<Client['execute']>[0]): boolean =>
  /^\s*(select|pragma)\b/i.test(typeof statement === 'string' ? statement : statement.sql);

/** Throws where the commit fails, and then leaves no transaction open. */
function ended(db: Database.Database, commit: Database.Statement, done: Promise<unknown>): void {
  try {
    commit.run();
  } catch (error) {
    done.catch(() => undefined);
    if (db.inTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

async function whenFree(work: () => unknown): Promise<void> {
  const started = performance.now();
  for (let wait = 1; ; wait = Math.min(2 * wait, 32)) {
    try {
      work();
      return;
    } catch (error) {
      const busy = error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');
      if (!busy || performance.now() - started > BUSY_MS) throw error;
    }
    // Of several that wait, not all try again at the same moment.
    await delay(wait * (0.5 + Math.random()));
  }
}

function transactionOn(client: Client, onFailedCommit: (error: unknown) => void): Transaction {
  let closed = false;
  const end = async (statement: 'COMMIT' | 'ROLLBACK') => {
    if (closed) return;
    closed = true;
    try {
      await client.execute(statement);
    } catch (error) {
      // A failed COMMIT (full disk) leaves the transaction open, and every later one would be refused.
      if (statement === 'COMMIT') {
        onFailedCommit(error);
        await client.execute('ROLLBACK').catch(() => undefined);
      }
      throw error;
    }
  };
  return {
    execute: (statement: Parameters<Transaction['execute']>[0]) => client.execute(statement),
    batch: async (statements) => {
      const results = [];
      for (const statement of statements) results.push(await client.execute(statement));
      return results;
    },
    executeMultiple: (sql) => client.executeMultiple(sql),
    commit: () => end('COMMIT'),
    rollback: () => end('ROLLBACK'),
    close: () => {
      end('ROLLBACK').catch(() => undefined);
    },
    get closed() {
      return closed;
    },
  };
}
