import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { writeRegistries } from './scripts/setup/registries.mjs';

writeRegistries(fileURLToPath(new URL('.', import.meta.url)));

/** Unit, law, fuzz and database tests. End-to-end tests are Playwright's (e2e/). */
export default defineConfig({
  resolve: { alias: { '@': new URL('.', import.meta.url).pathname } },
  test: {
    include: ['{core,server,components,scripts,bench,examples}/**/*.test.{ts,tsx,mjs}'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two cores: more workers only make timeouts.
    maxWorkers: 2,
    pool: 'forks',
  },
});
