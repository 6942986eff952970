/** One worker process as the pool sees it: started, told of jobs, heard, killed. */
import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { tellsOfExhaustion, underLimit } from '../process/hard-limit.ts';
import { HEARTBEAT_PIPE, RESPONSIVE } from '../process/heartbeat.ts';
import { type FromWorker, fromWorkerSchema, type ToWorker, type WorkerConfig } from '../process/messages.ts';

export interface WorkerEntry {
  readonly file: string;
  readonly args: readonly string[];
  readonly execArgv: readonly string[];
}

/** How a worker ended. */
export interface WorkerExit {
  /** Fit for users: "signal SIGKILL", "exit code 1". */
  readonly how: string;
  /** It said that it had no more memory. */
  readonly exhausted: boolean;
}

export interface ChildEvents {
  message(message: FromWorker): void;
  /** A sign of life; `responsive` where its main thread responds. */
  heartbeat(responsive: boolean): void;
  /** Once, however it ended. */
  ended(end: WorkerExit): void;
}

/** What a worker may know of this process's environment: it reads uploaded files, so it gets no secrets. */
const ALLOWED =
  /^(PATH|HOME|TMPDIR|TEMP|TMP|LANG|LC_.*|TZ|NODE_ENV|NODE_OPTIONS|LD_LIBRARY_PATH|SystemRoot|TF_.*|OMP_.*)$/;
/** What lies in the pipe when a process has ended is read within the next turn or two. */
const LAST_WORDS_MS = 20;
/** TensorFlow greets on stderr whatever its log level. */
const NOISE = /^(WARNING: All log messages before absl|I0000 |To enable the following instructions|$)/;

export class Child {
  private readonly process: ChildProcess;
  readonly exited: Promise<void>;

  /** `memoryBytes`: what it may allocate at most, where the operating system has such a limit. */
  constructor(entry: WorkerEntry, config: WorkerConfig, memoryBytes: number, events: ChildEvents) {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => ALLOWED.test(name)));
    this.process = fork(entry.file, [...entry.args], {
      ...underLimit(entry.execArgv, memoryBytes),
      env: { TF_CPP_MIN_LOG_LEVEL: '2', ...env, NODE_ENV: process.env.NODE_ENV },
      stdio: ['ignore', 'inherit', 'pipe', 'ipc', 'pipe'],
      // Structured clone: NaN and undefined survive, as they would not in JSON.
      serialization: 'advanced',
    });
    let exhausted = false;
    if (this.process.stderr)
      createInterface({ input: this.process.stderr }).on('line', (line) => {
        exhausted ||= tellsOfExhaustion(line);
        if (!NOISE.test(line)) process.stderr.write(`${line}\n`);
      });
    const beats = this.process.stdio[HEARTBEAT_PIPE];
    if (beats && 'on' in beats) {
      beats.on('data', (bytes) => events.heartbeat(String(bytes).includes(RESPONSIVE)));
      // It ends with the process, whose own event says so.
      beats.on('error', () => undefined);
    }
    this.process.on('message', (raw) => {
      const parsed = fromWorkerSchema.safeParse(raw);
      if (parsed.success) events.message(parsed.data);
      // A worker that speaks nonsense cannot be trusted with the next job.
      else this.kill();
    });
    this.exited = new Promise((resolve) => {
      let over = false;
      const end = (how: string) => {
        if (over) return;
        over = true;
        events.ended({ how, exhausted });
        resolve();
      };
      this.process.on('exit', (code, signal) => {
        // What it wrote last is read first. The pipe itself may stay open, with what the worker started.
        setTimeout(() => end(signal ? `signal ${signal}` : `exit code ${code}`), LAST_WORDS_MS);
      });
      this.process.on('error', (error) => end(error.message));
    });
    this.send({ type: 'start', config });
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  send(message: ToWorker): void {
    // A failed send means that the process is going; its exit event says so.
    if (this.process.connected) this.process.send(message, () => undefined);
  }

  kill(): void {
    this.process.kill('SIGKILL');
  }

  /** Lets it end by itself; kills it after the grace. */
  async end(graceMs: number): Promise<void> {
    if (this.process.connected) this.process.disconnect();
    const timer = setTimeout(() => this.kill(), graceMs);
    await this.exited;
    clearTimeout(timer);
  }
}
