import { atLeast, roleSchema } from '../../../core/roles/index.ts';
import type { Context } from '../context.ts';
import type { InviteRow, Store } from '../contract.ts';
import type { Tx } from '../database/database.ts';
import { explained, lockRow } from '../database/transactions.ts';
import { createUser, emailTaken } from '../people/users.ts';
import { toMember } from './projects.ts';

const COLUMNS = {
  id: true,
  projectId: true,
  role: true,
  createdById: true,
  createdAt: true,
  expiresAt: true,
  revokedAt: true,
  uses: true,
  maxUses: true,
} as const satisfies Record<keyof InviteRow, true>;

const toInvite = (row: Omit<InviteRow, 'role'> & { role: string }): InviteRow => ({
  ...row,
  role: roleSchema.parse(row.role),
});

/** True while an invite can be accepted. */
export function isOpen(invite: InviteRow, now = new Date()): boolean {
  return (
    invite.revokedAt === null &&
    invite.expiresAt > now &&
    (invite.maxUses === null || invite.uses < invite.maxUses)
  );
}

export function invites({ db, transact }: Context): Store['invites'] {
  return {
    async create(invite) {
      const row = await explained(db.invite.create({ data: invite, select: COLUMNS }), {
        taken: 'There is an invitation with this secret already. Make another one.',
        missing: 'The project or the account that invites is no longer there.',
      });
      return toInvite(row);
    },
    async byHash(secretHash) {
      const row = await db.invite.findUnique({ where: { secretHash }, select: COLUMNS });
      return row && toInvite(row);
    },
    /** Without revoked ones, newest first. */
    async ofProject(projectId) {
      const rows = await db.invite.findMany({
        where: { projectId, revokedAt: null },
        select: COLUMNS,
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      });
      return rows.map(toInvite);
    },
    async revoke(id) {
      await db.invite.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: new Date() } });
    },
    /** A member with that role or a greater one stays as is, and uses nothing up. */
    accept: (secretHash, userId) =>
      explained(
        transact(async (tx) => {
          const invite = await openLocked(tx, secretHash);
          if (!invite) return null;
          const { projectId } = invite;
          const key = { projectId_userId: { projectId, userId } };
          const member = await tx.member.findUnique({ where: key });
          if (member && atLeast(roleSchema.parse(member.role), invite.role)) return toMember(member);
          await use(tx, invite);
          const joined = await tx.member.upsert({
            where: key,
            create: { projectId, userId, role: invite.role },
            update: { role: invite.role },
          });
          return toMember(joined);
        }),
        { missing: 'That account is no longer there.' },
      ),
    register: (secretHash, user, identity) =>
      explained(
        transact(async (tx) => {
          const invite = await openLocked(tx, secretHash);
          if (!invite) return null;
          await use(tx, invite);
          const made = await createUser(tx, user);
          if (identity) await tx.identity.create({ data: { ...identity, userId: made.id } });
          const member = await tx.member.create({
            data: { projectId: invite.projectId, userId: made.id, role: invite.role },
          });
          return { user: made, member: toMember(member) };
        }),
        { taken: emailTaken(user.email) },
      ),
  };
}

/** The invitation, if it can still be used. Whoever uses one of this project, or changes its members, waits here. */
async function openLocked(tx: Tx, secretHash: string): Promise<InviteRow | null> {
  const projectId = (await tx.invite.findUnique({ where: { secretHash } }))?.projectId;
  if (projectId === undefined || !(await lockRow(tx, 'project', projectId))) return null;
  const row = await tx.invite.findUnique({ where: { secretHash }, select: COLUMNS });
  const invite = row && toInvite(row);
  return invite && isOpen(invite) ? invite : null;
}

async function use(tx: Tx, { id }: InviteRow): Promise<void> {
  await tx.invite.update({ where: { id }, data: { uses: { increment: 1 } } });
}
