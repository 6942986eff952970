import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type * as Y from 'yjs';
import { z } from 'zod';
import { admission, Client, stored, Tickets } from './testing/harness.ts';
import { FileJournal } from './testing/journals.ts';
import { Random } from './testing/random.ts';
import { openBoard } from './testing/sqlite.ts';

/** Another seed, and more rounds: npm run fuzz kill -- --seed 7 --count 100 */
const SEED = Number(process.env.INTERLAYER_SEED ?? 1);
const ROUNDS = Number(process.env.INTERLAYER_FUZZ ?? 6);

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Child {
  readonly port: number;
  kill(): Promise<void>;
}

async function spawn(kind: string, folder: string): Promise<Child> {
  const path = new URL('./testing/child.ts', import.meta.url).pathname;
  const child: ChildProcess = fork(path, [kind, folder], { execArgv: ['--import', 'tsx'] });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  cleanups.push(() => child.kill('SIGKILL'));
  const message = await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`the server ended with ${code} before it listened`)));
  });
  const { port } = z.object({ port: z.number() }).parse(message);
  return {
    port,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Tickets that the child understands. */
class ChildTickets extends Tickets {
  private number = 0;
  override issue({ user }: { user: { id: string } }): string {
    return `${user.id}.${++this.number}`;
  }
}

const edits = (doc: Y.Doc): Y.Map<number> => doc.getMap('edits');

/** Writes until the server dies; edit number k (from 1) is this socket's update k + 1, after sync step 2. */
class Author {
  written = 0;
  constructor(
    readonly client: Client,
    private readonly round: number,
  ) {}

  key(number: number): string {
    return `${this.client.admission.user.id}/${this.round}/${number}`;
  }

  write(): void {
    this.written++;
    edits(this.client.doc).set(this.key(this.written), this.written);
    if (this.written % 5 === 0) this.client.text().insert(0, 'and some text');
  }

  /** Keys of which this author was told that they are saved. Each fifth edit sends two updates. */
  saved(): string[] {
    const keys: string[] = [];
    for (let number = 1, messages = 1; number <= this.written; number++) {
      messages++;
      if (messages <= this.client.saved) keys.push(this.key(number));
      if (number % 5 === 0) messages++;
    }
    return keys;
  }
}

async function killRounds(
  kind: 'sqlite' | 'file',
  load: (folder: string) => Promise<Y.Doc>,
  folder: string,
  boardId: string,
  userIds: readonly string[],
): Promise<void> {
  const random = new Random(SEED);
  const promised = new Set<string>();
  const tickets = new ChildTickets();
  for (let round = 0; round < ROUNDS; round++) {
    const child = await spawn(kind, folder);
    const clients = userIds.map((id) => new Client(child.port, tickets, admission(id, 'editor', boardId)));
    await Promise.all(clients.map((client) => client.until('saved', () => client.saved === 1)));
    const [observer, ...writers] = clients;
    if (!observer) throw new Error('an observer is needed');
    const authors = writers.map((client) => new Author(client, round));
    const before = edits(observer.doc).size;
    const until = before + 1 + random.below(120);
    const seen = observer.until('enough edits', () => edits(observer.doc).size >= until);
    const patience = random.below(4);
    let writing = true;
    const stream = (async () => {
      while (writing) {
        for (const author of authors) if (random.chance(0.7)) author.write();
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    await seen;
    // Between two steps of the server, whichever those are.
    for (let i = 0; i < patience; i++) await new Promise((resolve) => setImmediate(resolve));
    await child.kill();
    writing = false;
    await stream;
    await Promise.all(clients.map((client) => client.until('the end', () => !client.provider.wsconnected)));
    for (const key of edits(observer.doc).keys()) promised.add(key);
    for (const author of authors) for (const key of author.saved()) promised.add(key);
    for (const client of clients) client.destroy();

    const kept = new Set(edits(await load(folder)).keys());
    const lost = [...promised].filter((key) => !kept.has(key));
    expect(lost, `lost with seed ${SEED} in round ${round}`).toEqual([]);
  }
  expect(promised.size).toBeGreaterThan(ROUNDS);
}

/** Each round starts a server and what holds its documents: on a busy machine that takes seconds. */
describe('S2 kill -9', { timeout: 240_000 }, () => {
  it('S2 kill -9 loses nothing that was seen or called saved (journal in a file)', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'interlayer-kill-'));
    cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
    const load = () => stored(new FileJournal(join(folder, 'journal.jsonl')));
    await killRounds('file', load, folder, 'board', ['observer', 'ada', 'grace']);
  });

  it('S2 kill -9 loses nothing that was seen or called saved (SQLite)', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'interlayer-kill-'));
    cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
    const { store, boardId, userIds } = await openBoard(folder, 3);
    await store.close();
    const load = async () => {
      const reopened = await openBoard(folder, 0);
      const doc = await stored(reopened.store.journal, boardId);
      await reopened.store.close();
      return doc;
    };
    await killRounds('sqlite', load, folder, boardId, userIds);
  });
});
