/**
 * Whose a Yjs client id is (rule S6). It belongs to the person who showed it or wrote with it first, and stays theirs:
 * what somebody else writes under it would take the place of what its owner writes next, unseen by either. A person may
 * have many, one for each window, and may send what an earlier window of theirs wrote offline.
 */
import { RateLimit } from '../rate-limit.ts';

/**
 * Windows under which one person may begin to write on one board. A board has room for so many, for good: one person alone
 * would fill it in a minute, and nobody new could write there.
 */
const NEW_WINDOWS = { atOnce: 256, perSecond: 1 / 600 };

export class Writers {
  private readonly people = new Map<number, string>();
  private readonly windows = new Map<string, RateLimit>();

  /** Null while it is nobody's. */
  of(client: number): string | null {
    return this.people.get(client) ?? null;
  }

  /** True when it is this person's first claim to it. */
  bind(client: number, userId: string): boolean {
    if (this.people.has(client)) return false;
    this.people.set(client, userId);
    return true;
  }

  /** False when this person began to write under too many new ids lately. */
  mayBegin(count: number, userId: string): boolean {
    if (count === 0) return true;
    const { atOnce, perSecond } = NEW_WINDOWS;
    const limit = this.windows.get(userId) ?? new RateLimit(perSecond, () => performance.now(), atOnce);
    this.windows.set(userId, limit);
    return limit.take(count);
  }

  all(): { readonly client: number; readonly userId: string }[] {
    return Array.from(this.people, ([client, userId]) => ({ client, userId }));
  }
}
