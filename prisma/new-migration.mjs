#!/usr/bin/env node
/**
 * Writes the next migration of both databases: `node prisma/new-migration.mjs NAME`. Compares schema.prisma with
 * migrations/schema.prisma, the schema as the last migration left it, and replaces the latter. Read what it wrote.
 */
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPostgres } from '../scripts/postgres.mjs';
import { PROVIDERS, prisma, schemaFor } from './generate.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, 'schema.prisma');
const last = join(here, 'migrations/schema.prisma');

const name = process.argv[2];
if (!name || !/^[a-z][a-z0-9_]*$/.test(name)) {
  console.error('Usage: node prisma/new-migration.mjs NAME (small letters, digits and _)');
  process.exit(2);
}
const server = await startPostgres();
if (server.url === null) throw new Error(`A migration needs PostgreSQL too: ${server.reason}`);
process.env.INTERLAYER_TEST_POSTGRES_URL = server.url;
const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
const folder = await mkdtemp(join(tmpdir(), 'interlayer-migration-'));
try {
  const before = await readFile(last, 'utf8').catch(() => null);
  const after = await readFile(source, 'utf8');
  for (const provider of PROVIDERS) {
    const to = join(folder, `${provider}-to.prisma`);
    const from = join(folder, `${provider}-from.prisma`);
    await writeFile(to, schemaFor(after, provider, './unused'));
    if (before !== null) await writeFile(from, schemaFor(before, provider, './unused'));
    process.env.MIGRATION_SCHEMA = to;
    process.env.MIGRATION_PROVIDER = provider;
    const sql = await prisma(
      'migrate',
      'diff',
      ...['--config', join(here, 'migration.config.mjs'), '--script'],
      ...(before === null ? ['--from-empty'] : ['--from-schema-datamodel', from]),
      ...['--to-schema-datamodel', to],
    );
    if (!/^(CREATE|ALTER|DROP|PRAGMA|INSERT|UPDATE)/m.test(sql)) {
      throw new Error('schema.prisma does not differ from what the migrations make: nothing to write');
    }
    const target = join(here, 'migrations', provider, `${stamp}_${name}`);
    await mkdir(target, { recursive: true });
    // The schema is there already, and making it may need a right that the user of the database lacks.
    await writeFile(join(target, 'migration.sql'), sql.replace(/^-- CreateSchema\nCREATE SCHEMA .*\n+/m, ''));
    console.log(`wrote prisma/migrations/${provider}/${stamp}_${name}/migration.sql`);
  }
  await copyFile(source, last);
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
