/**
 * The processes that hold documents. A board is held by one of them; a step that takes too long, or ends its process,
 * costs that process only: whoever asked for the step is told that it was theirs (`mine`), and the boards that were there
 * are opened again elsewhere by whoever uses them.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { BoardContent } from '../../core/board/types.ts';
import { UserError } from '../../core/errors/index.ts';
import type { Answer, Fault, Operation, Operations } from './board/protocol.ts';

export interface Entry {
  readonly file: string;
  readonly args: readonly string[];
  readonly execArgv: readonly string[];
}

export interface ProcessOptions {
  /** At most this many, one for boards whose steps ended one, and one for trials. */
  readonly processes: number;
  /** Memory of JavaScript in each, MiB. */
  readonly memoryMb: number;
  readonly entry: Entry;
}

/** The process that held a board is gone. */
export class BoardLost extends Error {
  constructor(
    /** The step that it was asked for here ended it. */
    readonly mine: boolean,
    how: string,
  ) {
    super(`the process that held the board ended (${how})`);
  }
}

/** It answered that it cannot. */
export class BoardFault extends Error {
  constructor(
    readonly kind: Fault,
    message: string,
  ) {
    super(message);
  }
}

interface Asked {
  readonly id: number;
  readonly board: number;
  readonly budgetMs: number;
  resolve(answer: unknown, ms: number): void;
  reject(error: Error): void;
}

/** From sources, a file of its own; from the bundle, a role of the program that runs. */
function ownEntry(): Entry {
  const here = fileURLToPath(import.meta.url);
  if (here.endsWith('.ts'))
    return {
      file: fileURLToPath(new URL('./board/main.ts', import.meta.url)),
      args: [],
      execArgv: ['--import', 'tsx'],
    };
  return { file: process.argv[1] ?? here, args: ['--role', 'boards'], execArgv: process.execArgv };
}

/** What it may know of this process's environment: it reads what people send, so it gets no secrets. */
const ALLOWED = /^(PATH|HOME|TMPDIR|TEMP|TMP|LANG|LC_.*|TZ|NODE_ENV|NODE_OPTIONS|SystemRoot)$/;
/** The C library keeps large blocks that were freed, once it has seen one: a fixed threshold has it give them back. */
const ALLOCATION = { MALLOC_MMAP_THRESHOLD_: String(2 ** 20) };
/** How long one without boards is kept: its memory comes back then. */
const IDLE_MS = 20_000;
const START_MS = 20_000;

/**
 * `apart`: away from the boards of others, for a board whose steps have ended a process. `trial`: for copies of boards, on
 * which is tried what may be slow.
 */
type Kind = 'shared' | 'apart' | 'trial';

export class BoardProcesses {
  private readonly options: ProcessOptions;
  private readonly hosts: Record<Kind, Set<HostProcess>> = {
    shared: new Set(),
    apart: new Set(),
    trial: new Set(),
  };
  private boards = 0;
  private closed = false;

  constructor(options: Partial<ProcessOptions> = {}) {
    this.options = { processes: 4, memoryMb: 1024, entry: ownEntry(), ...options };
  }

  place(kind: Kind): BoardPlace {
    if (this.closed) throw new BoardLost(false, 'the server stops');
    return new BoardPlace(this.least(kind), ++this.boards);
  }

  /** What a stored document shows, read away from the boards that people work at. */
  async read(state: Uint8Array, budgetMs: number): Promise<BoardContent> {
    const place = this.place('apart');
    try {
      return await place.ask('read', { state }, budgetMs);
    } finally {
      place.leave();
    }
  }

  /** Process ids of those that live. */
  pids(): number[] {
    return this.all().flatMap((host) => host.pid ?? []);
  }

  close(): void {
    this.closed = true;
    for (const host of this.all()) host.end('the server stops');
  }

  private all(): HostProcess[] {
    return Object.values(this.hosts).flatMap((hosts) => [...hosts]);
  }

  private least(kind: Kind): HostProcess {
    const hosts = this.hosts[kind];
    const most = kind === 'shared' ? this.options.processes : 1;
    let least: HostProcess | null = null;
    for (const host of hosts) if (!least || host.boards < least.boards) least = host;
    if (least && (least.boards === 0 || hosts.size >= most)) return least;
    const host: HostProcess = new HostProcess(this.options, () => hosts.delete(host));
    if (kind === 'trial') host.yieldToOthers();
    hosts.add(host);
    return host;
  }
}

/** One board's questions to the process that holds it. */
export class BoardPlace {
  private left = false;

  constructor(
    private readonly host: HostProcess,
    private readonly board: number,
  ) {
    host.enter();
  }

  /** `onTime` hears what the step took, ms. */
  ask<O extends Operation>(
    operation: O,
    ask: Operations[O]['ask'],
    budgetMs: number,
    onTime?: (ms: number) => void,
  ): Promise<Operations[O]['answer']> {
    return this.host.ask(this.board, operation, ask, budgetMs, onTime) as Promise<Operations[O]['answer']>;
  }

  leave(): void {
    if (this.left) return;
    this.left = true;
    this.ask('close', null, 60_000).catch(() => undefined);
    this.host.leave();
  }
}

class HostProcess {
  boards = 0;
  private readonly child: ChildProcess;
  /** In the order of the questions, which is that of the answers. */
  private readonly asked = new Map<number, Asked>();
  private watch: { readonly id: number; readonly timer: NodeJS.Timeout } | null = null;
  private idle: NodeJS.Timeout | null = null;
  private count = 0;
  private how: string | null = null;
  private ready = false;

  constructor(
    { entry, memoryMb }: ProcessOptions,
    private readonly onEnd: () => void,
  ) {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => ALLOWED.test(name)));
    this.child = fork(entry.file, [...entry.args], {
      execArgv: [...entry.execArgv, '--expose-gc', `--max-old-space-size=${memoryMb}`],
      env: { ...env, ...ALLOCATION, NODE_ENV: process.env.NODE_ENV },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.child.on('message', (message) => this.receive(message as Answer));
    this.child.on('exit', (code, signal) => this.gone(signal ? `signal ${signal}` : `exit code ${code}`));
    this.child.on('error', (error) => this.gone(error.message));
    // What holds documents does not keep the server from ending.
    this.child.unref();
    this.child.channel?.unref();
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** People wait for the other processes. */
  yieldToOthers(): void {
    if (this.pid === undefined) return;
    try {
      setPriority(this.pid, constants.priority.PRIORITY_LOW);
    } catch {
      // It has ended, or the system does not let us.
    }
  }

  enter(): void {
    this.boards++;
    if (this.idle) clearTimeout(this.idle);
    this.idle = null;
  }

  leave(): void {
    if (--this.boards > 0 || this.how !== null) return;
    this.idle = setTimeout(() => this.end('idle'), IDLE_MS);
    this.idle.unref();
  }

  ask(
    board: number,
    operation: Operation,
    ask: unknown,
    budgetMs: number,
    onTime: (ms: number) => void = () => undefined,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.how !== null) {
        reject(new BoardLost(false, this.how));
        return;
      }
      const id = ++this.count;
      this.asked.set(id, {
        ...{ id, board, budgetMs, reject },
        resolve(answer, ms) {
          onTime(ms);
          resolve(answer);
        },
      });
      this.child.send({ id, board, operation, ask }, () => undefined);
      this.watchFirst();
    });
  }

  /** Nothing more is heard of it. */
  end(how: string): void {
    this.gone(how, false);
  }

  private receive({ id, ms, answer, fault }: Answer): void {
    const asked = this.asked.get(id);
    if (!asked) return;
    this.ready = true;
    this.asked.delete(id);
    // Its sentence is the reader's.
    if (fault?.kind === 'later') asked.reject(new UserError('conflict', fault.message));
    else if (fault) asked.reject(new BoardFault(fault.kind, fault.message));
    else asked.resolve(answer, ms);
    this.watchFirst();
  }

  /** The first question that is not answered is the one that is worked at. */
  private watchFirst(): void {
    const [first] = this.asked.values();
    if (this.watch?.id === first?.id) return;
    if (this.watch) clearTimeout(this.watch.timer);
    this.watch = null;
    if (!first) return;
    // A process that has only just begun has all of that to do first.
    const budget = first.budgetMs + (this.ready ? 0 : START_MS);
    const timer = setTimeout(() => {
      // The answer may have come while this process did something else.
      setImmediate(() => {
        if (this.watch?.id === first.id) this.gone(`no answer within ${budget} ms`);
      });
    }, budget);
    timer.unref();
    this.watch = { id: first.id, timer };
  }

  /** `blame`: the step that was worked at did it. */
  private gone(how: string, blame = true): void {
    if (this.how !== null) return;
    this.how = how;
    if (this.watch) clearTimeout(this.watch.timer);
    if (this.idle) clearTimeout(this.idle);
    this.child.kill('SIGKILL');
    this.onEnd();
    const asked = [...this.asked.values()];
    this.asked.clear();
    asked.forEach(({ reject }, i) => {
      reject(new BoardLost(blame && i === 0, how));
    });
  }
}
