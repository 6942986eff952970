/**
 * The parent of the process that serves. It does nothing else, so that nothing of what people send can end it; it starts
 * that process again when it dies (out of memory, killed, an error that nobody caught), and boards come back by
 * themselves: what was said to be saved is in the journal, and browsers connect again.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { FAULT_EXIT, SHUTDOWN_MS } from './ending.ts';

/** Deaths within this time after which something is wrong that another start does not mend. */
const WINDOW_MS = 60_000;
const MOST_DEATHS = 5;
const FIRST_WAIT_MS = 250;
/** A terminal's Ctrl-C reaches the whole group, and `npm start` passes it on: within this time it is the same one. */
const SAME_SIGNAL_MS = 500;

const servingSchema = z.object({ type: z.literal('serving'), port: z.number().int() });
/** What the process that serves tells its parent once people can open it. */
export type Serving = z.infer<typeof servingSchema>;

const turningSchema = z.object({ type: z.literal('turning') });
/** Told once in BEAT_MS, for as long as its event loop turns. */
export type Turning = z.infer<typeof turningSchema>;
export const BEAT_MS = 1_000;
/** So many beats missed in a row: it hangs, or was stopped. */
const MOST_MISSED = 30;

/** Resolves to the exit code of the whole. */
export async function supervise(): Promise<number> {
  const supervisor = new Supervisor();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => supervisor.stop(signal));
  return supervisor.run();
}

class Supervisor {
  /** The same for each start: the link that was printed stays the one that counts. */
  private readonly ownerToken = process.env.INTERLAYER_OWNER_TOKEN || randomBytes(32).toString('base64url');
  private child: ChildProcess | null = null;
  /** Once known, so that the process comes back where its clients look for it. */
  private port: number | null = null;
  private restarts = 0;
  private uncaught = 0;
  private deaths: number[] = [];
  private stoppedAt: number | null = null;
  private forced = false;

  async run(): Promise<number> {
    for (;;) {
      const { code, signal } = await this.serveOnce();
      if (this.stoppedAt !== null) return !this.forced && (code === 0 || signal === 'SIGTERM') ? 0 : 1;
      // It was told to stop by somebody else, or has said why it cannot start.
      if (code === 0 || (this.port === null && code !== null)) return code;
      if (code === FAULT_EXIT) this.uncaught++;
      const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
      const now = performance.now();
      this.deaths = [...this.deaths.filter((at) => now - at < WINDOW_MS), now];
      if (this.deaths.length >= MOST_DEATHS) {
        console.error(
          `\nInterlayer ended ${MOST_DEATHS} times within a minute, at last by ${how}, and is not started again. What it printed before says why.\n`,
        );
        return 1;
      }
      this.restarts++;
      console.error(`\nInterlayer's server ended (${how}). It is started again.`);
      if (this.deaths.length > 1) await delay(FIRST_WAIT_MS * 2 ** (this.deaths.length - 2));
      if (this.stoppedAt !== null) return 0;
    }
  }

  /** The first asks for an orderly end, another one ends it at once. */
  stop(signal: NodeJS.Signals): void {
    const now = performance.now();
    if (this.stoppedAt === null) {
      this.stoppedAt = now;
      if (signal === 'SIGINT') console.log('\n  Saving, then stopping. Press Ctrl-C again to stop at once.');
      this.child?.kill('SIGTERM');
      setTimeout(() => this.force(), SHUTDOWN_MS + 1_000).unref();
    } else if (now - this.stoppedAt > SAME_SIGNAL_MS) this.force();
  }

  private force(): void {
    this.forced = true;
    this.child?.kill('SIGKILL');
  }

  private serveOnce(): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    const counts = ['--restarts', String(this.restarts), '--uncaught', String(this.uncaught)];
    const child = fork(process.argv[1] ?? '', ['--role', 'web', ...counts], {
      env: {
        ...process.env,
        INTERLAYER_OWNER_TOKEN: this.ownerToken,
        ...(this.port === null ? {} : { PORT: String(this.port) }),
      },
    });
    this.child = child;
    // Null until it serves: a start may take its time. Counted in turns of this process, and not by the clock, for a
    // machine that was asleep has missed no beat.
    let missed: number | null = null;
    child.on('message', (raw) => {
      const said = servingSchema.safeParse(raw);
      if (said.success) this.port = said.data.port;
      if (said.success || turningSchema.safeParse(raw).success) missed = 0;
    });
    const watch = setInterval(() => {
      if (missed === null || this.stoppedAt !== null || ++missed < MOST_MISSED) return;
      console.error(`\nInterlayer's server has not answered for ${MOST_MISSED} s: it hangs, and is ended.`);
      missed = null;
      child.kill('SIGKILL');
    }, BEAT_MS);
    return new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
      child.on('exit', (code, signal) => resolve({ code, signal }));
      child.on('error', (error) => {
        console.error(error);
        resolve({ code: 1, signal: null });
      });
    }).finally(() => clearInterval(watch));
  }
}
