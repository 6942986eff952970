/** Installs what package-lock.json names, once per lock file. */
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SetupError, step } from './report.mjs';
import { root, run, tail } from './run.mjs';

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
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
  line.progress('installing with npm');
  // Not `npm ci`: it refuses a lock file without the binaries of other platforms, which not every registry mirror has,
  // so that a lock made behind a mirror would lock others out. What the lock names is installed as it names it.
  const { code, output } = await run(npm, ['install', '--no-save', '--no-audit', '--no-fund']);
  if (code !== 0) {
    line.fail('npm install failed');
    throw new SetupError(explain(output));
  }
  mkdirSync(marks, { recursive: true });
  writeFileSync(mark, lock);
  line.done('installed');
}

/** What npm's failure means, and what to do. */
export function explain(output) {
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH/.test(output))
    return 'The npm registry cannot be reached. Connect once, or name a mirror with `npm config set registry URL`, and start again.';
  if (/EACCES|EPERM|EROFS/.test(output))
    return `npm may not write here. Give your account write access to ${root} and to npm's cache, and start again.`;
  if (/ENOSPC/.test(output))
    return 'The disk is full. Interlayer needs about 3 GB with TensorFlow; free some, and start again.';
  return tail(output, 25);
}
