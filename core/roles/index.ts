/**
 * Who may do what. The single table of permissions: the server enforces it on every request and socket message,
 * the interface reads it to grey out what would be refused.
 */
import { z } from 'zod';

/** From least to most. */
export const ROLES = ['viewer', 'commenter', 'editor', 'owner'] as const;
export const roleSchema = z.enum(ROLES);
export type Role = z.infer<typeof roleSchema>;

export const ACTIONS = [
  'read', // see the project, its boards, results and threads
  'query', // ask for a computation
  'comment', // write, edit own, resolve, react
  'edit', // change boards, take and restore snapshots
  'import', // add models, data sets and runs
  'manage', // members, invitations, deletion, project settings
] as const;
export type Action = (typeof ACTIONS)[number];

const LEAST: Record<Action, Role> = {
  read: 'viewer',
  query: 'viewer',
  comment: 'commenter',
  edit: 'editor',
  import: 'editor',
  manage: 'owner',
};

/** True when `role` (null: not a member) may do `action`. */
export function may(role: Role | null | undefined, action: Action): boolean {
  return role != null && ROLES.indexOf(role) >= ROLES.indexOf(LEAST[action]);
}

/** True when `a` grants at least what `b` grants. */
export function atLeast(a: Role, b: Role): boolean {
  return ROLES.indexOf(a) >= ROLES.indexOf(b);
}
