/** Tickets for sockets: made by an authenticated request, used once, gone after 30 seconds (rule S4). */
import type { Admission } from '../../sync/contract.ts';
import { hashSecret, randomSecret } from './secrets.ts';

const LIVES_MS = 30_000;
/** Tickets at once; the oldest go first, long before which their time is over. */
const MOST = 10_000;

/** What is known of the board and the person when the ticket is made; the role is looked up when it is used. */
export type Ticket = Omit<Admission, 'role'>;

export class Tickets {
  private readonly open = new Map<string, { ticket: Ticket; until: number }>();

  constructor(private readonly now: () => number = Date.now) {}

  make(ticket: Ticket): string {
    const secret = randomSecret();
    this.open.set(hashSecret(secret), { ticket, until: this.now() + LIVES_MS });
    for (const [key, { until }] of this.open) {
      if (until > this.now() && this.open.size <= MOST) break;
      this.open.delete(key);
    }
    return secret;
  }

  /** Null when unknown, used or too old. */
  redeem(secret: string): Ticket | null {
    const key = hashSecret(secret);
    const found = this.open.get(key);
    this.open.delete(key);
    return found && found.until > this.now() ? found.ticket : null;
  }
}
