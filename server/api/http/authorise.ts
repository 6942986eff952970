/** The one place where membership and role are enforced. */
import { UserError } from '../../../core/errors/index.ts';
import { type Action, atLeast, may } from '../../../core/roles/index.ts';
import {
  type App,
  type Caller,
  type Membership,
  notFound,
  type Resource,
  type Resources,
} from '../app/app.ts';
import type { Access } from './table.ts';

type Found = { [S in Resource]: { projects: readonly string[]; noun: string; row: Resources[S] } }[Resource];
export type Authorised = { caller: Caller | null } & Partial<Membership> & Partial<Resources[Resource]>;

/** What the path names; throws not_found. */
async function find(app: App, resource: Resource, params: Readonly<Record<string, string>>): Promise<Found> {
  const id = params.id ?? '';
  switch (resource) {
    case 'project': {
      const project = await app.store.projects.bySlug(params.project ?? '');
      if (!project) throw notFound('project');
      return { projects: [project.id], noun: 'project', row: {} };
    }
    case 'board': {
      const board = await app.store.boards.byId(id);
      if (!board || board.deletedAt !== null) throw notFound('board');
      return { projects: [board.projectId], noun: 'board', row: { board } };
    }
    case 'snapshot': {
      const snapshot = await app.store.snapshots.byId(id);
      if (!snapshot) throw notFound('snapshot');
      return { projects: [snapshot.projectId], noun: 'snapshot', row: { snapshot } };
    }
    case 'thread': {
      const thread = await app.store.threads.byId(id);
      if (!thread) throw notFound('thread');
      return { projects: [thread.projectId], noun: 'thread', row: { thread } };
    }
    case 'comment': {
      const thread = await app.store.threads.byComment(id);
      const comment = thread?.comments.find((found) => found.id === id);
      if (!thread || !comment) throw notFound('comment');
      return { projects: [thread.projectId], noun: 'comment', row: { thread, comment } };
    }
    case 'run': {
      const run = await app.store.runs.byId(id);
      if (!run) throw notFound('run');
      return { projects: [run.projectId], noun: 'run', row: { run } };
    }
    case 'job': {
      return { projects: app.jobs.projectsOf(id), noun: 'job', row: { jobId: id } };
    }
    case 'result': {
      const result = await app.store.results.byId(id);
      if (!result) throw notFound('result');
      return { projects: await app.store.results.projectsOf(id), noun: 'result', row: { result } };
    }
  }
}

/** A result or job belongs to every project that asked for it: the one in which the caller may most counts. */
async function membership(app: App, found: Found, caller: Caller, action: Action): Promise<Membership> {
  let best: Membership | null = null;
  for (const projectId of found.projects) {
    const role = await app.store.projects.role(projectId, caller.user.id);
    if (role === null) continue;
    const project = await app.store.projects.byId(projectId);
    if (!project) continue;
    if (best === null || !atLeast(best.role, role)) best = { project, role };
  }
  if (best === null) throw notFound(found.noun);
  if (may(best.role, action)) return best;
  throw new UserError(
    'forbidden',
    `As ${best.role} of ${best.project.name} you may not do this. Ask an owner of the project for another role.`,
  );
}

export async function authorise(
  app: App,
  access: Access,
  caller: Caller | null,
  params: Readonly<Record<string, string>>,
): Promise<Authorised> {
  if (access === 'public') return { caller };
  if (!caller) throw new UserError('unauthenticated', 'Sign in first.');
  if (access === 'user') return { caller };
  const found = await find(app, access.resource, params);
  return { caller, ...(await membership(app, found, caller, access.action)), ...found.row };
}
