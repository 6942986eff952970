/** Installs what package-lock.json names, once per lock file. */
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SetupError, step } from './report.mjs';
import { root, run, tail } from './run.mjs';

export const marks = path.join(root, 'node_modules', '.interlayer');

export async function ensurePackages() {
  const lock = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .update(`${process.platform}-${process.arch}`)
    .digest('hex');
  const mark = path.join(marks, 'packages');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === lock) return;
  const line = step('Packages');
  try {
    accessSync(root, constants.W_OK);
  } catch {
    line.fail('this folder cannot be written');
    throw new SetupError(`Give your account write access to ${root}, or clone the repository elsewhere.`);
  }
  line.progress('installing (npm ci)');
  const { code, output } = await run(process.platform === 'win32' ? 'npm.cmd' : 'npm', [
    'ci',
    '--no-audit',
    '--no-fund',
  ]);
  if (code !== 0) {
    line.fail('npm ci failed');
    const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH/.test(output);
    throw new SetupError(
      offline
        ? 'The npm registry cannot be reached. Connect once, or name a mirror with `npm config set registry URL`, and start again.'
        : tail(output),
    );
  }
  mkdirSync(marks, { recursive: true });
  writeFileSync(mark, lock);
  line.done('installed');
}
