/**
 * `npm test [static|unit|e2e ...]`: sets up everything, runs every check, and ends with one line: N passed, N failed.
 * A suite that could not run at all counts as one failure; tests that were skipped are told apart.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { ensureBuild, ensureGenerated } from './setup/build.mjs';
import { ensureChromium } from './setup/chromium.mjs';
import { debian } from './setup/debian.mjs';
import { main } from './setup/node.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { ensurePython } from './setup/python.mjs';
import { attach, bin, root, run } from './setup/run.mjs';
import { ensureTensorFlow } from './setup/tensorflow.mjs';

const artifacts = path.join(root, 'artifacts');
const total = { passed: 0, failed: 0, skipped: 0 };
const notes = [];

function count(name, { passed = 0, failed = 0, skipped = 0 }) {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
  console.log(
    `${failed ? '✗' : '✓'} ${name}: ${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`,
  );
}

async function check(name, command, args) {
  const { code, output } = await run(command, args);
  if (code !== 0) console.log(output.trim());
  count(name, code === 0 ? { passed: 1 } : { failed: 1 });
}

async function imports() {
  const { checkImports } = await import('./imports.mjs');
  const problems = checkImports(root);
  for (const problem of problems) console.log(problem);
  count('Import rules', problems.length ? { failed: problems.length } : { passed: 1 });
}

/** Refusals and warnings that no test holds a piece of. */
async function sentences() {
  const { unassertedSentences } = await import('./sentences.mjs');
  const untested = unassertedSentences(root);
  for (const line of untested) console.log(line);
  count('Sentences without a test', untested.length ? { failed: untested.length } : { passed: 1 });
}

/** Known holes in what is shipped. Only where the registry answers such questions. */
async function audit() {
  const { code, output } = await run('npm', ['audit', '--omit=dev', '--audit-level=high', '--json'], {
    timeout: 90_000,
  });
  let report = null;
  try {
    report = JSON.parse(output.slice(output.indexOf('{')));
  } catch {
    // Told below.
  }
  if (!report?.metadata?.vulnerabilities) {
    notes.push('dependency audit: not run, the registry does not answer it');
    count('Dependency audit', { skipped: 1 });
    return;
  }
  const { high, critical } = report.metadata.vulnerabilities;
  const known = new Set(
    JSON.parse(readFileSync(path.join(root, 'scripts/audit-known.json'), 'utf8')).map((row) => row.package),
  );
  const bad = Object.values(report.vulnerabilities).filter(
    (row) => /high|critical/.test(row.severity) && !known.has(row.name),
  );
  for (const row of bad)
    console.log(`${row.name}: ${row.severity}, by ${row.via.map((via) => via.title ?? via).join(', ')}`);
  notes.push(
    `dependency audit: ${high + critical} high or critical, ${bad.length} not yet judged (scripts/audit-known.json)`,
  );
  count('Dependency audit', code === 0 || bad.length === 0 ? { passed: 1 } : { failed: bad.length });
}

async function staticChecks() {
  await check('Format and lint', process.execPath, [
    bin('@biomejs/biome/bin/biome'),
    'ci',
    '.',
    '--diagnostic-level=error',
    '--colors=off',
    '--max-diagnostics=20',
  ]);
  await imports();
  await sentences();
  await check('Types', process.execPath, [bin('typescript/bin/tsc'), '--noEmit', '-p', '.']);
  await audit();
}

async function startPostgres() {
  if (process.env.INTERLAYER_TEST_POSTGRES_URL)
    return { url: process.env.INTERLAYER_TEST_POSTGRES_URL, stop: async () => {} };
  const { startPostgres: start } = await import('./postgres.mjs');
  const first = await start();
  if (first.url || !(await debian('postgresql'))) return first;
  return start();
}

async function unitTests(filters) {
  const postgres = await startPostgres();
  if (!postgres.url) notes.push(`PostgreSQL suite: not run, ${postgres.reason}`);
  const { python, reason } = await ensurePython();
  if (!python) notes.push(`Generated Python scripts: not run, ${reason}`);
  const report = path.join(artifacts, 'unit.json');
  rmSync(report, { force: true });
  const code = await attach(
    process.execPath,
    [
      bin('vitest/vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...filters,
    ],
    {
      env: {
        ...(postgres.url ? { INTERLAYER_TEST_POSTGRES_URL: postgres.url } : {}),
        INTERLAYER_PYTHON: python ?? '',
        TF_CPP_MIN_LOG_LEVEL: '2',
      },
    },
  );
  await postgres.stop?.();
  if (!existsSync(report)) return count('Unit tests', { failed: 1 });
  const result = JSON.parse(readFileSync(report, 'utf8'));
  // A file that cannot be loaded has no tests of its own.
  const broken = result.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  const failed = result.numFailedTests + broken;
  count('Unit, law, fuzz and database tests', {
    passed: result.numPassedTests,
    failed: failed || (code === 0 ? 0 : 1),
    skipped: result.numPendingTests + (result.numTodoTests ?? 0),
  });
}

/** A port that nothing listens on, so that a server left behind elsewhere is in nobody's way. */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(String(port)));
    });
  });
}

async function endToEnd(filters) {
  const chromium = await ensureChromium();
  if (!chromium) return count('End-to-end tests', { failed: 1 });
  const report = path.join(artifacts, 'e2e.json');
  rmSync(report, { force: true });
  const code = await attach(process.execPath, [bin('@playwright/test/cli.js'), 'test', ...filters], {
    env: {
      INTERLAYER_CHROMIUM: chromium,
      INTERLAYER_E2E_PORT: await freePort(),
      PLAYWRIGHT_JSON_OUTPUT_NAME: report,
      TF_CPP_MIN_LOG_LEVEL: '2',
    },
  });
  if (!existsSync(report)) return count('End-to-end tests', { failed: 1 });
  const { stats, errors } = JSON.parse(readFileSync(report, 'utf8'));
  for (const error of errors ?? []) console.log(error.message);
  count('End-to-end tests', {
    passed: stats.expected,
    failed: stats.unexpected || (code === 0 ? 0 : 1),
    skipped: stats.skipped,
  });
}

await main(async () => {
  const began = Date.now();
  const [suite, ...filters] = process.argv.slice(2);
  const suites = suite ? [suite] : ['static', 'unit', 'e2e'];
  mkdirSync(artifacts, { recursive: true });
  try {
    await ensurePackages();
    process.env.INTERLAYER_BACKEND = await ensureTensorFlow();
    notes.push(`TensorFlow backend: ${process.env.INTERLAYER_BACKEND}`);
    await ensureGenerated();
    if (suites.includes('static')) await staticChecks();
    if (suites.includes('unit')) await unitTests(filters);
    if (suites.includes('e2e')) {
      await ensureBuild();
      await endToEnd(filters);
    }
  } catch (error) {
    console.error(error.message);
    count('Set-up', { failed: 1 });
  }
  for (const note of notes) console.log(note);
  if (total.skipped) console.log(`${total.skipped} skipped`);
  console.log(`${Math.round((Date.now() - began) / 1000)} s`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed ? 1 : 0;
});
