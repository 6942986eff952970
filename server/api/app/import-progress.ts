/** How far imports are, by the name that their sender gave them: for the sender to look at while the upload is answered. */
import { UserError } from '../../../core/errors/index.ts';
import type { Progress } from '../../compute/contract.ts';

/** Imports at once; the oldest go first. */
const MOST = 1000;

export class ImportProgress {
  private readonly running = new Map<string, Progress>();

  /** Null where there is no such import, or nothing is told of it yet. */
  of(owner: string, id: string): Progress | null {
    return this.running.get(key(owner, id)) ?? null;
  }

  /** Tells while `use` runs. `owner` is who may look; without an id nobody looks. */
  async during<T>(
    owner: string,
    id: string | undefined,
    use: (onProgress: (progress: Progress) => void) => Promise<T>,
  ): Promise<T> {
    if (id === undefined) return use(() => undefined);
    const own = key(owner, id);
    if (this.running.has(own))
      throw new UserError(
        'conflict',
        'An import with this progress id is under way already. Give each its own.',
      );
    try {
      return await use((progress) => {
        this.running.set(own, progress);
        for (const oldest of this.running.keys()) {
          if (this.running.size <= MOST) break;
          this.running.delete(oldest);
        }
      });
    } finally {
      this.running.delete(own);
    }
  }
}

const key = (owner: string, id: string): string => `${owner} ${id}`;
