/**
 * SQLite through libsql, on one connection. The stock adapter hands its connection to each transaction and opens
 * another for what follows, without our settings, and begins transactions that read first and then fail to write
 * when another process (the command line) wrote meanwhile. Here all statements use one connection, and a transaction
 * takes the write lock at its beginning. The adapter already lets one transaction run at a time.
 */
import { PrismaLibSQL } from '@prisma/adapter-libsql';

type Client = ReturnType<PrismaLibSQL['createClient']>;
type Transaction = Awaited<ReturnType<Client['transaction']>>;

/** `synchronous=FULL`: a commit is on the disk when it returns, also after a loss of power. */
const SETTINGS = [
  'PRAGMA busy_timeout = 10000',
  'PRAGMA journal_mode = WAL',
  'PRAGMA synchronous = FULL',
  'PRAGMA foreign_keys = ON',
];

export class SqliteAdapter extends PrismaLibSQL {
  override createClient(config: Parameters<PrismaLibSQL['createClient']>[0]): Client {
    const client = super.createClient(config);
    const settings = applySettings(client);
    const execute = client.execute.bind(client);
    client.execute = async (...args: Parameters<Client['execute']>) => {
      await settings;
      return execute(...args);
    };
    client.transaction = async () => {
      await settings;
      await execute('BEGIN IMMEDIATE');
      return transactionOn(client);
    };
    return client;
  }
}

async function applySettings(client: Client): Promise<void> {
  const execute = client.execute.bind(client);
  for (const setting of SETTINGS) await execute(setting);
}

function transactionOn(client: Client): Transaction {
  let closed = false;
  const end = async (statement: 'COMMIT' | 'ROLLBACK') => {
    if (closed) return;
    closed = true;
    try {
      await client.execute(statement);
    } catch (error) {
      // A failed COMMIT (full disk) leaves the transaction open, and every later one would be refused.
      if (statement === 'COMMIT') await client.execute('ROLLBACK').catch(() => undefined);
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
