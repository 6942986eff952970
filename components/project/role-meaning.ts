import type { Role } from '@/core/roles/index.ts';

export const ROLE_MEANING: Record<Role, string> = {
  viewer: 'reads everything',
  commenter: 'reads and comments',
  editor: 'changes boards, imports models and data',
  owner: 'manages members as well',
};
