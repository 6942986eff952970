/** Signing in: by password, or by an OAuth identity that was invited or is a member already. */
import { registerRequestSchema } from '../../../core/api/index.ts';
import type { App } from '../app/app.ts';
import { hashSecret, passwordMatches } from '../app/secrets.ts';
import { SESSION_DAYS, sessionCookie } from '../http/identify.ts';
import { openInvite } from '../projects/invites.ts';
import type { Handles, OAuthVerdict } from './handles.ts';

const DAY_MS = 86_400_000;
const LONGEST_AGENT = 300;

/** Unknown addresses, accounts without a password and wrong passwords take the same time and give the same answer. */
export async function signInByPassword(
  app: App,
  email: string,
  password: string,
  address: string,
): Promise<{ id: string; passwordHash: string } | null> {
  const wanted = email.trim().toLowerCase();
  app.limiter.take('signInAddress', address);
  app.limiter.take('signIn', `${address} ${wanted}`);
  const user = await app.store.users.byEmail(wanted);
  const right = await passwordMatches(password, user?.passwordHash ?? null);
  return user?.passwordHash && right ? { id: user.id, passwordHash: user.passwordHash } : null;
}

type Identity = Parameters<Handles['signInByOAuth']>[0];

/** As the interface takes it: no provider is believed more than a person who types. */
const emailSchema = registerRequestSchema.shape.email;

/**
 * An identity enters when it is linked to an account, or when it comes from an invitation. It is linked when its provider
 * vouches for the account's e-mail address and the browser is signed in to that account: the address alone proves
 * nothing about the account, which somebody else may have made under it, who would then share it.
 */
export async function signInByOAuth(app: App, identity: Identity): Promise<OAuthVerdict> {
  const { provider, subject, invite, emailVerified, signedInAs } = identity;
  const email = emailSchema.safeParse(identity.email?.trim()).data ?? null;
  if (await app.store.users.byIdentity(provider, subject)) return 'welcome';
  const account = email === null ? null : await app.store.users.byEmail(email);
  if (account) {
    if (!emailVerified || signedInAs !== account.id) return 'taken';
    await app.store.users.linkIdentity(account.id, provider, subject);
    return 'welcome';
  }
  if (email === null || invite === null) return 'uninvited';
  try {
    await openInvite(app, invite);
  } catch {
    return 'uninvited';
  }
  const made = await app.store.invites.register(
    hashSecret(invite),
    { email, name: identity.name, passwordHash: null },
    { provider, subject },
  );
  if (!made) return 'uninvited';
  app.sync.announceProject(made.member.projectId, { type: 'project' });
  return 'welcome';
}

export function makeHandles(app: App): Handles {
  return {
    authSecret: app.authSecret,
    origins: app.origins,
    cookie: sessionCookie(app),
    sessionDays: SESSION_DAYS,
    oauth: app.config.oauth,
    signInByPassword: (email, password, address) => signInByPassword(app, email, password, address),
    signInByOAuth: (identity) => signInByOAuth(app, identity),
    userOfIdentity: async (provider, subject) =>
      (await app.store.users.byIdentity(provider, subject))?.id ?? null,
    openSession: async (userId, userAgent, passwordHash) => {
      const expiresAt = new Date(Date.now() + SESSION_DAYS * DAY_MS);
      const { id } = await app.store.sessions.create({
        ...{ userId, userAgent: userAgent.slice(0, LONGEST_AGENT), expiresAt },
        ...(passwordHash === null ? {} : { passwordHash }),
      });
      return id;
    },
    sessionStands: async (id, userId) => {
      const row = await app.store.sessions.byId(id);
      return (
        row !== null &&
        row.userId === userId &&
        row.revokedAt === null &&
        row.expiresAt.getTime() > Date.now()
      );
    },
    endSession: async (id) => {
      await app.store.sessions.revoke(id);
      await app.sync.recheck();
    },
    log: (level, message, facts) => app.log[level](facts, message),
  };
}
