/** A whole server for tests: real store on SQLite in a temporary folder, real sockets, real HTTP on a free port. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { encode } from 'next-auth/jwt';
import pino from 'pino';
import type { Role } from '../../../core/roles/index.ts';
import type { ComputeOutcome, ComputePool, ComputeTask } from '../../compute/contract.ts';
import { openStore, type Store, type UserRow } from '../../store/index.ts';
import { boardProcesses } from '../../sync/testing/boards.ts';
import { createToken } from '../account/tokens.ts';
import { sessionCookie } from '../http/identify.ts';
import { type Running, type ServeOptions, serve } from '../serve.ts';
import { readConfig } from '../settings/config.ts';

type RunOptions = Parameters<ComputePool['run']>[1];

/** A pool that answers as the test says. Where the pool's own behaviour is the point, tests use the real one. */
export class FakePool implements ComputePool {
  readonly tasks: { task: ComputeTask; options: RunOptions }[] = [];
  answer: (task: ComputeTask, options: RunOptions) => Promise<ComputeOutcome> = () =>
    Promise.reject(new Error('this test has no answer'));
  run: ComputePool['run'] = (task, options) => {
    this.tasks.push({ task, options });
    return this.answer(task, options);
  };
  status: ComputePool['status'] = () => ({
    ...{ backend: 'fake', workers: 1, busy: 0, queued: 0, restarts: 0 },
    limitBytes: null,
  });
  close: ComputePool['close'] = () => Promise.resolve();
}

export interface Bench extends Running {
  readonly store: Store;
  readonly pool: FakePool;
  readonly folder: string;
  /** Lines of the log. */
  readonly logged: string[];
  readonly base: string;
  readonly origin: string;
}

/** For all benches of a test file. */
const boards = boardProcesses({ processes: 1 });

export async function startBench(
  options: Partial<ServeOptions> & {
    env?: Record<string, string>;
    folder?: string;
    /** How the store holds its boards. */
    leases?: { leaseMs: number; renewMs: number };
  } = {},
): Promise<Bench> {
  const folder = options.folder ?? (await mkdtemp(path.join(tmpdir(), 'interlayer-api-')));
  const { env, folder: _, leases, ...rest } = options;
  const config = readConfig({ PORT: '0', INTERLAYER_DATA: folder, ...env });
  const store = await openStore({ url: config.databaseUrl, dataDir: folder, ...leases });
  const pool = new FakePool();
  const logged: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) });
  const running = await serve({
    ...{ config, store, pool, log, boards, pages: null, authSecret: 'a secret for tests, long enough' },
    ...rest,
  });
  const origin = `http://127.0.0.1:${running.port}`;
  return {
    ...running,
    ...{ store, pool, folder, logged, origin, base: `${origin}/api/v1` },
    close: async () => {
      await running.close();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The JSON, or the text where it is none. */
  readonly body: unknown;
}

/** Somebody with a token. */
export class Visitor {
  constructor(
    private readonly bench: Pick<Bench, 'base'>,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  async ask(method: string, route: string, body?: unknown, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(`${this.bench.base}/${route}`, {
      method,
      ...init,
      headers: {
        ...this.headers,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...Object.fromEntries(new Headers(init.headers)),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    let parsed: unknown = text;
    try {
      parsed = JSON.parse(text);
    } catch {
      // Not every answer is JSON.
    }
    return { status: response.status, headers: response.headers, body: parsed };
  }
  upload(route: string, files: Readonly<Record<string, Uint8Array | string>>): Promise<Answer> {
    const form = new FormData();
    for (const [name, content] of Object.entries(files))
      form.append(
        'files',
        new Blob([typeof content === 'string' ? content : Uint8Array.from(content)]),
        name,
      );
    return this.ask('POST', route, undefined, { body: form });
  }
}

export async function makeUser(bench: Bench, name: string): Promise<UserRow> {
  const email = `${name.toLowerCase().replaceAll(' ', '.')}@example.org`;
  return bench.store.users.create({ email, name, passwordHash: null });
}

/** A person with a token; a member when a role is given. */
export async function visitor(
  bench: Bench,
  name: string,
  membership?: { projectId: string; role: Role },
): Promise<Visitor & { user: UserRow }> {
  const user = await makeUser(bench, name);
  if (membership) await bench.store.projects.setRole(membership.projectId, user.id, membership.role);
  const { secret } = await createToken(bench.store, user.id, { name: 'test' });
  return Object.assign(new Visitor(bench, { authorization: `Bearer ${secret}` }), { user });
}

/** A browser's cookie for a fresh session, as next-auth makes it. */
export async function cookieOf(bench: Bench, user: UserRow): Promise<{ cookie: string; sessionId: string }> {
  const session = await bench.store.sessions.create({
    userId: user.id,
    userAgent: 'a browser',
    expiresAt: new Date(Date.now() + 3_600_000),
  });
  const jwt = await encode({ token: { sub: user.id, sid: session.id }, secret: bench.app.authSecret });
  return { cookie: `${sessionCookie(bench.app).name}=${jwt}`, sessionId: session.id };
}
