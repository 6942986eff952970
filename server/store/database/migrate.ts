/**
 * Applies the committed migrations. Prisma's own runner needs an engine that would have to be downloaded, so this one
 * speaks to the driver, and records in Prisma's table `_prisma_migrations` in Prisma's format.
 */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { UserError } from '../../../core/errors/index.ts';
import type { SqliteAdapter } from './sqlite.ts';

export type Provider = 'sqlite' | 'postgresql';

type Connection = Awaited<ReturnType<SqliteAdapter['connect']>>;
type Transaction = Awaited<ReturnType<Connection['startTransaction']>>;
interface Factory {
  connect(): Promise<Connection>;
}
interface Migration {
  name: string;
  checksum: string;
  sql: string;
}

const appliedSchema = z.object({ name: z.string(), checksum: z.string() });

const TABLE = {
  sqlite: `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id" TEXT PRIMARY KEY NOT NULL, "checksum" TEXT NOT NULL, "finished_at" DATETIME, "migration_name" TEXT NOT NULL,
    "logs" TEXT, "rolled_back_at" DATETIME, "started_at" DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0)`,
  postgresql: `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id" VARCHAR(36) PRIMARY KEY NOT NULL, "checksum" VARCHAR(64) NOT NULL, "finished_at" TIMESTAMPTZ,
    "migration_name" VARCHAR(255) NOT NULL, "logs" TEXT, "rolled_back_at" TIMESTAMPTZ,
    "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(), "applied_steps_count" INTEGER NOT NULL DEFAULT 0)`,
};
/** Any number, the same in all processes: they migrate one after the other. */
const LOCK = 7_310_425;

/** Resolves to the names of the migrations that it applied; all of them or none, in one transaction. */
export async function migrate(factory: Factory, provider: Provider, folder = ownFolder()): Promise<string[]> {
  const wanted = await readMigrations(join(folder, provider));
  const connection = await factory.connect();
  try {
    // Redefining a table drops it, which with foreign keys on would delete the rows that refer to it.
    if (provider === 'sqlite') await run(connection, 'PRAGMA foreign_keys = OFF');
    const tx = await connection.startTransaction();
    try {
      const done = await migrateIn(tx, provider, wanted);
      await end(tx, 'COMMIT');
      return done;
    } catch (error) {
      await end(tx, 'ROLLBACK');
      throw error;
    }
  } finally {
    await connection.dispose();
  }
}

/** Without `usePhantomQuery` the statement is ours to send, and the method only gives the connection back. */
async function end(tx: Transaction, statement: 'COMMIT' | 'ROLLBACK'): Promise<void> {
  try {
    if (!tx.options.usePhantomQuery) await run(tx, statement);
  } finally {
    await (statement === 'COMMIT' ? tx.commit() : tx.rollback());
  }
}

async function migrateIn(tx: Transaction, provider: Provider, wanted: Migration[]): Promise<string[]> {
  // SQLite holds the write lock since the transaction began.
  if (provider === 'postgresql') await query(tx, `SELECT pg_advisory_xact_lock(${LOCK})::text`);
  await run(tx, TABLE[provider]);
  const applied = await appliedMigrations(tx);
  checkHistory(applied, wanted);
  const done: string[] = [];
  for (const migration of wanted.slice(applied.length)) {
    const statements = splitStatements(migration.sql);
    for (const statement of statements) await run(tx, statement);
    await run(
      tx,
      `INSERT INTO "_prisma_migrations" ("id", "checksum", "migration_name", "finished_at", "applied_steps_count")
       VALUES ('${randomUUID()}', '${migration.checksum}', '${migration.name}', CURRENT_TIMESTAMP, 1)`,
    );
    done.push(migration.name);
  }
  if (provider === 'sqlite' && done.length > 0) {
    const broken = await query(tx, 'PRAGMA foreign_key_check');
    if (broken.length > 0) throw new Error(`Migration ${done.at(-1)} leaves rows that refer to nothing.`);
  }
  return done;
}

async function appliedMigrations(tx: Transaction): Promise<z.infer<typeof appliedSchema>[]> {
  const rows = await query(
    tx,
    `SELECT "migration_name", "checksum" FROM "_prisma_migrations" WHERE "rolled_back_at" IS NULL ORDER BY "migration_name"`,
  );
  return rows.map(([name, checksum]) => appliedSchema.parse({ name, checksum }));
}

/** A database that another version made is as good as any, and none of it may be taken for damage. */
function checkHistory(applied: { name: string; checksum: string }[], wanted: Migration[]): void {
  const unknown = applied.find(({ name }) => !wanted.some((ours) => ours.name === name));
  if (unknown)
    throw new UserError(
      'conflict',
      `The database was made by a later version of Interlayer (migration ${unknown.name} is not known here); update this installation, or restore the backup from before the update. Nothing is wrong with the database, and nothing in it was changed.`,
    );
  applied.forEach(({ name, checksum }, i) => {
    const ours = wanted[i];
    if (!ours || ours.name !== name) {
      throw new UserError(
        'conflict',
        `The database was made by another version of Interlayer: it has the migration ${name} without ${ours?.name}, which belongs before it. Start the version that made it, or restore the backup from before it. Nothing in the database was changed.`,
      );
    }
    if (ours.checksum !== checksum) {
      throw new UserError(
        'conflict',
        `The migration ${name} was applied with other contents than this version has (SHA-256 ${checksum.slice(0, 12)}, expected ${ours.checksum.slice(0, 12)}). A migration must not be changed after it was applied: restore its file.`,
      );
    }
  });
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      if (!/^\d{14}_[a-z0-9_]+$/.test(name)) throw new Error(`${name} is no name of a migration`);
      const sql = await readFile(join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/** A driver takes one statement at a time. In the files that Prisma writes, `;` ends a line only after a statement. */
function splitStatements(sql: string): string[] {
  return sql
    .split(/;[ \t]*(?:\r?\n|$)/)
    .map((part) => part.replace(/^\s*--.*$/gm, '').trim())
    .filter((part) => part !== '');
}

/** Above the sources (server/store/database) or the bundle (build). */
function ownFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let i = 0; i < 4; i++) {
    const found = join(folder, 'prisma/migrations');
    if (existsSync(found)) return found;
    folder = dirname(folder);
  }
  throw new Error('prisma/migrations is missing: it belongs beside the build folder.');
}

type Queryable = Pick<Transaction, 'executeRaw' | 'queryRaw'>;
async function run(on: Queryable, sql: string): Promise<void> {
  await on.executeRaw({ sql, args: [], argTypes: [] });
}
async function query(on: Queryable, sql: string): Promise<unknown[][]> {
  return (await on.queryRaw({ sql, args: [], argTypes: [] })).rows;
}
