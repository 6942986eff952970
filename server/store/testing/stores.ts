/** The same suite on every database: SQLite always, PostgreSQL where the run has one. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe } from 'vitest';
import { openStore, type Store, type StoreOptions } from '../index.ts';

export interface Place {
  /** Undefined: SQLite in the folder. */
  url: string | undefined;
  dataDir: string;
}
export interface Stores {
  provider: 'sqlite' | 'postgresql';
  /** An empty database and an empty folder, both removed after the suite. */
  place(): Promise<Place>;
  /** One empty database for two servers, each with a folder of its own. */
  shared(): Promise<[Place, Place]>;
  /** A store there, or in a place of its own; closed after the suite. */
  open(options?: Partial<StoreOptions>): Promise<Store>;
}

const server = process.env.INTERLAYER_TEST_POSTGRES_URL;

export function describeStores(title: string, suite: (stores: Stores) => void): void {
  describe(`${title} on SQLite`, () => suite(prepare('sqlite')));
  if (server) describe(`${title} on PostgreSQL`, () => suite(prepare('postgresql')));
  else {
    describe.skip(`${title} on PostgreSQL: not run: INTERLAYER_TEST_POSTGRES_URL is not set`, () =>
      suite(prepare('postgresql')));
  }
}

/** One store for a whole suite. */
export function sharedStore(stores: Stores): { readonly store: Store } {
  const holder: { store?: Store } = {};
  beforeAll(async () => {
    holder.store = await stores.open();
  });
  return {
    get store() {
      if (!holder.store) throw new Error('used outside of a test');
      return holder.store;
    },
  };
}

function prepare(provider: Stores['provider']): Stores {
  const cleanups: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
  });
  const place = async (): Promise<Place> => {
    const dataDir = await mkdtemp(join(tmpdir(), 'interlayer-store-'));
    cleanups.push(() => rm(dataDir, { recursive: true, force: true }));
    if (provider === 'sqlite') return { url: undefined, dataDir };
    const name = `test_${randomUUID().replaceAll('-', '')}`;
    await onServer(`CREATE DATABASE ${name}`);
    cleanups.push(() => onServer(`DROP DATABASE ${name} WITH (FORCE)`));
    const url = new URL(server ?? '');
    url.pathname = `/${name}`;
    return { url: url.href, dataDir };
  };
  return {
    provider,
    place,
    async shared() {
      const { dataDir, url = `file:${join(dataDir, 'interlayer.db')}` } = await place();
      const other = await mkdtemp(join(tmpdir(), 'interlayer-store-'));
      cleanups.push(() => rm(other, { recursive: true, force: true }));
      return [
        { url, dataDir },
        { url, dataDir: other },
      ];
    },
    async open(options = {}) {
      const { dataDir } = options;
      const at = dataDir ? { dataDir } : await place();
      const store = await openStore({ ...at, ...options });
      cleanups.push(() => store.close());
      return store;
    },
  };
}

async function onServer(sql: string): Promise<void> {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
