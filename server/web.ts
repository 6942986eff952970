/** The role `web`: pages, HTTP interface and sockets in one process, compute workers as its children. */
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import { isDiskFull, UserError } from '../core/errors/index.ts';
import { offerSetup } from './api/account/setup.ts';
import { seedDemo } from './api/demo/demo.ts';
import { nextPages } from './api/pages.ts';
import { openPort, type Past, type Running, serve } from './api/serve.ts';
import { type Config, ConfigError, originsOf, readConfig } from './api/settings/config.ts';
import { keptSecret, prepareDataFolder } from './api/settings/data-folder.ts';
import { LOG_REDACTION } from './api/settings/log.ts';
import { createPool, NO_LIMIT, type Pool } from './compute/client.ts';
import { endInOrder, endWithParent } from './ending.ts';
import { lockFolder } from './store/files/folder-lock.ts';
import { openStore } from './store/index.ts';
import { BEAT_MS, type Serving, type Turning } from './supervisor.ts';

/** Where package.json, app/ and examples/ are: one above server/ as written, one above build/ as bundled. */
const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
/** Share of the machine's memory that computations may use. */
const MEMORY_SHARE = 0.5;

export interface Part {
  readonly development: boolean;
  /** A parent starts this process again when it dies. */
  readonly supervised: boolean;
  readonly past: Past;
}

/** Boots store, compute pool, socket server, HTTP interface and pages in this process. */
export async function main(part: Part): Promise<void> {
  if (part.supervised) endWithParent();
  try {
    await start(readConfig(process.env), part);
  } catch (error) {
    console.error(explain(error));
    process.exit(1);
  }
}

/** The folder and the port are had before anything is written, so that a start that fails changes nothing. */
async function start(config: Config, { development, supervised, past }: Part): Promise<void> {
  await prepareDataFolder(config.dataFolder);
  const lock = await lockFolder(config.dataFolder);
  const open = await openPort(config).catch((error: unknown) => {
    lock.release();
    throw error;
  });
  lock.tell(originsOf(config, open.port)[0] ?? '');
  const log = pino({ level: config.logLevel === 'info' ? 'warn' : config.logLevel, redact: LOG_REDACTION });
  const authSecret = config.secret ?? (await keptSecret(config.dataFolder));
  const store = await openStore({ url: config.databaseUrl, dataDir: config.dataFolder });
  const ownerToken = await offerSetup(store, config.ownerToken);
  const pool = startPool(config);
  const pages = nextPages({ folder: ROOT, development, hostname: config.host });
  const running = await serve({ config, store, pool, authSecret, log, development, pages, past }, open);
  process.env.NEXTAUTH_URL = running.app.origins[0];
  const close = async () => {
    await running.close();
    await pool.close();
    await store.close();
    lock.release();
  };
  endInOrder(close, log, supervised);
  if (supervised) {
    process.send?.({ type: 'serving', port: running.port } satisfies Serving);
    // Its parent takes silence for a process that hangs.
    setInterval(() => process.send?.({ type: 'turning' } satisfies Turning), BEAT_MS).unref();
  }
  if (past.restarts === 0) greet(running, ownerToken);
  else console.log(`  Interlayer is at  ${running.url}  again.`);
  await seedDemo(running.app, path.join(ROOT, 'examples', 'digits')).catch((error: unknown) =>
    log.error({ err: error }, 'the demo project could not be made'),
  );
}

function startPool(config: Config): Pool {
  const constrained = process.constrainedMemory?.() ?? 0;
  const total = constrained > 0 ? Math.min(constrained, os.totalmem()) : os.totalmem();
  return createPool({
    workers: config.workers,
    blobs: path.join(config.dataFolder, 'blobs'),
    spool: path.join(config.dataFolder, 'spool'),
    memoryBytes: Math.floor(total * MEMORY_SHARE),
    backend: config.backend,
  });
}

function greet({ app, url }: Running, ownerToken: string | null): void {
  const lines = ['', `  Interlayer is at  ${url}`];
  if (ownerToken !== null)
    lines.push(`  Make the first account, the owner, once at  ${url}/setup?token=${ownerToken}`);
  if (app.config.publicOrigin === undefined && !['127.0.0.1', 'localhost', '::1'].includes(app.config.host))
    lines.push(
      `  Others reach it only under a set address: start it with INTERLAYER_URL=http://name:${app.config.port}`,
    );
  lines.push(`  Data is in  ${app.config.dataFolder}`, '');
  console.log(lines.join('\n'));
  void tellBackend(app);
}

/** One line, once the first worker has told by what it computes. */
async function tellBackend(app: Running['app']): Promise<void> {
  for (let tries = 0; tries < 240; tries++) {
    const { backend, limitBytes } = app.pool.status();
    if (backend !== 'starting') {
      if (limitBytes === null) console.log(`  ${NO_LIMIT}`);
      return console.log(`  TensorFlow.js computes with the ${backend} backend.\n`);
    }
    await new Promise((resolve) => setTimeout(resolve, 250).unref());
  }
}

/** For the person at the terminal. */
function explain(error: unknown): string {
  if (error instanceof ConfigError) return `\nInterlayer cannot start.\n${error.message}\n`;
  if (error instanceof UserError) return `\nInterlayer cannot start: ${error.message}\n`;
  if (isDiskFull(error))
    return '\nInterlayer cannot start: the disk that holds its data is full. Free some space, then start again.\n';
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const port = process.env.PORT ?? '3000';
  if (code === 'EADDRINUSE')
    return `\nInterlayer cannot start: port ${port} is in use. Stop what uses it, or choose another: PORT=${Number(port) + 1}\n`;
  if (code === 'EACCES')
    return `\nInterlayer cannot start: port ${port} needs more rights than this user has. Choose one above 1023.\n`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `\nInterlayer cannot start: this machine has no address ${process.env.HOST}. Set HOST to 127.0.0.1 or 0.0.0.0.\n`;
  return `\nInterlayer cannot start.\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`;
}
