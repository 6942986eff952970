/**
 * What one project, board or person may keep, so that none fills the disk for all. Each is looked at before the work is
 * done: several at once may go over by what was under way, and not further.
 */
import { rm, stat } from 'node:fs/promises';
import { UserError } from '../../../core/errors/index.ts';
import type { UploadedFile } from '../../compute/contract.ts';
import type { BoardRow, ProjectRow } from '../../store/contract.ts';
import type { App, Caller } from './app.ts';

const readable = (bytes: number): string => {
  for (const [unit, size] of [
    ['GiB', 1024 ** 3],
    ['MiB', 1024 ** 2],
    ['KiB', 1024],
  ] as const)
    if (bytes >= size) return `${(bytes / size).toFixed(1)} ${unit}`;
  return `${bytes} bytes`;
};

export const bytesOf = (files: readonly UploadedFile[]): number =>
  files.reduce((sum, { bytes }) => sum + bytes, 0);

/** Throws `too_large` when the project would hold more than it may. `incoming`: bytes that are about to be kept. */
export async function checkSpace(app: App, project: Pick<ProjectRow, 'id'>, incoming: number): Promise<void> {
  const { projectBytes } = app.config.quotas;
  const held = await app.store.projects.bytes(project.id);
  if (held + incoming <= projectBytes) return checkPerson(app, project.id, held, incoming);
  throw new UserError(
    'too_large',
    `The project keeps ${readable(held)} of models, data sets, snapshots and boards, and ${readable(incoming)} more are over the ${readable(projectBytes)} that it may. Delete a model, a data set, a snapshot or a board, or ask whoever runs this server to raise INTERLAYER_PROJECT_BYTES.`,
  );
}

/** The same for all projects of whoever answers for this one: making another project makes no more room. */
async function checkPerson(app: App, projectId: string, held: number, incoming: number): Promise<void> {
  const { personBytes } = app.config.quotas;
  const answering = await app.store.projects.answeredFor(projectId);
  if (!answering) return;
  let all = held;
  for (const id of answering.projects) if (id !== projectId) all += await app.store.projects.bytes(id);
  if (all + incoming <= personBytes) return;
  const count = answering.projects.length;
  throw new UserError(
    'too_large',
    `${answering.name} owns ${count === 1 ? 'this project' : `${count} projects with this one`}, which ${count === 1 ? 'keeps' : 'keep'} ${readable(all)}, and ${readable(incoming)} more are over the ${readable(personBytes)} that one person may keep. Delete a model, a data set, a snapshot or a board, or ask whoever runs this server to raise INTERLAYER_PERSON_BYTES.`,
  );
}

/** As `checkSpace`, for what was unpacked; what is refused is removed. */
export async function checkFiles(app: App, project: ProjectRow, files: readonly string[]): Promise<void> {
  const sizes = await Promise.all([...new Set(files)].map(async (file) => (await stat(file)).size));
  try {
    await checkSpace(
      app,
      project,
      sizes.reduce((sum, size) => sum + size, 0),
    );
  } catch (error) {
    await Promise.all(files.map((file) => rm(file, { force: true })));
    throw error;
  }
}

export async function checkBoards(app: App, project: ProjectRow): Promise<void> {
  await checkSpace(app, project, 0);
  const most = app.config.quotas.boardsPerProject;
  if ((await app.store.boards.ofProject(project.id)).length < most) return;
  throw new UserError(
    'too_large',
    `The project has ${most} boards, which is as many as it may. Delete one, or ask whoever runs this server to raise INTERLAYER_BOARDS_PER_PROJECT.`,
  );
}

export async function checkSnapshots(app: App, board: BoardRow): Promise<void> {
  const most = app.config.quotas.snapshotsPerBoard;
  if ((await app.store.snapshots.countOf(board.id)) < most) return;
  throw new UserError(
    'too_large',
    `The board has ${most} snapshots, which is as many as it may. Delete one, or ask whoever runs this server to raise INTERLAYER_SNAPSHOTS_PER_BOARD.`,
  );
}

export async function checkProjects(app: App, caller: Caller): Promise<void> {
  const most = app.config.quotas.projectsPerPerson;
  const owned = (await app.store.projects.ofUser(caller.user.id)).filter(({ role }) => role === 'owner');
  if (owned.length < most) return;
  throw new UserError(
    'too_large',
    `You own ${owned.length} projects, and may own ${most}. Delete one, or ask whoever runs this server to raise INTERLAYER_PROJECTS_PER_PERSON.`,
  );
}
