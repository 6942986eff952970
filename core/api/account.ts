/** Contracts of people: the first account, sign-up by invitation, sessions, tokens, notifications. */
import { z } from 'zod';
import { shownSchema } from '../bidi/index.ts';
import { anchorSchema } from '../board/types.ts';
import { roleSchema } from '../roles/index.ts';
import { idSchema, timeSchema } from './base.ts';

const email = z.email('an e-mail address, such as ada@example.org').trim().toLowerCase().max(200);
const personName = shownSchema.trim().min(1, 'a name').max(80);
export const PASSWORD_LENGTH = 10;
const password = z
  .string()
  .min(PASSWORD_LENGTH, `a password of at least ${PASSWORD_LENGTH} characters`)
  .max(200, 'a password of at most 200 characters');
const secret = z.string().min(1).max(200);

export const setupStateSchema = z.object({
  /** True until the first account exists. */
  needed: z.boolean(),
});
export const setupRequestSchema = z.object({ token: secret, email, name: personName, password });
export type SetupRequest = z.infer<typeof setupRequestSchema>;

export const registerRequestSchema = z.object({ invite: secret, email, name: personName, password });
export type RegisterRequest = z.infer<typeof registerRequestSchema>;
/** The account just made: sign in with its e-mail address next. */
export const accountSchema = z.object({ id: idSchema, email: z.string(), name: shownSchema });

export const meChangeSchema = z.object({ name: personName });
export const passwordChangeSchema = z.object({ current: z.string().min(1).max(200), next: password });
export type PasswordChange = z.infer<typeof passwordChangeSchema>;

/** Ways to sign in other than by password. */
export const authProviderSchema = z.object({ id: z.string(), name: z.string() });

export const sessionSchema = z.object({
  id: idSchema,
  /** As the browser named itself. */
  userAgent: z.string(),
  createdAt: timeSchema,
  lastSeenAt: timeSchema,
  expiresAt: timeSchema,
  /** The session that asked. */
  current: z.boolean(),
});
export type Session = z.infer<typeof sessionSchema>;

export const tokenSchema = z.object({
  id: idSchema,
  name: shownSchema,
  /** First characters of the secret, to tell tokens apart. */
  prefix: z.string(),
  createdAt: timeSchema,
  lastUsedAt: timeSchema.nullable(),
  expiresAt: timeSchema.nullable(),
});
export type Token = z.infer<typeof tokenSchema>;
export const newTokenSchema = z.object({
  name: shownSchema.trim().min(1).max(80),
  /** Never, when left out. */
  expiresInDays: z.number().int().min(1).max(3650).optional(),
});
/** The only time the secret is shown. */
export const createdTokenSchema = z.object({ id: idSchema, name: z.string(), secret: z.string() });
export type CreatedToken = z.infer<typeof createdTokenSchema>;

export const notificationSchema = z.object({
  id: idSchema,
  kind: z.enum(['mention', 'reply']),
  project: z.string(),
  thread: idSchema,
  comment: idSchema,
  /** Where the thread is anchored, for the link to it. */
  anchor: anchorSchema,
  /** Who wrote it, and its first words. */
  author: shownSchema,
  excerpt: z.string(),
  createdAt: timeSchema,
  readAt: timeSchema.nullable(),
});
export type Notification = z.infer<typeof notificationSchema>;

/** What an invitation's link tells before it is accepted. */
export const invitationSchema = z.object({
  project: shownSchema,
  slug: z.string(),
  role: roleSchema,
  expiresAt: timeSchema,
});
export type Invitation = z.infer<typeof invitationSchema>;
export const newInviteSchema = z.object({
  role: roleSchema,
  expiresInHours: z
    .number()
    .int()
    .min(1)
    .max(24 * 90)
    .default(24 * 7),
  /** Unlimited, when left out. */
  maxUses: z.number().int().min(1).max(1000).optional(),
});
export const acceptedInviteSchema = z.object({ slug: z.string() });
