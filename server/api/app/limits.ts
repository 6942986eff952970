/** Rate limits: token buckets in memory, one per limit and caller. */
import { LRUCache } from 'lru-cache';
import { UserError } from '../../../core/errors/index.ts';

export interface Limit {
  /** Requests at once after a rest. */
  readonly burst: number;
  readonly perMinute: number;
}
export const LIMITS = {
  /** Per address and e-mail: guesses at a password. */
  signIn: { burst: 8, perMinute: 4 },
  /** Per address: guesses over many accounts. */
  signInAddress: { burst: 40, perMinute: 20 },
  setup: { burst: 10, perMinute: 5 },
  register: { burst: 10, perMinute: 5 },
  /** Per person: guesses at the own password, from a session left open. */
  password: { burst: 6, perMinute: 2 },
  invite: { burst: 30, perMinute: 30 },
  /** Per person. A board of 500 views asks 500 questions when it opens. */
  query: { burst: 1200, perMinute: 600 },
  upload: { burst: 60, perMinute: 30 },
  write: { burst: 120, perMinute: 120 },
} as const satisfies Record<string, Limit>;
export type Limits = Record<keyof typeof LIMITS, Limit>;

interface Bucket {
  left: number;
  at: number;
}
/** Buckets remembered at most; those that nobody took from for longest are forgotten first. */
const MOST = 50_000;

export class RateLimiter {
  private readonly buckets = new LRUCache<string, Bucket>({ max: MOST });
  private readonly limits: Limits;

  constructor(
    limits: Partial<Limits> = {},
    private readonly now: () => number = Date.now,
  ) {
    this.limits = { ...LIMITS, ...limits };
  }

  /** Throws UserError('rate_limited') with the time to wait. */
  take(name: keyof Limits, who: string): void {
    const { burst, perMinute } = this.limits[name];
    const key = `${name} ${who}`;
    const now = this.now();
    const bucket = this.buckets.get(key) ?? { left: burst, at: now };
    bucket.left = Math.min(burst, bucket.left + ((now - bucket.at) / 60_000) * perMinute);
    bucket.at = now;
    this.buckets.set(key, bucket);
    if (bucket.left < 1) {
      const seconds = Math.ceil(((1 - bucket.left) / perMinute) * 60);
      throw new UserError('rate_limited', `Too many requests of this kind. Try again in ${seconds} s.`);
    }
    bucket.left -= 1;
  }
}
