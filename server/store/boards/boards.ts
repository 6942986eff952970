import type { Context } from '../context.ts';
import type { BoardRow, Store } from '../contract.ts';
import { explained } from '../database/transactions.ts';

const GONE = 'That board is no longer there.';
const COLUMNS = {
  id: true,
  projectId: true,
  title: true,
  createdById: true,
  createdAt: true,
  updatedAt: true,
  deletedAt: true,
} as const satisfies Record<keyof BoardRow, true>;

/** A deleted board is kept in the database, for its snapshots and for whoever still has it open, but no longer found. */
export function boards({ db }: Context): Store['boards'] {
  return {
    create: ({ state, ...board }) =>
      explained(
        db.board.create({
          data: { ...board, ...(state ? { state: { create: { state: Uint8Array.from(state) } } } : {}) },
          select: COLUMNS,
        }),
        { missing: 'The project that should hold the board is no longer there.' },
      ),
    byId: (id) => db.board.findFirst({ where: { id, deletedAt: null }, select: COLUMNS }),
    /** Last changed first. */
    ofProject: (projectId) =>
      db.board.findMany({
        where: { projectId, deletedAt: null },
        select: COLUMNS,
        orderBy: [{ updatedAt: 'desc' }, { id: 'desc' }],
      }),
    rename: (id, title) =>
      explained(
        db.board.update({
          where: { id, deletedAt: null },
          data: { title, updatedAt: new Date() },
          select: COLUMNS,
        }),
        { missing: GONE },
      ),
    async delete(id) {
      await db.board.updateMany({ where: { id, deletedAt: null }, data: { deletedAt: new Date() } });
    },
  };
}
