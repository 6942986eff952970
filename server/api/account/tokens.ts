/** Tokens for scripts: a person's own rights, without a browser. */
import type { CreatedToken, Token } from '../../../core/api/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import type { Store } from '../../store/contract.ts';
import { type App, type Caller, notFound } from '../app/app.ts';
import { hashSecret, randomSecret } from '../app/secrets.ts';

const DAY_MS = 86_400_000;

/** The secret is told here and never again. Throws `unauthenticated` when the session that asks was ended meanwhile. */
export async function createToken(
  store: Store,
  userId: string,
  request: { name: string; expiresInDays?: number | undefined },
  sessionId?: string,
): Promise<CreatedToken> {
  const secret = randomSecret('il_');
  const row = await store.tokens.create({
    userId,
    name: request.name,
    prefix: secret.slice(0, 8),
    secretHash: hashSecret(secret),
    expiresAt:
      request.expiresInDays === undefined ? null : new Date(Date.now() + request.expiresInDays * DAY_MS),
    ...(sessionId === undefined ? {} : { sessionId }),
  });
  return { id: row.id, name: row.name, secret };
}

/** A token that leaked must not be able to make others. */
export async function createOwnToken(
  app: App,
  caller: Caller,
  request: { name: string; expiresInDays?: number | undefined },
): Promise<CreatedToken> {
  if (caller.tokenId !== null)
    throw new UserError(
      'forbidden',
      'A token cannot make tokens. Sign in with a browser, or use the command line on the server.',
    );
  return createToken(app.store, caller.user.id, request, caller.sessionId ?? undefined);
}

export async function listTokens(app: App, caller: Caller): Promise<Token[]> {
  const rows = await app.store.tokens.ofUser(caller.user.id);
  return rows
    .filter((row) => row.revokedAt === null)
    .map((row) => ({
      id: row.id,
      name: row.name,
      prefix: row.prefix,
      createdAt: row.createdAt.toISOString(),
      lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
      expiresAt: row.expiresAt?.toISOString() ?? null,
    }));
}

export async function revokeToken(app: App, caller: Caller, id: string): Promise<void> {
  if (!(await app.store.tokens.revoke(id, caller.user.id))) throw notFound('token');
  await app.sync.recheck();
}
