import { existsSync } from 'node:fs';
import pg from 'pg';
import { expect, it } from 'vitest';
import { findPostgres, startPostgres } from './postgres.mjs';

it('a throw-away PostgreSQL answers, and is gone when stopped; where there is none, the reason is said', async () => {
  const server = await startPostgres();
  if (server.url === null) {
    expect(server.reason).toMatch(/PostgreSQL/);
    return;
  }
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  const folder = (await client.query('SHOW data_directory')).rows[0].data_directory;
  await client.end();
  await server.stop();
  expect(existsSync(folder)).toBe(false);
  await expect(new pg.Client({ connectionString: server.url }).connect()).rejects.toThrow();
});

it('PostgreSQL is found by its own folder or the path, or not at all', async () => {
  const found = await findPostgres();
  expect(found === null || existsSync(`${found}/initdb`)).toBe(true);
  expect(await findPostgres({ debian: '/nowhere', path: '/nowhere' })).toBeNull();
});
