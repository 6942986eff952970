import { z } from 'zod';
import {
  accountSchema,
  authProviderSchema,
  createdTokenSchema,
  meChangeSchema,
  meSchema,
  newTokenSchema,
  notificationSchema,
  passwordChangeSchema,
  registerRequestSchema,
  sessionSchema,
  setupRequestSchema,
  setupStateSchema,
  tokenSchema,
} from '../../../core/api/index.ts';
import { type Route, route } from '../http/route.ts';
import { listNotifications } from './notifications.ts';
import { changePassword, renameSelf, shownMe } from './profile.ts';
import { register } from './register.ts';
import { endSession, listSessions } from './sessions.ts';
import { claimSetup } from './setup.ts';
import { createOwnToken, listTokens, revokeToken } from './tokens.ts';

export const accountRoutes: readonly Route[] = [
  route('GET /setup', {
    summary: 'Whether the first account is still to be made',
    answer: setupStateSchema,
    run: async ({ app }) => ({ needed: !(await app.store.setup.hasOwner()) }),
  }),
  route('POST /setup', {
    summary: 'Make the first account, the owner',
    body: setupRequestSchema,
    answer: accountSchema,
    status: 201,
    limit: 'setup',
    run: ({ app, body }) => claimSetup(app, body),
  }),
  route('GET /auth/providers', {
    summary: 'Ways to sign in other than by password',
    answer: z.array(authProviderSchema),
    run: async ({ app }) => app.config.oauth.map(({ id, name }) => ({ id, name })),
  }),
  route('POST /register', {
    summary: 'Make an account by invitation',
    body: registerRequestSchema,
    answer: accountSchema,
    status: 201,
    limit: 'register',
    run: ({ app, body }) => register(app, body),
  }),
  route('GET /me', {
    summary: 'Who asks',
    answer: meSchema,
    run: async ({ caller }) => shownMe(caller),
  }),
  route('PATCH /me', {
    summary: 'Change the own name',
    body: meChangeSchema,
    answer: meSchema,
    limit: 'write',
    run: async ({ app, caller, body }) =>
      shownMe({ ...caller, user: await renameSelf(app, caller, body.name) }),
  }),
  route('POST /me/password', {
    summary: 'Change the own password; all other sessions end',
    body: passwordChangeSchema,
    limit: 'password',
    run: ({ app, caller, body }) => changePassword(app, caller, body),
  }),
  route('GET /me/sessions', {
    summary: 'Own sessions',
    answer: z.array(sessionSchema),
    run: ({ app, caller }) => listSessions(app, caller),
  }),
  route('DELETE /me/sessions/{id}', {
    summary: 'End an own session',
    run: ({ app, caller, params }) => endSession(app, caller, params.id),
  }),
  route('GET /me/tokens', {
    summary: 'Own tokens',
    answer: z.array(tokenSchema),
    run: ({ app, caller }) => listTokens(app, caller),
  }),
  route('POST /me/tokens', {
    summary: 'Make a token; its secret is shown once',
    body: newTokenSchema,
    answer: createdTokenSchema,
    status: 201,
    limit: 'write',
    run: ({ app, caller, body }) => createOwnToken(app, caller, body),
  }),
  route('DELETE /me/tokens/{id}', {
    summary: 'Revoke an own token',
    run: ({ app, caller, params }) => revokeToken(app, caller, params.id),
  }),
  route('GET /me/notifications', {
    summary: 'Mentions of and replies to this person, newest first',
    answer: z.array(notificationSchema),
    run: ({ app, caller }) => listNotifications(app, caller),
  }),
  route('POST /me/notifications/{id}/read', {
    summary: 'Mark a notification as read',
    run: ({ app, caller, params }) => app.store.notifications.markRead(params.id, caller.user.id),
  }),
];
