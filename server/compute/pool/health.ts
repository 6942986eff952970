/** What the parent sees of a worker from outside: signs of life, its time, and its resident memory. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** How long a worker may go on without a sign, in milliseconds. */
export interface Timeouts {
  /** Without any sign: the process is stopped, or starved. */
  readonly silentMs: number;
  /** While its main thread stands, beyond five times the job's estimated time. */
  readonly stalledMs: number;
  /** For the whole job, beyond twenty times its estimated time. */
  readonly deadlineMs: number;
}
export const TIMEOUTS: Timeouts = { silentMs: 15_000, stalledMs: 45_000, deadlineMs: 120_000 };

/** Of one worker process, in milliseconds of one clock and in bytes. */
export interface Health {
  /** When its job began. */
  since: number;
  lastSignAt: number;
  lastResponsiveAt: number;
  /** Resident before its first job; null until it was looked at. */
  base: number | null;
  resident: number;
}

export function newHealth(now: number): Health {
  return { since: now, lastSignAt: now, lastResponsiveAt: now, base: null, resident: 0 };
}

/** Why a worker that has a job of so many estimated seconds is to be ended, as told to users; null where it is well. */
export function overdueReason(
  health: Health,
  seconds: number,
  timeouts: Timeouts,
  now: number,
): string | null {
  if (now - health.lastSignAt > timeouts.silentMs)
    return `it gave no sign of life for ${spoken(timeouts.silentMs)}`;
  const stalled = timeouts.stalledMs + 5000 * seconds;
  if (now - health.lastResponsiveAt > stalled) return `it stood still for ${spoken(stalled)}`;
  const deadline = timeouts.deadlineMs + 20_000 * seconds;
  if (now - health.since > deadline)
    return `it took longer than ${spoken(deadline)}, where about ${spoken(1000 * seconds)} were expected`;
  return null;
}

function spoken(ms: number): string {
  const seconds = ms / 1000;
  return seconds < 120 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`;
}

/** Linux counts resident memory in pages of this size on all machines that TensorFlow is built for. */
const PAGE = 4096;

/** Resident bytes of a process; null where it is gone or this system does not tell. */
export async function residentBytes(pid: number): Promise<number | null> {
  try {
    if (process.platform === 'linux') {
      const pages = Number((await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ')[1]);
      return Number.isFinite(pages) ? pages * PAGE : null;
    }
    if (process.platform === 'win32') return null;
    const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
    const kilobytes = Number.parseInt(stdout, 10);
    return Number.isFinite(kilobytes) ? kilobytes * 1024 : null;
  } catch {
    return null;
  }
}
