/**
 * One server per data folder: two would each keep boards in memory that the other does not know of, and lose edits.
 *
 * The lock is the operating system's, taken by an exclusive transaction on an empty database file, so it goes with the
 * process that holds it, however that ends, and no staleness has to be guessed. Beside it lies a file that says who
 * holds it, touched every second: for the words of a second start, and for file systems that do not lock. There a
 * server is taken for alive while its file is being touched.
 */
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { utimes } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'libsql';
import { z } from 'zod';
import { UserError } from '../../../core/errors/index.ts';

export interface FolderLock {
  /** Where the server can be opened, for whoever starts another one. */
  tell(address: string): void;
  release(): void;
}

const BEAT_MS = 1_000;
/** Long enough for three beats. */
const WATCH_MS = 3_500;
/** A server that was just killed, or whose parent was, takes a moment to be gone. */
const PATIENCE_MS = 2_000;

const holderSchema = z.object({ pid: z.number().int(), host: z.string(), address: z.string().nullable() });
type Holder = z.infer<typeof holderSchema>;

/** Throws UserError `conflict` where another server runs on the folder. Nothing else may be written before it. */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const file = join(folder, 'server.json');
  const lock = await take(join(folder, 'server.lock'), () => inUse(folder, readHolder(file)));
  const before = readHolder(file);
  if (before && (await stillBeats(file, before))) {
    letGo(lock);
    throw inUse(folder, before);
  }
  const tell = (address: string | null) => {
    try {
      writeFileSync(
        file,
        JSON.stringify({ pid: process.pid, host: os.hostname(), address } satisfies Holder),
      );
    } catch {
      // A full disk, say: whoever starts another server is told less, and the lock holds all the same.
    }
  };
  tell(null);
  const beat = setInterval(() => {
    const now = new Date();
    // Asks for the lock's state, too: a connection that nothing refers to would be collected, and its lock with it.
    if (lock.open) utimes(file, now, now).catch(() => undefined);
  }, BEAT_MS);
  beat.unref();
  return {
    tell,
    release() {
      clearInterval(beat);
      rmSync(file, { force: true });
      letGo(lock);
    },
  };
}

async function take(path: string, refusal: () => UserError): Promise<Database.Database> {
  const database = new Database(path);
  const set = database.prepare('PRAGMA busy_timeout = 0');
  set.all();
  const begin = database.prepare('BEGIN EXCLUSIVE');
  for (const end = performance.now() + PATIENCE_MS; ; await delay(50)) {
    try {
      begin.run();
      return database;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      // Not to be had on this file system: the beats alone decide.
      if (!code.startsWith('SQLITE_BUSY')) return database;
      if (performance.now() < end) continue;
      database.close();
      throw refusal();
    }
  }
}

/** Closing alone would keep the lock for as long as a statement of the connection is not collected as garbage. */
function letGo(lock: Database.Database): void {
  if (lock.inTransaction) lock.exec('ROLLBACK');
  lock.close();
}

/** On a file system that locks, whoever left the file is gone; elsewhere it may be touching it. */
async function stillBeats(file: string, { pid, host }: Holder): Promise<boolean> {
  if (host === os.hostname() && (pid === process.pid || !lives(pid))) return false;
  const first = touchedAt(file);
  for (const end = performance.now() + WATCH_MS; performance.now() < end; await delay(100))
    if (touchedAt(file) !== first) return true;
  return false;
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function touchedAt(file: string): number | null {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? null;
}

function readHolder(file: string): Holder | null {
  try {
    return holderSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // None, or half written by a server that was killed.
    return null;
  }
}

function inUse(folder: string, holder: Holder | null): UserError {
  const who = holder
    ? `process ${holder.pid} on ${holder.host}${holder.address === null ? '' : `, ${holder.address}`}`
    : 'another process';
  return new UserError(
    'conflict',
    `Interlayer runs on the data folder ${folder} already (${who}). Open that, or stop it, or set INTERLAYER_DATA to another folder.`,
  );
}
