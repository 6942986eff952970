import { defineConfig } from 'vitest/config';

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
