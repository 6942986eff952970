/** next-auth's settings. Runs in Next's bundle: everything it needs of the server comes by the handles. */
import type { Account, NextAuthOptions, Profile } from 'next-auth';
import { decode } from 'next-auth/jwt';
import CredentialsProvider from 'next-auth/providers/credentials';
import GitHubProvider from 'next-auth/providers/github';
import GoogleProvider from 'next-auth/providers/google';
import type { Provider } from 'next-auth/providers/index';
import { z } from 'zod';
import { withoutTurns } from '../../../core/bidi/index.ts';
import { isDiskFull } from '../../../core/errors/index.ts';
import type { OAuthClient } from '../settings/config.ts';
import { ADDRESS_HEADER, type Handles } from './handles.ts';

const credentialsSchema = z.object({ email: z.string().max(200), password: z.string().max(200) });
/** What signing in by password has begun already, where what goes wrong can be said. */
const signedInSchema = z.object({ sid: z.string() });
const claimsSchema = z.object({ sub: z.string(), sid: z.string() });
const profileSchema = z.object({
  email: z.string().nullish(),
  email_verified: z.union([z.boolean(), z.string()]).nullish(),
  name: z.string().nullish(),
  login: z.string().nullish(),
});

const CALLBACK_COOKIE = 'interlayer.callback-url';

export function authOptions(
  handles: Handles,
  request: { headers: Headers; cookie(name: string): string | undefined },
): NextAuthOptions {
  const { name, secure } = handles.cookie;
  const cookie = (cookieName: string) => ({
    name: cookieName,
    options: { httpOnly: true, sameSite: 'lax' as const, path: '/', secure },
  });
  const signedInAs = async (jwt: string | undefined): Promise<string | null> => {
    const token = await decode({ token: jwt, secret: handles.authSecret }).catch(() => null);
    const claims = claimsSchema.safeParse(token);
    const stands = claims.success && (await handles.sessionStands(claims.data.sid, claims.data.sub));
    return stands ? claims.data.sub : null;
  };
  return {
    secret: handles.authSecret,
    session: { strategy: 'jwt', maxAge: handles.sessionDays * 86_400 },
    pages: { signIn: '/sign-in', error: '/sign-in' },
    cookies: { sessionToken: cookie(name), callbackUrl: cookie(CALLBACK_COOKIE) },
    providers: [passwordProvider(handles, request.headers), ...handles.oauth.map(oauthProvider)],
    callbacks: {
      signIn: async ({ account, profile }) => {
        if (!account || account.type === 'credentials') return true;
        try {
          const verdict = await handles.signInByOAuth({
            ...identityOf(account, profile, request.cookie(CALLBACK_COOKIE)),
            signedInAs: await signedInAs(request.cookie(name)),
          });
          if (verdict === 'welcome') return true;
          return verdict === 'taken' ? '/sign-in?error=OAuthAccountNotLinked' : false;
        } catch (error) {
          // next-auth would put the error's own words into the address.
          return `/sign-in?error=${failureOf(error, handles)}`;
        }
      },
      // Called with `user` when somebody has just signed in: that is when a session begins.
      jwt: async ({ token, user, account }) => {
        if (!user || !account) {
          const { sub, sid, iat, exp, jti } = token;
          return { sub, sid, iat, exp, jti };
        }
        if (account.type === 'credentials') return { sub: user.id, sid: signedInSchema.parse(user).sid };
        const id = await handles.userOfIdentity(account.provider, account.providerAccountId);
        if (id === null) throw new Error('the identity has no account');
        return { sub: id, sid: await handles.openSession(id, agentOf(request.headers), null) };
      },
      session: async ({ session, token }) => {
        const claims = claimsSchema.safeParse(token);
        const stands = claims.success && (await handles.sessionStands(claims.data.sid, claims.data.sub));
        return stands ? { expires: session.expires, user: {} } : { expires: new Date(0).toISOString() };
      },
      redirect: async ({ url, baseUrl }) => safeRedirect(url, baseUrl, handles.origins),
    },
    events: {
      signOut: async ({ token }) => {
        const claims = claimsSchema.safeParse(token);
        if (claims.success) await handles.endSession(claims.data.sid);
      },
    },
    logger: {
      // Its facts may hold secrets of a provider: only the code is kept.
      error: (code) => handles.log('warn', 'signing in failed', { code }),
      warn: () => undefined,
      debug: () => undefined,
    },
  };
}

/** Of a UserError that was made by another copy of its class. */
const codeOf = (error: unknown): string | null =>
  z.object({ code: z.string() }).safeParse(error).data?.code ?? null;

const agentOf = (headers: Headers): string => headers.get('user-agent') ?? '';

/** The page knows these words (components/account/sign-in.ts). Anything else stays inside. */
function failureOf(error: unknown, handles: Handles): 'rate_limited' | 'disk_full' | 'internal' {
  if (codeOf(error) === 'rate_limited') return 'rate_limited';
  handles.log('error', 'signing in failed', { error: String(error) });
  return isDiskFull(error) ? 'disk_full' : 'internal';
}

/** To a page of this server and nowhere else. */
export function safeRedirect(url: string, baseUrl: string, origins: readonly string[]): string {
  if (/^\/(?![/\\])/.test(url)) return `${baseUrl}${url}`;
  const target = URL.canParse(url) ? new URL(url).origin : null;
  return target !== null && origins.includes(target) ? url : baseUrl;
}

function passwordProvider(handles: Handles, headers: Headers): Provider {
  return CredentialsProvider({
    name: 'Password',
    credentials: { email: { label: 'E-mail' }, password: { label: 'Password', type: 'password' } },
    authorize: async (raw) => {
      const given = credentialsSchema.safeParse(raw);
      if (!given.success) return null;
      try {
        const { email, password } = given.data;
        const address = headers.get(ADDRESS_HEADER) ?? '';
        const account = await handles.signInByPassword(email, password, address);
        if (account === null) return null;
        const sid = await handles.openSession(account.id, agentOf(headers), account.passwordHash);
        return { id: account.id, sid };
      } catch (error) {
        // The password was changed meanwhile.
        if (codeOf(error) === 'unauthenticated') return null;
        throw new Error(failureOf(error, handles));
      }
    },
  });
}

function oauthProvider({ id, name, clientId, clientSecret, issuer }: OAuthClient): Provider {
  switch (id) {
    case 'github':
      return GitHubProvider({ clientId, clientSecret });
    case 'google':
      return GoogleProvider({ clientId, clientSecret });
    case 'oidc':
      return {
        id,
        name,
        type: 'oauth',
        wellKnown: `${issuer?.replace(/\/$/, '')}/.well-known/openid-configuration`,
        clientId,
        clientSecret,
        idToken: true,
        checks: ['pkce', 'state', 'nonce'],
        authorization: { params: { scope: 'openid email profile' } },
        profile: (profile: { sub: string }) => ({ id: profile.sub }),
      };
  }
}

function identityOf(account: Account, raw: Profile | undefined, callbackUrl: string | undefined) {
  const parsed = profileSchema.safeParse(raw);
  const profile = parsed.success ? parsed.data : {};
  const verified = profile.email_verified;
  return {
    provider: account.provider,
    subject: account.providerAccountId,
    email: profile.email ?? null,
    emailVerified: verified === true || verified === 'true',
    name: nameOf(profile),
    invite: inviteIn(callbackUrl),
  };
}

/** Fit for the schema of names, whatever the provider says. */
function nameOf({ name, login, email }: z.infer<typeof profileSchema>): string {
  const said = [name, login, email?.split('@')[0]].map((text) =>
    withoutTurns(text ?? '')
      .replaceAll(/\p{Cc}/gu, '')
      .trim()
      .slice(0, 80),
  );
  return said.find((text) => text !== '') ?? 'New member';
}

/** The page to come back to, when it is an invitation's. */
export function inviteIn(callbackUrl: string | undefined): string | null {
  if (callbackUrl === undefined) return null;
  const path = URL.canParse(callbackUrl, 'http://localhost')
    ? new URL(callbackUrl, 'http://localhost').pathname
    : '';
  return /^\/invite\/([\w-]+)$/.exec(path)?.[1] ?? null;
}
