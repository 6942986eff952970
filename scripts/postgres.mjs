#!/usr/bin/env node
/**
 * A throw-away PostgreSQL for tests, from the binaries that the system has: its own folder below the temp folder, a
 * free port of 127.0.0.1, durability off, removed at the end. `node scripts/postgres.mjs COMMAND...` runs a command
 * with its address in INTERLAYER_TEST_POSTGRES_URL.
 */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { access, chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The folder with initdb and postgres: the newest of Debian's, else one on the path, else null. */
export async function findPostgres({ debian = '/usr/lib/postgresql', path = process.env.PATH ?? '' } = {}) {
  const versions = (await readdir(debian).catch(() => [])).sort((a, b) => Number(b) - Number(a));
  const folders = [...versions.map((version) => join(debian, version, 'bin')), ...path.split(delimiter)];
  return folders.find((dir) => existsSync(join(dir, 'initdb')) && existsSync(join(dir, 'postgres'))) ?? null;
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve, reject) => server.on('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** PostgreSQL refuses to run as root: then it runs as the user `postgres`. Null when there is no such user. */
async function unprivileged() {
  if (process.getuid?.() !== 0) return { command: (file, args) => [file, args], own: async () => {} };
  const id = async (flag) => Number((await run('id', [flag, 'postgres'])).stdout.trim());
  try {
    const [uid, gid] = [await id('-u'), await id('-g')];
    await access('/usr/sbin/runuser').catch(() => access('/sbin/runuser'));
    return {
      command: (file, args) => ['runuser', ['-u', 'postgres', '--', file, ...args]],
      own: (folder) => chown(folder, uid, gid),
    };
  } catch {
    return null;
  }
}

/** Resolves when the server answers; rejects with its log when it ends first. */
function ready(child) {
  return new Promise((resolve, reject) => {
    let log = '';
    child.stderr.on('data', (chunk) => {
      log += chunk;
      if (log.includes('database system is ready to accept connections')) resolve();
    });
    child.on('error', reject);
    child.on('exit', () => reject(new Error(log.trim().split('\n').slice(-3).join(' | '))));
  });
}

/**
 * Starts a server. Resolves to `{ url, stop }`, or to `{ url: null, reason }` with why there is none: a test run
 * without PostgreSQL goes on and says so.
 */
export async function startPostgres() {
  const bin = await findPostgres();
  if (!bin)
    return { url: null, reason: 'no PostgreSQL found (initdb and postgres; Debian: apt install postgresql)' };
  const user = await unprivileged();
  if (!user)
    return {
      url: null,
      reason: 'PostgreSQL does not run as root, and there is no user postgres with runuser',
    };
  const folder = await mkdtemp(join(tmpdir(), 'interlayer-postgres-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    await user.own(folder);
    const data = join(folder, 'data');
    const init = user.command(join(bin, 'initdb'), [
      '-D',
      data,
      '-U',
      'interlayer',
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--no-sync',
      '--locale=C',
    ]);
    await run(init[0], init[1], { cwd: folder });
    const port = await freePort();
    // An odd time zone, so that whoever mixes local times and universal ones sees it.
    const options = [
      'fsync=off',
      'synchronous_commit=off',
      'full_page_writes=off',
      'max_connections=60',
      'timezone=Asia/Kathmandu',
    ];
    const args = [
      '-D',
      data,
      '-h',
      '127.0.0.1',
      '-p',
      String(port),
      '-k',
      folder,
      ...options.flatMap((option) => ['-c', option]),
    ];
    const start = user.command(join(bin, 'postgres'), args);
    const child = spawn(start[0], start[1], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    const ended = new Promise((resolve) => child.on('close', resolve));
    const halt = (mode) => user.command(join(bin, 'pg_ctl'), ['stop', '-D', data, '-m', mode, '-s']);
    const onExit = () => {
      const [file, parameters] = halt('immediate');
      spawnSync(file, parameters, { cwd: folder });
      remove();
    };
    process.once('exit', onExit);
    await ready(child);
    return {
      url: `postgresql://interlayer@127.0.0.1:${port}/postgres`,
      stop: async () => {
        process.off('exit', onExit);
        const [file, parameters] = halt('fast');
        await run(file, parameters, { cwd: folder });
        await ended;
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    remove();
    return {
      url: null,
      reason: `PostgreSQL did not start: ${error instanceof Error ? error.message : error}`,
    };
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [command, ...args] = process.argv.slice(2);
  if (!command) {
    console.error('Usage: node scripts/postgres.mjs COMMAND [ARGUMENTS]');
    process.exit(2);
  }
  const server = await startPostgres();
  if (server.url === null) console.error(`PostgreSQL: ${server.reason}`);
  const env = {
    ...process.env,
    ...(server.url === null ? {} : { INTERLAYER_TEST_POSTGRES_URL: server.url }),
  };
  const child = spawn(command, args, { stdio: 'inherit', env });
  const code = await new Promise((resolve) => child.on('error', () => resolve(127)).on('close', resolve));
  await server.stop?.();
  process.exit(code ?? 1);
}
