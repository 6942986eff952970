/** The first account, by a one-time link printed beside the address. */
import type { SetupRequest } from '../../../core/api/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import type { Store, UserRow } from '../../store/contract.ts';
import type { App } from '../app/app.ts';
import { hashPassword, hashSecret, randomSecret } from '../app/secrets.ts';

/** The link's secret, to be shown once; null when an owner exists. Each start of the server makes a fresh one. */
export async function offerSetup(store: Store, fixed: string | undefined): Promise<string | null> {
  const secret = fixed ?? randomSecret();
  return (await store.setup.offer(hashSecret(secret))) ? secret : null;
}

/** Makes the owner of every project. Throws `forbidden` for a link that is wrong or used. */
export async function claimSetup(app: App, request: SetupRequest): Promise<UserRow> {
  const owner = await app.store.setup.claim(hashSecret(request.token), {
    email: request.email,
    name: request.name,
    passwordHash: await hashPassword(request.password),
  });
  if (owner) return owner;
  throw new UserError(
    'forbidden',
    (await app.store.setup.hasOwner())
      ? 'The first account is already made. Ask its owner for an invitation.'
      : 'This link is not the one that the server printed when it last started.',
  );
}
