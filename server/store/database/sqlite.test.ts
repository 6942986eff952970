import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SqliteAdapter } from './sqlite.ts';

/** Another process's connection, as the command line has one while the server runs. */
describe('SQLite beside another connection that holds the write lock', () => {
  let folder: string;
  let other: Database.Database;
  let client: ReturnType<SqliteAdapter['createClient']>;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'interlayer-sqlite-'));
    const url = pathToFileURL(path.join(folder, 'x.db')).href;
    client = new SqliteAdapter({ url }).createClient({ url });
    await client.execute('CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT UNIQUE)');
    other = new Database(path.join(folder, 'x.db'));
  });
  afterEach(async () => {
    client.close();
    other.close();
    await rm(folder, { recursive: true, force: true });
  });

  const insert = (v: string) =>
    client.execute({ sql: 'INSERT INTO t (v) VALUES (?) RETURNING id', args: [v] });
  const transfer = async () => {
    const tx = await client.transaction('write');
    await tx.execute("INSERT INTO t (v) VALUES ('in a transaction') RETURNING id");
    await tx.commit();
  };
  /** `work` finds the lock taken at its first try, within this turn; then the lock is let go of. */
  const meanwhile = async <T>(work: () => Promise<T>): Promise<T> => {
    other.exec('BEGIN IMMEDIATE');
    other.exec("INSERT INTO t (v) VALUES ('of the other')");
    let settled = false;
    const done = work().finally(() => {
      settled = true;
    });
    await setImmediate();
    expect(settled).toBe(false);
    other.exec('COMMIT');
    return done;
  };
  const values = async () => (await client.execute('SELECT v FROM t ORDER BY v')).rows.map((row) => row.v);

  it('a statement waits for its turn, and transactions can be committed afterwards', async () => {
    await meanwhile(() => insert('waited'));
    await transfer();
    expect(await values()).toEqual(['in a transaction', 'of the other', 'waited']);
  });
  it('a transaction waits for its turn and is committed', async () => {
    await meanwhile(transfer);
    await insert('after');
    expect(await values()).toEqual(['after', 'in a transaction', 'of the other']);
  });
  it('a refused statement changes nothing and leaves no transaction open', async () => {
    await insert('once');
    await expect(insert('once')).rejects.toMatchObject({
      code: expect.stringContaining('SQLITE_CONSTRAINT'),
    });
    // The lock is free for others.
    other.exec("INSERT INTO t (v) VALUES ('of the other')");
    expect(await values()).toEqual(['of the other', 'once']);
  });
});
