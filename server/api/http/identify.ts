/** Who asks: a bearer token, or the session cookie of next-auth whose session must still stand in the store. */
import { parse } from 'hono/utils/cookie';
import { decode } from 'next-auth/jwt';
import { z } from 'zod';
import { UserError } from '../../../core/errors/index.ts';
import type { App, Caller } from '../app/app.ts';
import { hashSecret } from '../app/secrets.ts';

export const SESSION_DAYS = 30;
/** Chosen by us and not by next-auth's guesses: `__Secure-` cookies where the public origin is https. */
export function sessionCookie(app: Pick<App, 'origins'>): { name: string; secure: boolean } {
  const secure = app.origins[0]?.startsWith('https:') ?? false;
  return { name: `${secure ? '__Secure-' : ''}interlayer.session`, secure };
}

/** What our JWT bears: nothing about the person but the ids. */
export const claimsSchema = z.object({ sub: z.string(), sid: z.string() });

/** A row is refreshed at most this often, so that reading is not writing. */
const SEEN_EVERY_MS = 60_000;

/** Null: a stranger. Throws `unauthenticated` for a bearer token that is wrong, so that scripts learn it at once. */
export async function identify(app: App, headers: Headers): Promise<Caller | null> {
  const authorization = headers.get('authorization');
  if (authorization !== null) return byToken(app, authorization);
  const { name } = sessionCookie(app);
  const jwt = parse(headers.get('cookie') ?? '', name)[name];
  return jwt === undefined ? null : bySession(app, jwt);
}

async function byToken(app: App, authorization: string): Promise<Caller> {
  const secret = /^Bearer\s+(il_[\w-]+)\s*$/i.exec(authorization)?.[1];
  const token = secret === undefined ? null : await app.store.tokens.byHash(hashSecret(secret));
  const now = Date.now();
  const holds =
    token && token.revokedAt === null && (token.expiresAt === null || token.expiresAt.getTime() > now);
  const user = holds ? await app.store.users.byId(token.userId) : null;
  if (!token || !user)
    throw new UserError(
      'unauthenticated',
      'This token is unknown, expired or revoked. Make a new one in the settings.',
    );
  if (token.lastUsedAt === null || now - token.lastUsedAt.getTime() > SEEN_EVERY_MS)
    await app.store.tokens.touch(token.id);
  return { user, sessionId: null, tokenId: token.id };
}

async function bySession(app: App, jwt: string): Promise<Caller | null> {
  const payload = await decode({ token: jwt, secret: app.authSecret }).catch(() => null);
  const claims = claimsSchema.safeParse(payload);
  if (!claims.success) return null;
  const session = await app.store.sessions.byId(claims.data.sid);
  const now = Date.now();
  if (
    !session ||
    session.userId !== claims.data.sub ||
    session.revokedAt !== null ||
    session.expiresAt.getTime() <= now
  )
    return null;
  const user = await app.store.users.byId(session.userId);
  if (!user) return null;
  if (now - session.lastSeenAt.getTime() > SEEN_EVERY_MS) await app.store.sessions.touch(session.id);
  return { user, sessionId: session.id, tokenId: null };
}

/** Cookies travel with requests that other sites cause; a bearer token does not. */
export function checkSameOrigin(app: App, request: Request, caller: Caller | null): void {
  if (request.method === 'GET' || request.method === 'HEAD' || caller?.tokenId != null) return;
  const origin = request.headers.get('origin');
  if (origin !== null && app.origins.includes(origin)) return;
  // A stranger's request without any origin is a script's (set-up, sign-up): it bears no cookie that could be abused.
  if (origin === null && caller === null) return;
  throw new UserError(
    'forbidden',
    `This request came from ${origin ?? 'an unnamed origin'}; ${app.origins.join(' or ')} was expected. If this is the server's right address, set INTERLAYER_URL to it.`,
  );
}
