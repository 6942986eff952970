/** A person's own name and password. */
import type { Me, PasswordChange } from '../../../core/api/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import type { UserRow } from '../../store/contract.ts';
import { type App, type Caller, personOf } from '../app/app.ts';
import { hashPassword, passwordMatches } from '../app/secrets.ts';

export function shownMe({ user, sessionId }: Caller): Me {
  return {
    user: { ...personOf(user), email: user.email },
    sessionId,
    hasPassword: user.passwordHash !== null,
  };
}

/** Members lists show the new name at once; a board shows it once the person opens it again. */
export async function renameSelf(app: App, caller: Caller, name: string): Promise<UserRow> {
  const renamed = await app.store.users.update(caller.user.id, { name });
  for (const project of await app.store.projects.ofUser(caller.user.id))
    app.sync.announceProject(project.id, { type: 'project' });
  return renamed;
}

/**
 * Whoever else is signed in as this person is not any more: a password is changed because it may be known. Throws
 * `forbidden` for a token, `conflict` for an account without a password, `forbidden` at `current` for a wrong one.
 */
export async function changePassword(app: App, caller: Caller, change: PasswordChange): Promise<void> {
  const { id, passwordHash } = caller.user;
  if (caller.tokenId !== null)
    throw new UserError('forbidden', 'A token cannot change the password. Sign in with a browser.');
  if (passwordHash === null)
    throw new UserError('conflict', 'This account has no password: its provider signs it in.', 'current');
  if (!(await passwordMatches(change.current, passwordHash)))
    throw new UserError('forbidden', 'That is not your current password. Nothing was changed.', 'current');
  const next = { from: passwordHash, to: await hashPassword(change.next) };
  if (!(await app.store.users.changePassword(id, next, caller.sessionId)))
    throw new UserError(
      'conflict',
      'The password was changed elsewhere a moment ago. Sign in with it.',
      'current',
    );
  // The sockets of this session come back with a ticket of their own.
  app.sync.disconnectUser(id);
}
