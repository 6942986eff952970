import { UserError } from '../../../core/errors/index.ts';
import type { Context } from '../context.ts';
import type { Store, TokenRow } from '../contract.ts';
import { explained, lockRow } from '../database/transactions.ts';

/** All but the hash, which leaves the database only as a condition. */
const COLUMNS = {
  id: true,
  userId: true,
  name: true,
  prefix: true,
  createdAt: true,
  lastUsedAt: true,
  expiresAt: true,
  revokedAt: true,
} as const satisfies Record<keyof TokenRow, true>;

/** `byHash` also finds what has expired or was revoked: whoever asks tells the two apart by the dates. */
export function tokens({ db, transact }: Context): Store['tokens'] {
  return {
    create: ({ sessionId, ...token }) =>
      explained(
        transact(async (tx) => {
          if (sessionId !== undefined) {
            await lockRow(tx, 'session', sessionId);
            const session = await tx.session.findUnique({ where: { id: sessionId } });
            if (session?.revokedAt !== null)
              throw new UserError('unauthenticated', 'This session was ended. Sign in again.');
          }
          return tx.token.create({ data: token, select: COLUMNS });
        }),
        {
          taken: 'There is a token with this secret already. Make another one.',
          missing: 'That account is no longer there.',
        },
      ),
    async standing(ids) {
      const rows = await db.token.findMany({
        where: {
          ...{ id: { in: [...ids] }, revokedAt: null },
          OR: [{ expiresAt: null }, { expiresAt: { gt: new Date() } }],
        },
        select: { id: true },
      });
      return new Set(rows.map(({ id }) => id));
    },
    byHash: (secretHash) => db.token.findUnique({ where: { secretHash }, select: COLUMNS }),
    /** Without revoked ones, newest first. */
    ofUser: (userId) =>
      db.token.findMany({
        where: { userId, revokedAt: null },
        select: COLUMNS,
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      }),
    async touch(id) {
      await db.token.updateMany({ where: { id }, data: { lastUsedAt: new Date() } });
    },
    async revoke(id, userId) {
      const { count } = await db.token.updateMany({
        where: { id, userId, revokedAt: null },
        data: { revokedAt: new Date() },
      });
      return count > 0;
    },
  };
}
