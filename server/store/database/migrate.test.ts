import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeStores } from '../testing/stores.ts';
import { type Database, openDatabase } from './database.ts';

const PRISMA = join(import.meta.dirname, '../../../prisma');
const NEXT = '29990101000000_next';

describeStores('migrations', (stores) => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'interlayer-migrations-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** A copy of the migrations, with one more. */
  async function withNext(name: string, sql: string): Promise<string> {
    const copy = join(folder, name);
    await cp(join(PRISMA, 'migrations'), copy, { recursive: true });
    await mkdir(join(copy, stores.provider, NEXT));
    await writeFile(join(copy, stores.provider, NEXT, 'migration.sql'), sql);
    return copy;
  }
  async function opened<T>(options: Parameters<typeof openDatabase>[0], use: (db: Database) => Promise<T>) {
    const { db } = await openDatabase(options);
    try {
      return await use(db);
    } finally {
      await db.$disconnect();
    }
  }
  const names = (db: Database) =>
    db.$queryRaw<{ migration_name: string; applied_steps_count: number }[]>`
      SELECT "migration_name", "applied_steps_count" FROM "_prisma_migrations" ORDER BY "migration_name"`;

  it('make a fresh database, and find it up to date when it is opened again', async () => {
    const place = await stores.place();
    const first = await opened(place, async (db) => {
      await db.user.create({ data: { email: 'a', name: 'a', color: 0 } });
      return names(db);
    });
    expect(first.length).toBeGreaterThan(0);
    expect(first[0]?.migration_name).toMatch(/^\d{14}_init$/);
    const again = await opened(place, async (db) => [await names(db), await db.user.count()]);
    expect(again).toEqual([first, 1]);
  });
  it('make it where they are told to, whatever the characters of the path', async () => {
    if (stores.provider !== 'sqlite') return;
    const dataDir = join(folder, 'a b#c%41?d ü');
    await opened({ dataDir }, names);
    expect(await readdir(dataDir)).toContain('interlayer.db');
    await opened({ dataDir, url: `file:${join(relative('.', folder), 'näher.db')}` }, names);
    expect(await readdir(folder)).toContain('näher.db');
    await expect(openDatabase({ dataDir, url: 'mysql://x' })).rejects.toMatchObject({ code: 'bad_request' });
  });
  it('are applied once by several processes that start together', async () => {
    const place = await stores.place();
    const all = await Promise.all([1, 2, 3].map(() => opened(place, names)));
    expect(all[1]).toEqual(all[0]);
    expect(all[2]).toEqual(all[0]);
  });
  it('keep rows when a table is made anew', async () => {
    const place = await stores.place();
    await opened(place, async (db) => {
      const user = await db.user.create({ data: { email: 'a', name: 'a', color: 0 } });
      await db.session.create({ data: { userId: user.id, userAgent: 'x', expiresAt: new Date() } });
    });
    const redefine =
      stores.provider === 'postgresql'
        ? '-- AlterTable\nALTER TABLE "User" ADD COLUMN "motto" TEXT;\n'
        : `-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_User" ("id" TEXT NOT NULL PRIMARY KEY, "email" TEXT NOT NULL, "name" TEXT NOT NULL,
  "color" INTEGER NOT NULL, "passwordHash" TEXT, "createdAt" DATETIME NOT NULL, "motto" TEXT DEFAULT 'a; b');
INSERT INTO "new_User" ("id", "email", "name", "color", "passwordHash", "createdAt")
  SELECT "id", "email", "name", "color", "passwordHash", "createdAt" FROM "User";
DROP TABLE "User";
ALTER TABLE "new_User" RENAME TO "User";
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;
`;
    const migrations = await withNext('redefine', redefine);
    const counts = await opened({ ...place, migrations }, async (db) => [
      await db.user.count(),
      await db.session.count(),
      (await names(db)).at(-1)?.migration_name,
    ]);
    expect(counts).toEqual([1, 1, NEXT]);
  });
  it('are undone wholly when one of their statements fails', async () => {
    const place = await stores.place();
    await opened(place, names);
    const migrations = await withNext(
      'broken',
      'CREATE TABLE "Half" ("id" TEXT);\nCREATE TABLE "User" ("id" TEXT);\n',
    );
    await expect(openDatabase({ ...place, migrations })).rejects.toThrow();
    await opened(place, async (db) => {
      expect((await names(db)).map((row) => row.migration_name)).not.toContain(NEXT);
      await expect(db.$queryRaw`SELECT * FROM "Half"`).rejects.toThrow();
    });
  });
  it('refuse the database of a newer version, and say what to do', async () => {
    const place = await stores.place();
    const migrations = await withNext('newer', 'CREATE TABLE "Newer" ("id" TEXT);\n');
    await opened({ ...place, migrations }, names);
    await expect(openDatabase(place)).rejects.toMatchObject({
      name: 'UserError',
      code: 'conflict',
      message: expect.stringMatching(
        /^The database was made by a later version of Interlayer \(migration 29990101000000_next is not known here\); update this installation, or restore the backup/,
      ),
    });
  });
  it('leave a database of a later version as it is: that version opens it again', async () => {
    const place = await stores.place();
    const migrations = await withNext('later', 'CREATE TABLE "Later" ("id" TEXT);\n');
    const before = await opened({ ...place, migrations }, names);
    await expect(openDatabase(place)).rejects.toMatchObject({ code: 'conflict' });
    expect(await opened({ ...place, migrations }, names)).toEqual(before);
  });
  it('tell a database that lacks one of its earlier migrations from a later one', async () => {
    const place = await stores.place();
    const between = '20261124000000_between';
    await opened(place, names);
    const migrations = join(folder, 'between');
    await cp(join(PRISMA, 'migrations'), migrations, { recursive: true });
    await mkdir(join(migrations, stores.provider, between));
    await writeFile(join(migrations, stores.provider, between, 'migration.sql'), 'SELECT 1;\n');
    await expect(openDatabase({ ...place, migrations })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`without ${between}, which belongs before it`),
    });
  });
  it('tell damage from a later version', async () => {
    if (stores.provider !== 'sqlite') return;
    const place = await stores.place();
    await opened(place, names);
    const file = join(place.dataDir, 'interlayer.db');
    const bytes = await readFile(file);
    await rm(`${file}-wal`, { force: true });
    await writeFile(file, bytes.fill(7));
    await expect(openDatabase(place)).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(
        /^The database .*interlayer\.db is damaged, or is no SQLite database \(.*not a database.*\): restore the backup\.$/,
      ),
    });
  });
  it('refuse a migration that was changed after it was applied', async () => {
    const place = await stores.place();
    const migrations = await withNext('changed', 'CREATE TABLE "Other" ("id" TEXT);\n');
    await opened({ ...place, migrations }, names);
    await writeFile(
      join(migrations, stores.provider, NEXT, 'migration.sql'),
      'CREATE TABLE "Another" ("id" TEXT);\n',
    );
    await expect(openDatabase({ ...place, migrations })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('must not be changed'),
    });
  });
  it('make what the schema says: no change was left without one', async () => {
    const [source, last] = await Promise.all(
      ['schema.prisma', 'migrations/schema.prisma'].map((file) => readFile(join(PRISMA, file), 'utf8')),
    );
    expect(source, 'run node prisma/new-migration.mjs NAME').toBe(last);
  });
});
