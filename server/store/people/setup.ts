import type { Context } from '../context.ts';
import type { Store } from '../contract.ts';
import type { Tx } from '../database/database.ts';
import { explained, lockRow } from '../database/transactions.ts';
import { createUser, emailTaken } from './users.ts';

/** The single row of the one-time owner link. */
const ID = 1;

/** Someone who set the workspace up, or was made owner of a project in another way (command line). */
async function ownerExists(db: Tx): Promise<boolean> {
  const claimed = await db.setup.count({ where: { claimedAt: { not: null } } });
  return claimed > 0 || (await db.member.count({ where: { role: 'owner' } })) > 0;
}

export function setup({ db, transact }: Context): Store['setup'] {
  return {
    offer: (secretHash) =>
      transact(async (tx) => {
        // Written first: it waits for a claim in progress, and what is read next is then final.
        await tx.$executeRaw`
          INSERT INTO "Setup" ("id", "secretHash") VALUES (${ID}, ${secretHash})
          ON CONFLICT ("id") DO UPDATE SET "secretHash" = excluded."secretHash" WHERE "Setup"."claimedAt" IS NULL`;
        return !(await ownerExists(tx));
      }),
    claim: (secretHash, user) =>
      explained(
        transact(async (tx) => {
          // Of several at once, the others wait here and then find it claimed.
          await lockRow(tx, 'setup', ID);
          if (await ownerExists(tx)) return null;
          const { count } = await tx.setup.updateMany({
            where: { id: ID, secretHash },
            data: { claimedAt: new Date() },
          });
          if (count === 0) return null;
          const owner = await createUser(tx, user);
          await tx.setup.update({ where: { id: ID }, data: { claimedById: owner.id } });
          const all = await tx.project.findMany({ select: { id: true } });
          await tx.member.createMany({
            data: all.map(({ id }) => ({ projectId: id, userId: owner.id, role: 'owner' })),
          });
          return owner;
        }),
        { taken: emailTaken(user.email) },
      ),
    hasOwner: () => ownerExists(db),
  };
}
