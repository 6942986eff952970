/** Projects and who is in them. */
import type { Member, Project } from '../../../core/api/index.ts';
import { withoutTurns } from '../../../core/bidi/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import type { Role } from '../../../core/roles/index.ts';
import type { ProjectRow } from '../../store/contract.ts';
import { type App, type Caller, notFound, personOf } from '../app/app.ts';
import { checkProjects } from '../app/quotas.ts';

export function shownProject(project: ProjectRow, role: Role): Project {
  return { slug: project.slug, name: project.name, role, createdAt: project.createdAt.toISOString() };
}

export async function listProjects(app: App, caller: Caller): Promise<Project[]> {
  return (await app.store.projects.ofUser(caller.user.id)).map((row) => shownProject(row, row.role));
}

/** Lower-case letters and digits of the name, joined by hyphens. */
export function slugOf(name: string): string {
  const words = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[a-z0-9]+/g);
  return (words ?? ['project']).join('-').slice(0, 48).replace(/-$/, '');
}

/** A slug that is taken gets the next free number. */
export async function createProject(app: App, caller: Caller, name: string): Promise<Project> {
  await checkProjects(app, caller);
  const base = slugOf(name);
  for (let k = 1; k < 1000; k++) {
    const slug = k === 1 ? base : `${base}-${k}`;
    if (await app.store.projects.bySlug(slug)) continue;
    try {
      return shownProject(await app.store.projects.create({ slug, name, ownerId: caller.user.id }), 'owner');
    } catch (error) {
      // Somebody else took the slug in between.
      if (!(error instanceof UserError && error.code === 'conflict')) throw error;
    }
  }
  throw new UserError('conflict', `There are too many projects named ${name}. Choose another name.`);
}

export async function renameProject(app: App, project: ProjectRow, name: string): Promise<ProjectRow> {
  const renamed = await app.store.projects.rename(project.id, name);
  app.sync.announceProject(project.id, { type: 'project' });
  return renamed;
}

/**
 * For good, with all that is in it. `name` is the project's, typed again: throws `bad_request` when it is not. Whoever
 * has one of its boards open is sent away.
 */
export async function deleteProject(app: App, project: ProjectRow, name: string): Promise<void> {
  if (name !== withoutTurns(project.name))
    throw new UserError(
      'bad_request',
      `The name is ${JSON.stringify(name)}; ${JSON.stringify(project.name)} was expected. Nothing was deleted.`,
      'name',
    );
  const boards = await app.store.boards.ofProject(project.id);
  await app.store.projects.delete(project.id);
  for (const board of boards) app.sync.closeBoard(board.id);
  app.jobs.forgetProject(project.id);
  app.catalogs.forget(project.id);
}

export async function listMembers(app: App, project: ProjectRow): Promise<Member[]> {
  const rows = await app.store.projects.members(project.id);
  const users = new Map((await app.store.users.byIds(rows.map((row) => row.userId))).map((u) => [u.id, u]));
  return rows.flatMap((row) => {
    const user = users.get(row.userId);
    return user
      ? [{ ...personOf(user), email: user.email, role: row.role, joinedAt: row.joinedAt.toISOString() }]
      : [];
  });
}

/** Takes effect on open sockets at once (rule S5). */
export async function changeRole(app: App, project: ProjectRow, userId: string, role: Role): Promise<Member> {
  if ((await app.store.projects.role(project.id, userId)) === null) throw notFound('member');
  await app.store.projects.setRole(project.id, userId, role);
  app.sync.setRole(project.id, userId, role);
  app.sync.announceProject(project.id, { type: 'project' });
  const member = (await listMembers(app, project)).find((found) => found.id === userId);
  if (!member) throw notFound('member');
  return member;
}

/** Owners remove anybody; everybody may leave. */
export async function removeMember(
  app: App,
  project: ProjectRow,
  role: Role,
  caller: Caller,
  userId: string,
): Promise<void> {
  if (role !== 'owner' && userId !== caller.user.id)
    throw new UserError('forbidden', 'Only an owner of the project may remove others.');
  if ((await app.store.projects.role(project.id, userId)) === null) throw notFound('member');
  await app.store.projects.removeMember(project.id, userId);
  app.sync.setRole(project.id, userId, null);
  app.sync.announceProject(project.id, { type: 'project' });
}
