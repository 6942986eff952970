/** What has become of those whose sockets are open: sessions, tokens and memberships end, wherever they are ended. */
import type { Role } from '../../../core/roles/index.ts';
import type { Store } from '../../store/contract.ts';
import type { Standing } from '../../sync/contract.ts';
import type { Ticket } from '../app/tickets.ts';

/** In the order asked; three queries, however many are asked about. */
export async function standingsOf(store: Store, asked: readonly Ticket[]): Promise<Standing[]> {
  const ids = (kind: 'session' | 'token') => [
    ...new Set(asked.flatMap(({ credential }) => (credential.kind === kind ? [credential.id] : []))),
  ];
  const [sessions, tokens, members] = await Promise.all([
    store.sessions.standing(ids('session')),
    store.tokens.standing(ids('token')),
    store.projects.memberships(asked.map(({ projectId }) => projectId)),
  ]);
  const roles = new Map<string, Role>(
    members.map(({ projectId, userId, role }) => [`${projectId} ${userId}`, role]),
  );
  // A project cannot lose its last owner: one without members is gone, with its boards.
  const projects = new Set(members.map(({ projectId }) => projectId));
  return asked.map(({ credential, projectId, user }) => {
    const standing = credential.kind === 'session' ? sessions : tokens;
    if (!standing.has(credential.id)) return 'signed-out';
    return roles.get(`${projectId} ${user.id}`) ?? (projects.has(projectId) ? 'removed' : 'deleted');
  });
}
