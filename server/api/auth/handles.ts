/**
 * What Next's bundle may use of the process that starts it. Next bundles its own copy of every module that its routes
 * import, so a module's state would exist twice; this one object is passed by globalThis.
 */
import type { OAuthClient } from '../settings/config.ts';

/** Header in which the server tells Next the caller's address; what a caller sends under this name is overwritten. */
export const ADDRESS_HEADER = 'x-interlayer-address';

/** 'taken': the e-mail address belongs to an account that whoever signs in has not been shown to own. */
export type OAuthVerdict = 'welcome' | 'taken' | 'uninvited';

export interface Handles {
  readonly authSecret: string;
  readonly origins: readonly string[];
  readonly cookie: { readonly name: string; readonly secure: boolean };
  readonly sessionDays: number;
  readonly oauth: readonly OAuthClient[];
  /** The account, and the hash that the password fitted; null when they do not belong together. Throws `rate_limited`. */
  signInByPassword(
    email: string,
    password: string,
    address: string,
  ): Promise<{ id: string; passwordHash: string } | null>;
  signInByOAuth(identity: {
    provider: string;
    subject: string;
    email: string | null;
    emailVerified: boolean;
    name: string;
    /** Secret of the invitation that the person came from. */
    invite: string | null;
    /** The account that this browser is signed in to. */
    signedInAs: string | null;
  }): Promise<OAuthVerdict>;
  userOfIdentity(provider: string, subject: string): Promise<string | null>;
  /** A new session's id. Throws `unauthenticated` when the password was changed since it was found right. */
  openSession(userId: string, userAgent: string, passwordHash: string | null): Promise<string>;
  sessionStands(id: string, userId: string): Promise<boolean>;
  endSession(id: string): Promise<void>;
  log(level: 'warn' | 'error', message: string, facts: object): void;
}

const KEY = Symbol.for('interlayer.app');

export function setHandles(handles: Handles | null): void {
  Reflect.set(globalThis, KEY, handles);
}

/** Throws outside of a running server, as in a build. */
export function handles(): Handles {
  const found: Handles | null | undefined = Reflect.get(globalThis, KEY);
  if (!found) throw new Error('the server has not started');
  return found;
}
