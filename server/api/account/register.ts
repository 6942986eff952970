/** Sign-up by invitation: nobody makes an account without one. */
import type { RegisterRequest } from '../../../core/api/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import type { UserRow } from '../../store/contract.ts';
import type { App } from '../app/app.ts';
import { hashPassword, hashSecret } from '../app/secrets.ts';
import { INVITATION_GONE, openInvite } from '../projects/invites.ts';

export async function register(app: App, request: RegisterRequest): Promise<UserRow> {
  await openInvite(app, request.invite);
  const passwordHash = await hashPassword(request.password);
  if (await app.store.users.byEmail(request.email))
    throw new UserError(
      'conflict',
      'There is an account with this e-mail address. Sign in, then open the invitation again.',
      'email',
    );
  const made = await app.store.invites.register(hashSecret(request.invite), {
    ...{ email: request.email, name: request.name, passwordHash },
  });
  // Used up between the look and the use: no account was made.
  if (!made) throw new UserError('not_found', INVITATION_GONE);
  app.sync.announceProject(made.member.projectId, { type: 'project' });
  return made.user;
}
