/** The production server on a fresh data folder, and a small client of its HTTP API. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { queryResponseSchema } from '../core/api/index.ts';

const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '..');
const OWNER = {
  token: 'bench-owner-token-0123456789',
  email: 'bench@example.org',
  name: 'Bench',
  password: 'a long bench password',
};

export interface Running {
  readonly url: string;
  readonly data: string;
  readonly pid: number;
  /** The owner's session, as the browser would send it: "name=value; name=value". */
  readonly cookie: string;
  /** POST or GET below /api/v1 as the owner. */
  call(method: string, route: string, body?: unknown): Promise<unknown>;
  /** Asks a query and waits for its end. Resolves with the result's id and whether it was known before. */
  query(text: string, bindings?: Record<string, string>): Promise<{ id: string; cached: boolean }>;
  tensors(id: string): Promise<Uint8Array>;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

/** Boots and waits until the first page (sign-in) is served. `data`: a folder to use again. */
export async function boot(
  data = mkdtempSync(path.join(tmpdir(), 'interlayer-bench-')),
): Promise<{ child: ChildProcess; url: string; data: string }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, ['build/server.mjs'], {
    cwd: root,
    stdio: 'ignore',
    env: {
      ...process.env,
      NODE_ENV: 'production',
      PORT: String(port),
      INTERLAYER_DATA: data,
      INTERLAYER_URL: url,
      INTERLAYER_OWNER_TOKEN: OWNER.token,
    },
  });
  const ended = new Promise<never>((_, reject) =>
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`))),
  );
  ended.catch(() => {});
  const deadline = Date.now() + 120_000;
  while (Date.now() < deadline) {
    const answer = await Promise.race([fetch(`${url}/sign-in`).catch(() => null), ended]);
    if (answer?.ok) return { child, url, data };
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill('SIGKILL');
  throw new Error('the server did not start within two minutes');
}

export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await exit;
}

const cookieOf = (answer: Response): string[] =>
  answer.headers.getSetCookie().map((text) => text.split(';')[0]!);

/** A running server with the demo project, its owner signed in. */
export async function runServer(): Promise<Running> {
  const booted = await boot();
  try {
    return await settled(booted);
  } catch (error) {
    await stop(booted.child);
    throw error;
  }
}

async function settled({ child, url, data }: Awaited<ReturnType<typeof boot>>): Promise<Running> {
  const origin = { origin: url };
  const json = { ...origin, 'content-type': 'application/json' };
  const setup = await fetch(`${url}/api/v1/setup`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify(OWNER),
  });
  if (!setup.ok) throw new Error(`setup answered ${setup.status}: ${await setup.text()}`);
  const csrf = await fetch(`${url}/api/auth/csrf`);
  const { csrfToken } = z.object({ csrfToken: z.string() }).parse(await csrf.json());
  const signIn = await fetch(`${url}/api/auth/callback/credentials`, {
    method: 'POST',
    redirect: 'manual',
    headers: {
      ...origin,
      'content-type': 'application/x-www-form-urlencoded',
      cookie: cookieOf(csrf).join('; '),
    },
    body: new URLSearchParams({ csrfToken, email: OWNER.email, password: OWNER.password, json: 'true' }),
  });
  const cookie = [...cookieOf(csrf), ...cookieOf(signIn)].join('; ');

  const call: Running['call'] = async (method, route, body) => {
    const answer = await fetch(`${url}/api/v1/${route}`, {
      method,
      headers: { ...json, cookie },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${route} answered ${answer.status}: ${await answer.text()}`);
    return answer.status === 204 ? undefined : answer.json();
  };
  // The demo is filled in while the server already answers; its boards come last.
  while (z.array(z.unknown()).parse(await call('GET', 'projects/digits/boards')).length === 0)
    await new Promise((resolve) => setTimeout(resolve, 50));
  return {
    url,
    data,
    pid: child.pid!,
    cookie,
    call,
    async query(text, bindings = {}) {
      for (;;) {
        const answer = queryResponseSchema.parse(
          await call('POST', 'projects/digits/queries?wait=60', { query: text, bindings }),
        );
        if (answer.status === 'done') return { id: answer.result.id, cached: answer.cached };
      }
    },
    async tensors(id) {
      const answer = await fetch(`${url}/api/v1/results/${id}`, {
        headers: { cookie, accept: 'application/x-safetensors' },
      });
      if (!answer.ok) throw new Error(`result ${id} answered ${answer.status}`);
      return new Uint8Array(await answer.arrayBuffer());
    },
    async stop() {
      await stop(child);
      rmSync(data, { recursive: true, force: true });
    },
  };
}
