/** The two socket servers that are compared, each in a process of its own. */
import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';

export const PEER = '@y/websocket-server';
export const PEER_VERSION = '0.1.1';

export interface SyncProcess {
  readonly port: number;
  /** Path and query of client number i. */
  path(i: number): string;
  /** CPU time that the process has used, ms. */
  cpu(): Promise<number>;
  stop(): Promise<void>;
}

const helloSchema = z.object({ port: z.number(), paths: z.array(z.string()) });

async function launch(script: string, args: string[], execArgv: string[]): Promise<SyncProcess> {
  const child: ChildProcess = fork(script, args, { execArgv, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const hear = () =>
    new Promise<unknown>((resolve, reject) => {
      const ended = (code: number | null) => reject(new Error(`a socket server ended with ${code}`));
      child.once('exit', ended);
      child.once('message', (message) => {
        child.off('exit', ended);
        resolve(message);
      });
    });
  const { port, paths } = helloSchema.parse(await hear());
  return {
    port,
    path: (i) => paths[i % paths.length] ?? '/',
    async cpu() {
      const answer = hear();
      child.send('cpu');
      return z.object({ cpu: z.number() }).parse(await answer).cpu;
    },
    async stop() {
      const exit = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await exit;
    },
  };
}

export async function launchOurs(kept: 'sqlite' | 'memory'): Promise<SyncProcess> {
  const folder = mkdtempSync(path.join(tmpdir(), 'interlayer-bench-sync-'));
  const script = path.join(path.dirname(new URL(import.meta.url).pathname), 'sync-child.ts');
  const running = await launch(script, [kept, folder], ['--import', 'tsx']);
  return {
    ...running,
    async stop() {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Runs in the folder into which the peer was installed: its own server, with our way to ask for CPU time. */
const PEER_SCRIPT = `
import { createServer } from 'node:http';
import WebSocket from 'ws';
import { setupWSConnection } from '${PEER}/utils';
const sockets = new WebSocket.Server({ noServer: true });
sockets.on('connection', setupWSConnection);
const http = createServer().on('upgrade', (request, socket, head) =>
  sockets.handleUpgrade(request, socket, head, (ws) => sockets.emit('connection', ws, request)));
http.listen(0, '127.0.0.1', () => process.send({ port: http.address().port, paths: ['/board'] }));
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send({ cpu: (user + system) / 1000 });
});
process.on('disconnect', () => process.exit());
`;

export interface Peer {
  launch(): Promise<SyncProcess>;
  remove(): void;
}

/** Installs the peer into a folder of its own; says why when it cannot. */
export function installPeer(): Peer | string {
  const folder = mkdtempSync(path.join(tmpdir(), 'interlayer-bench-peer-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    writeFileSync(path.join(folder, 'package.json'), '{"private":true,"type":"module"}');
    execFileSync(
      'npm',
      ['install', '--no-audit', '--no-fund', '--ignore-scripts', `${PEER}@${PEER_VERSION}`, 'yjs@13.6.33'],
      { cwd: folder, stdio: 'ignore', timeout: 180_000 },
    );
  } catch {
    remove();
    return `npm could not install ${PEER}@${PEER_VERSION}`;
  }
  const script = path.join(folder, 'peer.mjs');
  writeFileSync(script, PEER_SCRIPT);
  return { launch: () => launch(script, [], []), remove };
}
