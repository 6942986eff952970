/** Looks after the workers: has those ended that hang, and the one that takes too much memory. */
import { UserError } from '../../../core/errors/index.ts';
import { readableBytes } from './admission.ts';
import { type Health, overdueReason, residentBytes, type Timeouts } from './health.ts';

export interface Watched {
  readonly child: { readonly pid: number | undefined } | null;
  readonly ready: boolean;
  readonly job: { readonly seconds: number; readonly bytes: number } | null;
  readonly health: Health;
  /** Set once it is being ended. */
  readonly endReason: string | UserError | null;
}

export interface SupervisorLimits {
  /** What all workers together may take beyond what they took before their first job. */
  readonly memoryBytes: number;
  /** What one may keep between jobs; with more it is replaced, so that memory comes back. */
  readonly keptBytes: number;
  readonly timeouts: Timeouts;
}

const LOOK_MS = 250;

export class Supervisor<S extends Watched> {
  private readonly timer: NodeJS.Timeout;
  private lookedAt = performance.now();

  constructor(
    private readonly workers: readonly S[],
    private readonly limits: SupervisorLimits,
    /** A text: the job is to be tried once more. An error: it fails with it. */
    private readonly end: (worker: S, why: string | UserError) => void,
  ) {
    this.timer = setInterval(() => void this.look(), LOOK_MS);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    const now = performance.now();
    // While this process was held up itself, it could hear nobody.
    const missed = Math.max(0, now - this.lookedAt - 4 * LOOK_MS);
    this.lookedAt = now;
    for (const worker of this.workers) {
      const { job, health, endReason } = worker;
      health.lastSignAt += missed;
      health.lastResponsiveAt += missed;
      if (!job || endReason) continue;
      const trouble = overdueReason(health, job.seconds, this.limits.timeouts, now);
      if (trouble !== null) this.end(worker, trouble);
    }
    await Promise.all(
      this.workers.map(async ({ child, ready, health }) => {
        const resident = child?.pid === undefined ? null : await residentBytes(child.pid);
        health.resident = resident ?? 0;
        if (ready && resident !== null) health.base ??= resident;
      }),
    );
    this.checkMemory();
  }

  private checkMemory(): void {
    const { memoryBytes, keptBytes } = this.limits;
    const beyond = ({ health }: S) => Math.max(0, health.resident - (health.base ?? health.resident));
    for (const worker of this.workers)
      if (!worker.job && worker.ready && !worker.endReason && beyond(worker) > keptBytes)
        this.end(worker, 'it kept too much memory');
    const taken = this.workers.reduce((sum, worker) => sum + beyond(worker), 0);
    if (taken <= memoryBytes) return;
    const excess = (worker: S) => beyond(worker) - (worker.job?.bytes ?? 0);
    const [worst] = this.workers
      .filter(({ job, endReason }) => job && !endReason)
      .sort((a, b) => excess(b) - excess(a));
    if (!worst?.job) return;
    const [took, expected, most] = [beyond(worst), worst.job.bytes, memoryBytes].map(readableBytes);
    this.end(
      worst,
      new UserError(
        'overloaded',
        `this took ${took} of memory, where about ${expected} were expected and ${most} are there for all computations, so it was ended; ask about fewer examples (limit) or a smaller layer, or give the server more memory`,
      ),
    );
  }
}
