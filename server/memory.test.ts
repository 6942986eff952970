/** Memory that an attack over sockets took comes back, in the processes as people start them. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { SERVER_MESSAGE, ticketSchema } from '../core/api/index.ts';
import { createToken } from './api/account/tokens.ts';
import { Visitor } from './api/testing/harness.ts';
import { openStore } from './store/index.ts';
import { awarenessEntry, awarenessMessage, stateVectorMessage, updateMessage } from './sync/messages.ts';
import { atRoot, forged, text } from './sync/testing/updates.ts';
import { type Started, startServer } from './testing/start.ts';

vi.setConfig({ testTimeout: 400_000, hookTimeout: 60_000 });

const MB = 2 ** 20;
const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
let folder: string;
let server: Started;
let url: string;
const sockets: WebSocket[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'interlayer-memory-'));
  server = startServer(MAIN, { INTERLAYER_DATA: folder, INTERLAYER_SOCKETS_PER_PERSON: '100' });
  url = (await server.printed(/Interlayer is at {2}(\S+)\n/))[1] ?? '';
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  server.child.kill('SIGTERM');
  await server.ended;
  await rm(folder, { recursive: true, force: true });
});

/** Somebody with a board, as the command line would make them; gives what opens sockets there. */
async function furnish(): Promise<() => Promise<WebSocket>> {
  const store = await openStore({ dataDir: folder });
  const ada = await store.users.create({ email: 'ada@example.org', name: 'Ada', passwordHash: null });
  const project = await store.projects.create({ slug: 'nets', name: 'Nets', ownerId: ada.id });
  const board = await store.boards.create({ projectId: project.id, title: 'Board', createdById: ada.id });
  const { secret } = await createToken(store, ada.id, { name: 'test' });
  await store.close();
  const visitor = new Visitor({ base: `${url}/api/v1` }, { authorization: `Bearer ${secret}` });
  return async () => {
    const answer = await visitor.ask('POST', `boards/${board.id}/ticket`);
    const { ticket } = ticketSchema.parse(answer.body);
    const address = `${url.replace('http', 'ws')}/sync/${board.id}?ticket=${ticket}`;
    const socket = new WebSocket(address, { origin: url });
    sockets.push(socket);
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.once('message', resolve));
    // The answer to the server's first question: there is nothing that it lacks.
    socket.send(Uint8Array.of(0, 1, 2, 0, 0));
    return socket;
  };
}

/** Resident memory of a process, now and at most so far. */
function resident(pid: number): { now: number; most: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const read = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) * 1024;
  return { now: read('VmRSS'), most: read('VmHWM') };
}

async function processes(): Promise<{ web: number; boards: number }> {
  const web: number = JSON.parse(await readFile(path.join(folder, 'server.json'), 'utf8')).pid;
  const rows = spawnSync('ps', ['-eo', 'pid=,ppid=,args=']).stdout.toString().split('\n');
  const row = rows.find((each) => new RegExp(`^\\s*\\d+\\s+${web}\\s.*board/main`).test(each));
  return { web, boards: Number(row?.trim().split(/\s+/)[0]) };
}

/** Resolves once the process holds less. */
async function comesDownTo(pid: number, bytes: number): Promise<void> {
  await expect
    .poll(() => Math.round(resident(pid).now / MB), { timeout: 120_000, interval: 500 })
    .toBeLessThan(bytes / MB);
}

/** What is written is 21 MB, which the processes hold as the board and as the copy on which updates are tried. */
const BOARD = 4 * 3 * 7 * MB;
/** What may stay: V8's spare pages, and what is made between two collections. */
const SPARE = 64 * MB;
/**
 * The store's query engine is WebAssembly, whose memory grows with the largest statement, here an update of 7 MB, and never
 * shrinks. It grows once, however often such updates come.
 */
const ENGINE = 224 * MB;

test.skipIf(process.platform !== 'linux')(
  'after a flood of presence, and of questions to a large board, both processes are back where they were',
  async () => {
    const open = await furnish();
    const [reader] = await Promise.all([open(), open()]);
    const { web, boards } = await processes();
    await delay(3_000);
    const before = { web: resident(web).now, boards: resident(boards).now };

    const state = JSON.stringify({
      selection: {
        items: [],
        layer: null,
        units: [],
        examples: Array.from({ length: 500 }, () => 'digits.test[1]'),
      },
    });
    const many = await Promise.all(Array.from({ length: 20 }, open));
    for (let clock = 1; clock <= 300; clock++)
      for (const [i, socket] of many.entries())
        socket.send(awarenessMessage([awarenessEntry(1000 + i, clock, state.replace('null', `"${clock}"`))]));
    await delay(2_000);
    for (const socket of many) socket.terminate();
    await comesDownTo(web, before.web + SPARE);

    for (let i = 0; i < 3; i++)
      reader!.send(
        updateMessage(
          forged([{ client: 100 + i, count: 1, structs: atRoot('filled', 4, text('x'.repeat(7 * MB))) }]),
        ),
      );
    await saved(reader!, 4);
    const asking = await Promise.all(Array.from({ length: 16 }, open));
    // Who has nothing gets what all others get; who says to have something gets an answer of their own.
    for (const socket of asking) {
      socket.pause();
      for (let i = 0; i < 20; i++) socket.send(stateVectorMessage(Uint8Array.of(1, 5, 0)));
    }
    // What is taken is far beyond what may be kept, or this would show nothing.
    const taken = () => ({
      web: resident(web).most - before.web,
      boards: resident(boards).most - before.boards,
    });
    await expect.poll(() => taken().web / MB, { timeout: 40_000 }).toBeGreaterThan((ENGINE + SPARE) / MB);
    expect(taken().boards).toBeGreaterThan(BOARD);
    for (const socket of asking) socket.terminate();
    // The board itself is still open, and tried on a copy.
    await comesDownTo(boards, before.boards + BOARD);
    await comesDownTo(web, before.web + ENGINE + SPARE);
    const left = { web: resident(web).now - before.web, boards: resident(boards).now - before.boards };
    const inMB = (of: typeof left) =>
      `web ${Math.round(of.web / MB)}, boards ${Math.round(of.boards / MB)} MiB`;
    console.log(`beyond an idle server: ${inMB(taken())} taken, ${inMB(left)} left`);
  },
);

function saved(socket: WebSocket, count: number): Promise<void> {
  return new Promise((resolve) =>
    socket.on('message', (data: Buffer) => {
      const said = data[0] === SERVER_MESSAGE ? data.toString('latin1') : '';
      if (said.includes('"saved"') && Number(/"count":(\d+)/.exec(said)?.[1]) >= count) resolve();
    }),
  );
}
