/** Whose turn a computation is, and how many long ones of one person may wait. */
import type { Role } from '../../../core/roles/index.ts';
import type { Turn } from '../../compute/client.ts';

/** Long computations that may wait; small ones have a limit of their own (compute/lanes.ts). */
export const MOST_WAITING: Readonly<Record<Role, number>> = {
  viewer: 24,
  commenter: 24,
  editor: 60,
  owner: 120,
};

export function turnOf(projectId: string, userId: string, role: Role): Turn {
  return { project: projectId, person: userId, mostWaiting: MOST_WAITING[role] };
}
