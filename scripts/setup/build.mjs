/** Database client and production build, made anew when what they are made of has changed. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { sourceFiles } from '../files.mjs';
import { marks } from './packages.mjs';
import { writeRegistries } from './registries.mjs';
import { SetupError, step } from './report.mjs';
import { bin, root, run, tail } from './run.mjs';
import { SBOM, writeBillOfMaterials } from './sbom.mjs';

/** Fingerprint of every file that goes into the build. */
function fingerprint() {
  const hash = createHash('sha256');
  const files = sourceFiles(root, '', /\.(ts|tsx|mjs|css|prisma|svg)$/).filter(
    (file) => !/(^(e2e|bench|examples|docs|python)\/|\.test\.)/.test(file),
  );
  for (const file of [...files, 'package-lock.json', 'tsconfig.json'].sort())
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(path.join(root, file)));
  return hash.digest('hex');
}

/** What is generated from the sources: the registries, and Prisma's clients for both databases. */
export async function ensureGenerated() {
  writeRegistries(root);
  const { code, output } = await run(process.execPath, ['prisma/generate.mjs']);
  if (code === 0) return;
  step('Database client').fail('generating it failed');
  throw new SetupError(tail(output));
}

/** Server and command line, packages left outside; what a role does not need is in chunks that it does not load. */
export async function bundleServer() {
  const { build } = await import('esbuild');
  rmSync(path.join(root, 'build'), { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: { server: 'server/main.ts', cli: 'server/cli.ts' },
    outdir: 'build',
    outExtension: { '.js': '.mjs' },
    chunkNames: '[name]-[hash]',
    splitting: true,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    sourcemap: true,
    logLevel: 'error',
  });
}

export async function ensureBuild() {
  const mark = path.join(marks, 'build');
  const print = fingerprint();
  const made = ['.next/BUILD_ID', 'build/server.mjs', 'build/cli.mjs', `build/${SBOM}`].every((file) =>
    existsSync(path.join(root, file)),
  );
  if (made && existsSync(mark) && readFileSync(mark, 'utf8') === print) return;
  const line = step('Build');
  line.progress('building the app');
  const [next] = await Promise.all([
    run(process.execPath, [bin('next/dist/bin/next'), 'build'], {
      env: { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
    }),
    bundleServer(),
  ]).catch((error) => [{ code: 1, output: String(error?.message ?? error) }]);
  if (next.code !== 0) {
    line.fail('the build failed');
    throw new SetupError(tail(next.output, 40));
  }
  writeBillOfMaterials();
  mkdirSync(marks, { recursive: true });
  writeFileSync(mark, print);
  line.done('production build ready');
}
