import { UserError } from '../../../core/errors/index.ts';
import type { Context } from '../context.ts';
import type { Store, UserRow } from '../contract.ts';
import type { Tx } from '../database/database.ts';
import { explained, upserted } from '../database/transactions.ts';

/** Addresses differ in case only by accident. */
export const normalEmail = (email: string): string => email.trim().toLowerCase();

export const emailTaken = (email: string): string =>
  `There is an account with the e-mail address ${normalEmail(email)} already. Sign in with it, or give another one.`;

const GONE = 'That account is no longer there.';

/** Colours go round in order of creation; the palette is the interface's. */
export async function createUser(
  tx: Tx,
  user: { email: string; name: string; passwordHash: string | null },
): Promise<UserRow> {
  const last = await tx.user.aggregate({ _max: { color: true } });
  return tx.user.create({
    data: { ...user, email: normalEmail(user.email), color: (last._max.color ?? -1) + 1 },
  });
}

export function users({ db, transact }: Context): Store['users'] {
  return {
    create: (user) =>
      explained(
        transact((tx) => createUser(tx, user)),
        { taken: emailTaken(user.email) },
      ),
    byId: (id) => db.user.findUnique({ where: { id } }),
    async byIds(ids) {
      const rows = await db.user.findMany({ where: { id: { in: [...new Set(ids)] } } });
      const found = new Map(rows.map((row) => [row.id, row]));
      return [...new Set(ids)].flatMap((id) => found.get(id) ?? []);
    },
    byEmail: (email) => db.user.findUnique({ where: { email: normalEmail(email) } }),
    count: () => db.user.count(),
    update: (id, change) => explained(db.user.update({ where: { id }, data: change }), { missing: GONE }),
    changePassword: (id, { from, to }, keep) =>
      explained(
        transact(async (tx) => {
          const { count } = await tx.user.updateMany({
            where: { id, passwordHash: from },
            data: { passwordHash: to },
          });
          if (count === 0) return false;
          await tx.session.updateMany({
            where: { userId: id, revokedAt: null, ...(keep === null ? {} : { id: { not: keep } }) },
            data: { revokedAt: new Date() },
          });
          return true;
        }),
        { missing: GONE },
      ),
    async byIdentity(provider, subject) {
      const found = await db.identity.findUnique({
        where: { provider_subject: { provider, subject } },
        include: { user: true },
      });
      return found?.user ?? null;
    },
    async linkIdentity(userId, provider, subject) {
      const linked = await explained(
        upserted(() =>
          db.identity.upsert({
            where: { provider_subject: { provider, subject } },
            create: { provider, subject, userId },
            update: {},
          }),
        ),
        { missing: GONE },
      );
      if (linked.userId !== userId) {
        throw new UserError(
          'conflict',
          `This ${provider} account is linked to another account here. Sign in with that one.`,
        );
      }
    },
  };
}
