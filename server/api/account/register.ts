/** Sign-up by invitation: nobody makes an account without one. */
import type { RegisterRequest } from '../../../core/api/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import type { UserRow } from '../../store/contract.ts';
import type { App } from '../app.ts';
import { openInvite } from '../projects/invites.ts';
import { hashPassword, hashSecret } from '../secrets.ts';

export async function register(app: App, request: RegisterRequest): Promise<UserRow> {
  await openInvite(app, request.invite);
  const passwordHash = await hashPassword(request.password);
  if (await app.store.users.byEmail(request.email))
    throw new UserError(
      'conflict',
      'There is an account with this e-mail address. Sign in, then open the invitation again.',
      'email',
    );
  const user = await app.store.users.create({ email: request.email, name: request.name, passwordHash });
  const member = await app.store.invites.accept(hashSecret(request.invite), user.id);
  if (member) app.sync.announceProject(member.projectId, { type: 'project' });
  return user;
}
