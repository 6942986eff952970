/** Invitations: links with a role that expire and can be revoked. */
import type { Invitation, Invite } from '../../../core/api/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import type { Role } from '../../../core/roles/index.ts';
import type { InviteRow, ProjectRow } from '../../store/contract.ts';
import { type App, type Caller, notFound } from '../app/app.ts';
import { hashSecret, randomSecret } from '../app/secrets.ts';

const HOUR_MS = 3_600_000;

function shown(row: InviteRow): Invite {
  return {
    id: row.id,
    role: row.role,
    createdBy: row.createdById,
    expiresAt: row.expiresAt.toISOString(),
    revokedAt: row.revokedAt?.toISOString() ?? null,
    uses: row.uses,
    maxUses: row.maxUses,
  };
}

export async function listInvites(app: App, project: ProjectRow): Promise<Invite[]> {
  return (await app.store.invites.ofProject(project.id)).map(shown);
}

export async function createInvite(
  app: App,
  project: ProjectRow,
  caller: Caller,
  request: { role: Role; expiresInHours: number; maxUses?: number | undefined },
): Promise<{ invite: Invite; url: string }> {
  const secret = randomSecret();
  const row = await app.store.invites.create({
    projectId: project.id,
    role: request.role,
    createdById: caller.user.id,
    secretHash: hashSecret(secret),
    expiresAt: new Date(Date.now() + request.expiresInHours * HOUR_MS),
    maxUses: request.maxUses ?? null,
  });
  return { invite: shown(row), url: `${app.origins[0]}/invite/${secret}` };
}

export async function revokeInvite(app: App, project: ProjectRow, id: string): Promise<void> {
  const found = (await app.store.invites.ofProject(project.id)).find((row) => row.id === id);
  if (!found) throw notFound('invitation');
  await app.store.invites.revoke(id);
}

/** Throws `not_found` for a link that is unknown, expired, revoked or used up. */
export async function openInvite(app: App, secret: string): Promise<Invitation> {
  const row = await app.store.invites.byHash(hashSecret(secret));
  const project = row ? await app.store.projects.byId(row.projectId) : null;
  if (
    !row ||
    !project ||
    row.revokedAt !== null ||
    row.expiresAt.getTime() <= Date.now() ||
    (row.maxUses !== null && row.uses >= row.maxUses)
  )
    throw new UserError('not_found', INVITATION_GONE);
  return {
    project: project.name,
    slug: project.slug,
    role: row.role,
    expiresAt: row.expiresAt.toISOString(),
  };
}

/** Also when it was used up between the look and the use. */
export const INVITATION_GONE = 'This invitation is unknown, expired, revoked or used up. Ask for a new one.';

export async function acceptInvite(app: App, caller: Caller, secret: string): Promise<{ slug: string }> {
  const { slug } = await openInvite(app, secret);
  const member = await app.store.invites.accept(hashSecret(secret), caller.user.id);
  if (!member) throw new UserError('not_found', INVITATION_GONE);
  app.sync.setRole(member.projectId, caller.user.id, member.role);
  app.sync.announceProject(member.projectId, { type: 'project' });
  return { slug };
}
