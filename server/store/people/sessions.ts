import { UserError } from '../../../core/errors/index.ts';
import type { Context } from '../context.ts';
import type { Store } from '../contract.ts';
import { explained, lockRow } from '../database/transactions.ts';

export function sessions({ db, transact }: Context): Store['sessions'] {
  return {
    create: ({ passwordHash, ...session }) =>
      explained(
        transact(async (tx) => {
          // A change of the password ends all sessions: one that begins by the old one waits for it here.
          await lockRow(tx, 'user', session.userId);
          const user = await tx.user.findUnique({ where: { id: session.userId } });
          if (passwordHash !== undefined && user?.passwordHash !== passwordHash)
            throw new UserError('unauthenticated', 'The password was changed a moment ago. Sign in with it.');
          return tx.session.create({ data: session });
        }),
        { missing: 'That account is no longer there.' },
      ),
    byId: (id) => db.session.findUnique({ where: { id } }),
    async standing(ids) {
      const rows = await db.session.findMany({
        where: { id: { in: [...ids] }, revokedAt: null, expiresAt: { gt: new Date() } },
        select: { id: true },
      });
      return new Set(rows.map(({ id }) => id));
    },
    /** Those in use, last seen first. */
    ofUser: (userId) =>
      db.session.findMany({
        where: { userId, revokedAt: null, expiresAt: { gt: new Date() } },
        orderBy: [{ lastSeenAt: 'desc' }, { id: 'desc' }],
      }),
    async touch(id) {
      await db.session.updateMany({ where: { id }, data: { lastSeenAt: new Date() } });
    },
    async revoke(id) {
      await db.session.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: new Date() } });
    },
  };
}
