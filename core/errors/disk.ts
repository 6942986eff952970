/** A full disk, as the system, SQLite and PostgreSQL say it: nothing is broken, and only whoever runs the server can help. */

export const DISK_FULL =
  'The disk of the server is full, so nothing was saved. Whoever runs it has to free space; then try again.';

/** No space left, quota of the user used up, SQLite's and PostgreSQL's own. */
const CODE = /^(ENOSPC|EDQUOT|SQLITE_FULL|53100)$/;
const TEXT = /\b(ENOSPC|EDQUOT)\b|no space left on device|database or disk is full|disk quota exceeded/i;
/** Database clients wrap what the driver threw. */
const DEEPEST = 5;

export function isDiskFull(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > DEEPEST) return false;
  if ('code' in error && CODE.test(String(error.code))) return true;
  return TEXT.test(error.message) || isDiskFull(error.cause, depth + 1);
}
