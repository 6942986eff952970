/**
 * Configuration of `prisma migrate diff`, started by new-migration.mjs: with an adapter the schema engine is the
 * WebAssembly one. Two schemas are compared; PostgreSQL's version is asked of an empty, throw-away server.
 */
import { PrismaLibSQL } from '@prisma/adapter-libsql';
import { PrismaPg } from '@prisma/adapter-pg';
import { defineConfig } from 'prisma/config';

export default defineConfig({
  experimental: { adapter: true },
  engine: 'js',
  schema: process.env.MIGRATION_SCHEMA,
  adapter: async () =>
    process.env.MIGRATION_PROVIDER === 'postgresql'
      ? new PrismaPg({ connectionString: process.env.INTERLAYER_TEST_POSTGRES_URL })
      : new PrismaLibSQL({ url: 'file::memory:' }),
});
