import { type Context, explained } from './context.ts';
import type { Store } from './contract.ts';

export function sessions({ db }: Context): Store['sessions'] {
  return {
    create: (session) =>
      explained(db.session.create({ data: session }), { missing: 'That account is no longer there.' }),
    byId: (id) => db.session.findUnique({ where: { id } }),
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
