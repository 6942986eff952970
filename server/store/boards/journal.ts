/**
 * The boards' journal (rule S2). Appends that arrive while one is being written are written together in the next
 * transaction: a commit costs a flush of the disk, so under load the number of commits, not of updates, is the limit.
 */
import { createHash } from 'node:crypto';
import type { Context } from '../context.ts';
import type { Store } from '../contract.ts';
import type { Tx } from '../database/database.ts';
import { upserted } from '../database/transactions.ts';
import type { Fence, Leases } from './leases.ts';

interface Waiting {
  boardId: string;
  update: Uint8Array<ArrayBuffer>;
  userId: string | null;
  clients: readonly number[];
  resolve(seq: number): void;
  reject(error: unknown): void;
}

/** Keeps a statement's parameters and its memory within bounds. */
const BATCH_ROWS = 500;
const BATCH_BYTES = 8 << 20;

/** What is kept aside of updates that could not be applied: enough for a person to look at. */
const KEPT_OF_PERSON = { count: 64, bytes: 2 << 20 };
const KEPT_OF_BOARD = { count: 256, bytes: 8 << 20 };

export interface Journal {
  methods: Store['journal'];
  /** Resolves when everything that was given has been written. */
  idle(): Promise<void>;
}

/** The first who has a client id keeps it; one with which something was written is kept for good. */
async function own(
  on: Pick<Tx, '$executeRaw'>,
  boardId: string,
  client: number,
  userId: string,
): Promise<void> {
  await on.$executeRaw`
    INSERT INTO "BoardWriter" ("boardId", "client", "userId") VALUES (${boardId}, ${BigInt(client)}, ${userId})
    ON CONFLICT ("boardId", "client") DO UPDATE SET "shownAt" = NULL WHERE "BoardWriter"."userId" = ${userId}`;
}

/** Of those with which nothing was written yet, a person has the latest so many on a board. */
const SHOWN_OF_PERSON = 64;

async function show(
  on: Pick<Tx, '$executeRaw'>,
  boardId: string,
  client: number,
  userId: string,
): Promise<void> {
  await on.$executeRaw`
    INSERT INTO "BoardWriter" ("boardId", "client", "userId", "shownAt")
    VALUES (${boardId}, ${BigInt(client)}, ${userId}, ${BigInt(Date.now())})
    ON CONFLICT DO NOTHING`;
  await on.$executeRaw`
    DELETE FROM "BoardWriter" WHERE "boardId" = ${boardId} AND "client" IN (
      SELECT "client" FROM "BoardWriter"
      WHERE "boardId" = ${boardId} AND "userId" = ${userId} AND "shownAt" IS NOT NULL
      ORDER BY "shownAt" DESC, "client" LIMIT 1000 OFFSET ${SHOWN_OF_PERSON})`;
}

function fingerprint(update: Uint8Array): { hash: string; bytes: number } {
  return { hash: createHash('sha256').update(update).digest('hex'), bytes: update.byteLength };
}

export function journal({ db, transact }: Context, leases: Leases): Journal {
  /** Changes nothing, and holds the row: what another server took meanwhile is not this one's to replace. */
  async function hold(tx: Tx, boardId: string, fence: Fence): Promise<void> {
    const { count } = await tx.board.updateMany({
      where: { id: boardId, ...fence },
      data: { leaseHolder: fence.leaseHolder },
    });
    if (count === 0) throw await leases.refusal(tx, boardId);
  }

  let waiting: Waiting[] = [];
  let flushing: Promise<void> | null = null;

  function takeBatch(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const entry of waiting) {
      bytes += entry.update.byteLength;
      if (count > 0 && (count === BATCH_ROWS || bytes > BATCH_BYTES)) break;
      count++;
    }
    const batch = waiting.slice(0, count);
    waiting = waiting.slice(count);
    return batch;
  }

  /** Numbers within a board are given under the lock of its row, so their order is that of the commits. */
  async function write(batch: Waiting[]): Promise<number[]> {
    const boardIds = [...new Set(batch.map((entry) => entry.boardId))].sort();
    const fences = new Map<string, Fence>();
    for (const boardId of boardIds) fences.set(boardId, await leases.fence(boardId));
    return transact(async (tx) => {
      const next = new Map<string, number>();
      // Sorted, so that two processes never wait for each other's boards.
      for (const boardId of boardIds) {
        const count = batch.filter((entry) => entry.boardId === boardId).length;
        const found = await tx.board.updateManyAndReturn({
          where: { id: boardId, ...fences.get(boardId) },
          data: { journalSeq: { increment: count }, updatedAt: new Date() },
          select: { journalSeq: true },
        });
        const last = found[0]?.journalSeq;
        if (last === undefined) throw await leases.refusal(tx, boardId);
        next.set(boardId, last - count + 1);
      }
      const seqs = batch.map(({ boardId }) => {
        const seq = next.get(boardId) ?? 0;
        next.set(boardId, seq + 1);
        return seq;
      });
      await tx.journalEntry.createMany({
        data: batch.map(({ boardId, update, userId }, i) => ({ boardId, update, userId, seq: seqs[i] ?? 0 })),
      });
      for (const { boardId, userId, clients } of batch)
        if (userId !== null) for (const client of clients) await own(tx, boardId, client, userId);
      return seqs;
    });
  }

  async function flush(): Promise<void> {
    // What is appended in the same turn goes together.
    await null;
    while (waiting.length > 0) {
      const batch = takeBatch();
      try {
        const seqs = await write(batch);
        batch.forEach((entry, i) => {
          entry.resolve(seqs[i] ?? 0);
        });
      } catch (error) {
        // One board's fault must not be another's: alone, each gets its own answer.
        if (batch.length === 1) batch[0]?.reject(error);
        else await writeEach(batch);
      }
    }
  }

  async function writeEach(batch: Waiting[]): Promise<void> {
    for (const boardId of new Set(batch.map((entry) => entry.boardId))) {
      const own = batch.filter((entry) => entry.boardId === boardId);
      try {
        const seqs = await write(own);
        own.forEach((entry, i) => {
          entry.resolve(seqs[i] ?? 0);
        });
      } catch (error) {
        for (const entry of own) entry.reject(error);
      }
    }
  }

  /** By size and number: of the person on all boards, and of the board by all people. */
  async function hasRoom(tx: Tx, boardId: string, userId: string, bytes: number): Promise<boolean> {
    for (const [where, most] of [
      [{ userId }, KEPT_OF_PERSON],
      [{ boardId, userId: { not: null } }, KEPT_OF_BOARD],
    ] as const) {
      const { _count, _sum } = await tx.quarantine.aggregate({ where, _count: true, _sum: { bytes: true } });
      if (_count >= most.count || (_sum.bytes ?? 0) + bytes > most.bytes) return false;
    }
    return true;
  }

  function startFlush(): void {
    flushing ??= flush().finally(() => {
      flushing = null;
      if (waiting.length > 0) startFlush();
    });
  }

  const methods: Store['journal'] = {
    /** One snapshot of the database: a squash in between would show rows twice or not at all. */
    async load(boardId) {
      await leases.take(boardId);
      const [state, updates] = await db.$transaction(
        [
          db.boardState.findUnique({ where: { boardId } }),
          db.journalEntry.findMany({
            where: { boardId, squashed: false },
            orderBy: { seq: 'asc' },
            select: { seq: true, update: true },
          }),
        ],
        { isolationLevel: 'Serializable' },
      );
      return { state: state?.state ?? null, updates };
    },
    async writers(boardId) {
      const [clients, rows] = await Promise.all([
        db.boardWriter.findMany({ where: { boardId }, select: { client: true, userId: true } }),
        db.journalEntry.findMany({
          where: { boardId, squashed: false, userId: { not: null } },
          orderBy: { seq: 'asc' },
          select: { seq: true, userId: true },
        }),
      ]);
      return {
        clients: clients.map(({ client, userId }) => ({ client: Number(client), userId })),
        rows: rows.map(({ seq, userId }) => ({ seq, userId: userId ?? '' })),
      };
    },
    append(boardId, { update, userId, clients = [] }) {
      return new Promise((resolve, reject) => {
        // Copied: the caller may use its buffer again before the batch is written.
        waiting.push({ boardId, update: Uint8Array.from(update), userId, clients, resolve, reject });
        startFlush();
      });
    },
    async bind(boardId, client, userId) {
      const fence = await leases.fence(boardId);
      await transact(async (tx) => {
        await hold(tx, boardId, fence);
        await show(tx, boardId, client, userId);
      });
    },
    async squash(boardId, state, merged) {
      const fence = await leases.fence(boardId);
      const squash = () =>
        transact(async (tx) => {
          await hold(tx, boardId, fence);
          const bytes = Uint8Array.from(state);
          await tx.$executeRaw`UPDATE "BoardState" SET "previous" = "state" WHERE "boardId" = ${boardId}`;
          await tx.boardState.upsert({
            where: { boardId },
            create: { boardId, state: bytes },
            update: { state: bytes, updatedAt: new Date() },
          });
          // No row goes before what takes its place has been read back from the store.
          const kept = await tx.boardState.findUnique({ where: { boardId }, select: { state: true } });
          if (!kept || Buffer.compare(kept.state, bytes) !== 0)
            throw new Error('the store does not give back the document that was written to it');
          // What the last squash took in is in two states by now.
          await tx.journalEntry.deleteMany({ where: { boardId, squashed: true } });
          for (let i = 0; i < merged.length; i += BATCH_ROWS) {
            const seqs = merged.slice(i, i + BATCH_ROWS);
            await tx.journalEntry.updateMany({
              where: { boardId, seq: { in: [...seqs] } },
              data: { squashed: true },
            });
          }
        });
      await upserted(squash);
    },
    async revert(boardId) {
      const fence = await leases.fence(boardId);
      return transact(async (tx) => {
        await hold(tx, boardId, fence);
        const row = await tx.boardState.findUnique({ where: { boardId } });
        const squashed = await tx.journalEntry.count({ where: { boardId, squashed: true } });
        // Without its rows, the state before would be a loss: nothing to go back to.
        if (!row || squashed === 0) return false;
        const reason = 'the stored board could not be read';
        await tx.quarantine.create({
          data: { boardId, update: row.state, userId: null, reason, ...fingerprint(row.state) },
        });
        if (row.previous)
          await tx.boardState.update({
            where: { boardId },
            data: { state: row.previous, previous: null, updatedAt: new Date() },
          });
        else await tx.boardState.delete({ where: { boardId } });
        await tx.journalEntry.updateMany({ where: { boardId }, data: { squashed: false } });
        return true;
      });
    },
    release: leases.release,
    onLost: leases.onLost,
    async quarantine(boardId, { update, userId, reason }) {
      const bytes = Uint8Array.from(update);
      const print = fingerprint(bytes);
      const fence = await leases.fence(boardId);
      return transact(async (tx) => {
        await hold(tx, boardId, fence);
        const same = await tx.quarantine.findFirst({
          where: { boardId, hash: print.hash },
          select: { id: true },
        });
        if (same) return true;
        if (userId !== null && !(await hasRoom(tx, boardId, userId, print.bytes))) return false;
        await tx.quarantine.create({ data: { boardId, update: bytes, userId, reason, ...print } });
        return true;
      });
    },
  };
  return {
    methods,
    async idle() {
      while (flushing) await flushing;
    },
  };
}
