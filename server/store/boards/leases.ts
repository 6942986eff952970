/**
 * Which server has a board open. Two that work on one database would each serve a document that lacks what was
 * saved through the other, and a squash by one would delete what the other wrote. So a board is leased to one server
 * at a time, and its number (epoch), which rises with each taking, is asked for in the very statement that appends: a
 * server that was given up for dead, and is not, can save nothing any more and hears of it.
 */
import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../../core/errors/index.ts';
import type { Context } from '../context.ts';
import type { Tx } from '../database/database.ts';

/** How long a server that does not renew is waited for. */
const LEASE_MS = 15_000;
const RENEW_MS = 5_000;
const CHUNK = 500;

/** Condition under which the board's row is this server's to write. */
export interface Fence {
  readonly leaseHolder: string;
  readonly leaseEpoch: number;
}

export interface Leases {
  /** Throws UserError `conflict` while another server has the board open. Takes it anew where this one has it already. */
  take(boardId: string): Promise<void>;
  /** The lease that is held, taken if the board was never had. Throws UserError `conflict` when it was lost. */
  fence(boardId: string): Promise<Fence>;
  /** Why a statement under a fence changed nothing. */
  refusal(tx: Tx, boardId: string): Promise<UserError>;
  release(boardId: string): Promise<void>;
  onLost(listener: (boardId: string) => void): void;
  /** Releases all. */
  close(): Promise<void>;
}

export interface LeaseOptions {
  readonly dataDir: string;
  readonly leaseMs?: number;
  readonly renewMs?: number;
}

export function leases({ db, clock }: Pick<Context, 'db' | 'clock'>, options: LeaseOptions): Leases {
  const { leaseMs = LEASE_MS, renewMs = RENEW_MS } = options;
  /** Epochs of the boards that are held; null for one that was lost and not taken again. */
  const held = new Map<string, number | null>();
  const listeners = new Set<(boardId: string) => void>();
  let holder: Promise<string> | null = null;
  let timer: NodeJS.Timeout | null = null;
  const releasing = new Set<Promise<unknown>>();
  let closed = false;

  const ownName = () => {
    holder ??= holderOf(options.dataDir);
    return holder;
  };

  async function take(boardId: string): Promise<void> {
    if (closed) throw new UserError('overloaded', 'The server is stopping. Try again in a moment.');
    const leaseHolder = await ownName();
    const now = await clock();
    const [taken] = await db.board.updateManyAndReturn({
      where: {
        id: boardId,
        OR: [{ leaseHolder: null }, { leaseHolder }, { leaseExpiresAt: { lt: now } }],
      },
      data: { leaseHolder, leaseEpoch: { increment: 1 }, leaseExpiresAt: new Date(now.getTime() + leaseMs) },
      select: { leaseEpoch: true },
    });
    if (!taken) {
      const board = await db.board.findUnique({ where: { id: boardId }, select: { leaseHolder: true } });
      if (board) throw elsewhere(board.leaseHolder);
      throw missing(boardId);
    }
    held.set(boardId, taken.leaseEpoch);
    timer ??= setInterval(() => void renew().catch(() => undefined), renewMs).unref();
  }

  /** What is not renewed because the database does not answer is renewed later, unless somebody took it meanwhile. */
  async function renew(): Promise<void> {
    const before = [...held].filter(([, epoch]) => epoch !== null);
    const leaseHolder = await ownName();
    for (let i = 0; i < before.length; i += CHUNK) {
      const some = before.slice(i, i + CHUNK);
      const leaseExpiresAt = new Date((await clock()).getTime() + leaseMs);
      const rows = await db.board.updateManyAndReturn({
        where: { id: { in: some.map(([id]) => id) }, leaseHolder },
        data: { leaseExpiresAt },
        select: { id: true, leaseEpoch: true },
      });
      const epochs = new Map(rows.map((row) => [row.id, row.leaseEpoch]));
      const gone = some.filter(([id, epoch]) => epochs.get(id) !== epoch);
      if (gone.length > 0) await tellTaken(gone);
    }
  }

  /** Boards that are deleted are nobody's; whoever deletes them tells those who have them open. */
  async function tellTaken(boards: [string, number | null][]): Promise<void> {
    const there = await db.board.findMany({
      where: { id: { in: boards.map(([id]) => id) } },
      select: { id: true },
    });
    // Unless it was taken anew meanwhile.
    for (const [id, epoch] of boards)
      if (held.get(id) !== epoch) continue;
      else if (there.some((row) => row.id === id)) lose(id);
      else held.delete(id);
  }

  function lose(boardId: string): void {
    held.set(boardId, null);
    for (const listener of listeners) listener(boardId);
  }

  async function release(boardId: string): Promise<void> {
    const leaseEpoch = held.get(boardId);
    held.delete(boardId);
    if (typeof leaseEpoch !== 'number') return;
    const done = ownName().then((leaseHolder) =>
      db.board.updateMany({
        where: { id: boardId, leaseHolder, leaseEpoch },
        data: { leaseHolder: null, leaseExpiresAt: null },
      }),
    );
    releasing.add(done);
    await done.finally(() => releasing.delete(done));
  }

  return {
    take,
    async fence(boardId) {
      if (!held.has(boardId)) await take(boardId);
      const epoch = held.get(boardId);
      if (typeof epoch !== 'number') throw elsewhere(null);
      return { leaseHolder: await ownName(), leaseEpoch: epoch };
    },
    async refusal(tx, boardId) {
      const board = await tx.board.findUnique({ where: { id: boardId }, select: { leaseHolder: true } });
      if (!board) return missing(boardId);
      lose(boardId);
      return elsewhere(board.leaseHolder);
    },
    release,
    onLost: (listener) => void listeners.add(listener),
    async close() {
      closed = true;
      if (timer) clearInterval(timer);
      for (const boardId of [...held.keys()]) release(boardId).catch(() => undefined);
      await Promise.allSettled(releasing);
    },
  };
}

const missing = (boardId: string) => new UserError('not_found', `There is no board ${boardId}.`);

function elsewhere(holder: string | null): UserError {
  const where = holder === null ? '' : ` (${holder})`;
  return new UserError(
    'conflict',
    `This board is open on another server that works on the same database${where}. Open it there, or close it there and try again in half a minute.`,
  );
}

const holderSchema = z.object({ id: z.string(), folder: z.number() });

/**
 * The server's name, kept in its data folder, so that after a crash it has its boards again at once. A copy of the
 * folder is another server: the name belongs to the folder's number on its disk.
 */
async function holderOf(dataDir: string): Promise<string> {
  await mkdir(dataDir, { recursive: true });
  const file = join(dataDir, 'server-id.json');
  const { ino } = statSync(dataDir);
  try {
    const kept = holderSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    if (kept.folder === ino) return kept.id;
  } catch {
    // The first start, or torn by a crash: whoever is a new server waits for the old one's leases to expire.
  }
  const id = `${os.hostname()}-${randomUUID().slice(0, 8)}`;
  const temporary = `${file}.${process.pid}`;
  await writeFile(temporary, JSON.stringify({ id, folder: ino }));
  await rename(temporary, file);
  return id;
}
