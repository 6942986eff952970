/** Transactions, locks on rows, and users' words for what the database refuses. */
import { UserError } from '../../../core/errors/index.ts';
import type { Database, Tx } from './database.ts';

/** Prisma's code of a write conflict or deadlock: the transaction may be tried again. */
const WRITE_CONFLICT = 'P2034';
const UNIQUE = 'P2002';
const FOREIGN_KEY = 'P2003';
const MISSING = 'P2025';

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** Runs `work` in a transaction, again when the database asks for it. */
export function transactOn(db: Database): <T>(work: (tx: Tx) => Promise<T>) => Promise<T> {
  return async (work) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await db.$transaction(work);
      } catch (error) {
        if (codeOf(error) !== WRITE_CONFLICT || attempt === 5) throw error;
      }
    }
  };
}

/** Users' words for what the database refused; `taken` for a name that must be unique, `missing` for a row. */
export async function explained<T>(
  work: Promise<T>,
  words: { taken?: string; missing?: string },
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const code = codeOf(error);
    if (code === UNIQUE && words.taken) throw new UserError('conflict', words.taken);
    if ((code === MISSING || code === FOREIGN_KEY) && words.missing) {
      throw new UserError('not_found', words.missing);
    }
    throw error;
  }
}

export const isForeignKeyError = (error: unknown): boolean => codeOf(error) === FOREIGN_KEY;

/** Prisma's upsert reads, then inserts what another may have inserted meanwhile: the second time it finds that. */
export async function upserted<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (codeOf(error) !== UNIQUE) throw error;
    return work();
  }
}

/**
 * Holds a row until the transaction ends, so that others who decide by it wait. An update that changes nothing is
 * the one statement that does this on both databases. False when there is no such row.
 */
export async function lockRow(
  tx: Tx,
  table: 'project' | 'thread' | 'user' | 'session',
  id: string,
): Promise<boolean>;
export async function lockRow(tx: Tx, table: 'setup', id: number): Promise<boolean>;
export async function lockRow(tx: Tx, table: string, id: string | number): Promise<boolean> {
  switch (table) {
    case 'project':
      return (await tx.$executeRaw`UPDATE "Project" SET "id" = "id" WHERE "id" = ${id}`) > 0;
    case 'thread':
      return (await tx.$executeRaw`UPDATE "Thread" SET "id" = "id" WHERE "id" = ${id}`) > 0;
    case 'user':
      return (await tx.$executeRaw`UPDATE "User" SET "id" = "id" WHERE "id" = ${id}`) > 0;
    case 'session':
      return (await tx.$executeRaw`UPDATE "Session" SET "id" = "id" WHERE "id" = ${id}`) > 0;
    default:
      return (await tx.$executeRaw`UPDATE "Setup" SET "id" = "id" WHERE "id" = ${id}`) > 0;
  }
}
