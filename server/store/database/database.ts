/** Opens the database named by a URL and brings its tables up to date: the only file that knows which one it is. */
import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import { UserError } from '../../../core/errors/index.ts';
import { PrismaClient as PostgresClient } from '../generated/postgresql/client.ts';
import { type Prisma, PrismaClient as SqliteClient } from '../generated/sqlite/client.ts';
import { migrate, type Provider } from './migrate.ts';
import { SqliteAdapter } from './sqlite.ts';

/**
 * Both clients come from one schema. SQLite's is the type used everywhere, because what it offers is the smaller set:
 * what compiles against it runs on both.
 */
export type Database = SqliteClient;
/** The client inside a transaction. */
export type Tx = Prisma.TransactionClient;

/** On SQLite all processes are on one machine, and share its clock. */
export function clockOf(db: Database, provider: Provider): () => Promise<Date> {
  if (provider === 'sqlite') return async () => new Date();
  return async () => {
    const [row] = await db.$queryRaw<{ ms: number }[]>`
      SELECT (extract(epoch from clock_timestamp()) * 1000)::float8 AS ms`;
    if (!row) throw new Error('the database does not tell the time');
    return new Date(Math.round(row.ms));
  };
}

export interface DatabaseOptions {
  /** `postgresql://...` or `file:PATH`; without one, SQLite in `dataDir`. */
  url?: string | undefined;
  dataDir: string;
  /** Folder with `sqlite/` and `postgresql/`; by default the one that belongs to this build. */
  migrations?: string | undefined;
}

/** Transactions wait for each other on SQLite; half a minute is far above what any of ours takes. */
const WAIT = { maxWait: 30_000, timeout: 30_000 };

export async function openDatabase(options: DatabaseOptions): Promise<{ db: Database; provider: Provider }> {
  const url = options.url || pathToFileURL(join(options.dataDir, 'interlayer.db')).href;
  if (/^postgres(ql)?:\/\//.test(url)) {
    const factory = new PrismaPg({ connectionString: url, max: 10, connectionTimeoutMillis: 10_000 });
    await migrate(factory, 'postgresql', options.migrations);
    const client = new PostgresClient({ adapter: factory, transactionOptions: WAIT });
    return { db: client as unknown as Database, provider: 'postgresql' };
  }
  if (!url.startsWith('file:')) {
    throw new UserError(
      'bad_request',
      `DATABASE_URL begins with ${JSON.stringify(url.split(':')[0])}: expected postgresql://... or file:PATH, or no DATABASE_URL for SQLite in the data folder.`,
    );
  }
  const path = url.startsWith('file:/') ? fileURLToPath(url) : resolve(url.slice('file:'.length));
  await mkdir(dirname(path), { recursive: true });
  const factory = new SqliteAdapter({ url: pathToFileURL(path).href });
  await migrate(factory, 'sqlite', options.migrations).catch((error: unknown) => {
    throw isDamage(error) ? damaged(path, error) : error;
  });
  const client = new SqliteClient({ adapter: factory, transactionOptions: WAIT });
  const db = client.$extends({
    query: {
      $allOperations: async ({ args, query }) => {
        try {
          return await query(args);
        } catch (error) {
          throw factory.explain(error);
        }
      },
    },
  });
  return { db: db as unknown as Database, provider: 'sqlite' };
}

/** What SQLite says of a file whose pages are not what they should be. */
const isDamage = (error: unknown): error is Error =>
  error instanceof Error && /file is not a database|database disk image is malformed/i.test(error.message);

const damaged = (path: string, { message }: Error) =>
  new UserError(
    'conflict',
    `The database ${path} is damaged, or is no SQLite database (${message}): restore the backup.`,
  );
