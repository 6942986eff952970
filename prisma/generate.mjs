#!/usr/bin/env node
/**
 * Generates both database clients from the one schema: `node prisma/generate.mjs [--force]`.
 * The PostgreSQL schema is the source with another provider and folder. Nothing is downloaded: Prisma generates with
 * the WebAssembly inside its packages, and is content with any existing file where it would look for native engines.
 * Skipped while the schema, this script and Prisma's version are those of the last generation.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const PROVIDERS = ['sqlite', 'postgresql'];
const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, 'schema.prisma');
const generated = join(here, '../server/store/generated');

/** The schema for a provider, its client written to `output`. */
export function schemaFor(text, provider, output) {
  const changed = text
    .replace(/^(\s*provider\s*=\s*)"sqlite"/m, `$1"${provider}"`)
    .replace(/^(\s*output\s*=\s*)".*"/m, `$1${JSON.stringify(output)}`);
  if (!changed.includes(`"${provider}"`)) throw new Error('prisma/schema.prisma names no SQLite provider');
  return changed;
}

/** Runs Prisma's command line without network; resolves to what it printed. */
export async function prisma(...args) {
  const cli = createRequire(import.meta.url).resolve('prisma/build/index.js');
  const env = {
    ...process.env,
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    PRISMA_QUERY_ENGINE_LIBRARY: cli,
    PRISMA_SCHEMA_ENGINE_BINARY: cli,
    DATABASE_URL: 'file:never-opened.db',
  };
  const child = spawn(process.execPath, [cli, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const out = [];
  const all = [];
  child.stdout.on('data', (chunk) => {
    out.push(chunk);
    all.push(chunk);
  });
  child.stderr.on('data', (chunk) => all.push(chunk));
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code !== 0) throw new Error(`prisma ${args.join(' ')} failed (${code}):\n${Buffer.concat(all)}`);
  return Buffer.concat(out).toString();
}

/**
 * Prisma sets a global `__dirname`, by which other packages take an ES module for CommonJS. Its own module needs it
 * alone, so it becomes a constant there.
 */
async function keepDirnameLocal(folder) {
  const file = join(folder, 'client.ts');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace("globalThis['__dirname'] =", 'const __dirname ='));
}

export async function generate({ force = false } = {}) {
  const text = await readFile(source, 'utf8');
  const version = createRequire(import.meta.url)('prisma/package.json').version;
  const self = await readFile(fileURLToPath(import.meta.url), 'utf8');
  const wanted = createHash('sha256').update(`${version}\n${text}\n${self}`).digest('hex');
  const stamp = join(generated, 'stamp');
  const found = await readFile(stamp, 'utf8').catch(() => '');
  if (found === wanted && !force) return false;
  // Generated aside and moved into place; without the stamp, an interruption is found and made good by the next run.
  const aside = join(generated, `new-${process.pid}`);
  await rm(stamp, { force: true });
  try {
    await mkdir(aside, { recursive: true });
    await Promise.all(
      PROVIDERS.map(async (provider) => {
        const schema = join(aside, `${provider}.prisma`);
        await writeFile(schema, schemaFor(text, provider, `./${provider}`));
        await prisma('generate', '--schema', schema, '--no-hints');
        await keepDirnameLocal(join(aside, provider));
      }),
    );
    for (const provider of PROVIDERS) {
      await rm(join(generated, provider), { recursive: true, force: true });
      await rename(join(aside, provider), join(generated, provider));
    }
    await writeFile(stamp, wanted);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return true;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const started = Date.now();
  const done = await generate({ force: process.argv.includes('--force') });
  console.log(
    done
      ? `Generated the database clients (${Date.now() - started} ms).`
      : 'Database clients are up to date.',
  );
}
