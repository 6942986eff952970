import { tmpdir } from 'node:os';
import path from 'node:path';
import { defineConfig, devices } from '@playwright/test';

const PORT = Number(process.env.INTERLAYER_E2E_PORT ?? 4310);
const data = path.join(tmpdir(), `interlayer-e2e-${process.env.INTERLAYER_E2E_ID ?? process.pid}`);
process.env.INTERLAYER_E2E_ID ??= String(process.pid);

/** End-to-end tests: a real Chromium against the production build on a fresh data folder. */
export default defineConfig({
  testDir: 'e2e',
  // People get in first; every other story starts from their signed-in browsers.
  projects: [
    { name: 'entry', testMatch: '01-entry.spec.ts' },
    { name: 'stories', testIgnore: '01-entry.spec.ts', dependencies: ['entry'] },
  ],
  outputDir: 'artifacts/e2e',
  timeout: 90_000,
  expect: { timeout: 15_000 },
  // One server, one story after the other: two cores.
  workers: 1,
  reporter: [
    ['list'],
    ['json', { outputFile: process.env.PLAYWRIGHT_JSON_OUTPUT_NAME ?? 'artifacts/e2e.json' }],
  ],
  use: {
    ...devices['Desktop Chrome'],
    baseURL: `http://127.0.0.1:${PORT}`,
    viewport: { width: 1280, height: 800 },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.INTERLAYER_CHROMIUM || undefined,
      args: [
        ...[
          '--no-sandbox',
          '--disable-gpu',
          '--enable-unsafe-swiftshader',
          '--disable-background-networking',
        ],
        ...['--disable-component-update', '--disable-sync', '--no-first-run', '--disable-quic'],
      ],
    },
  },
  webServer: {
    command: 'node --enable-source-maps build/server.mjs',
    url: `http://127.0.0.1:${PORT}/api/v1/health`,
    timeout: 120_000,
    stdout: 'pipe',
    env: {
      PORT: String(PORT),
      NODE_ENV: 'production',
      INTERLAYER_DATA: data,
      INTERLAYER_OWNER_TOKEN: 'e2e-owner-token-0123456789',
    },
  },
});
