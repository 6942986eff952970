/** The data folder: made when missing, its secret kept for the next start, what a crash left behind swept out. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { access, constants, mkdir, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { ConfigError } from './config.ts';

/** Throws ConfigError when the folder cannot be made or written. */
export async function prepareDataFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new ConfigError(
      `The data folder ${folder} cannot be written (${code}). Give this user the right to, or set INTERLAYER_DATA to another folder.`,
    );
  }
}

/**
 * Removes what uploads and workers of a server that crashed left behind, and returns how much that was. Call with the
 * folder locked: until then another server may be using it. Synchronous, so that no request comes in between.
 */
export function sweepSpool(folder: string): number {
  const spool = path.join(folder, 'spool');
  mkdirSync(spool, { recursive: true, mode: 0o700 });
  // The folder itself stays: it may be a link to a larger disk.
  const left = readdirSync(spool);
  for (const name of left) rmSync(path.join(spool, name), { recursive: true, force: true });
  return left.length;
}

/** The key of the session cookies: losing it signs everybody out, and nothing more. */
export async function keptSecret(folder: string): Promise<string> {
  const file = path.join(folder, 'secret');
  try {
    // Only the first start makes it, and nobody else may read it.
    const made = await open(file, 'wx', 0o600);
    try {
      await made.writeFile(randomBytes(48).toString('base64url'));
      await made.sync();
    } finally {
      await made.close();
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const secret = (await readFile(file, 'utf8')).trim();
  if (secret.length < 32)
    throw new ConfigError(
      `${file} is too short to be a secret. Delete it, and a new one is made; everybody must then sign in again.`,
    );
  return secret;
}
