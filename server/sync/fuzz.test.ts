import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { addItem, itemsOf, removeItems, replaceText, setFrames, textOf } from '../../core/board/index.ts';
import type { Journal } from './index.ts';
import {
  admission,
  Client,
  converged,
  type Running,
  same,
  start,
  stored,
  Tickets,
} from './testing/harness.ts';
import { MemoryJournal, UnsteadyJournal } from './testing/journals.ts';
import { Random } from './testing/random.ts';
import { openBoard } from './testing/sqlite.ts';

/**
 * The seed fixes what the people do and how the store behaves; which of two sockets is read first is the system's choice,
 * so a failing seed may need a few runs to fail again.
 *
 * More, or others: npm run fuzz sync -- --seed 1000 --count 500
 */
const COUNT = Number(process.env.INTERLAYER_FUZZ ?? 30);
const FIRST = Number(process.env.INTERLAYER_SEED ?? 1);
/** Seeds that failed once. */
const PINNED: number[] = [];

const LIMITS = { squashAfter: 7, storageMs: 400, lingerMs: 0, messagesPerSecond: 10_000 };
const WORDS = ['relu', 'conv2d_1', 'why is 7 a 1?', '☃', ' ', 'x'.repeat(200)];

/** One edit as the board's own code makes them, or one of plain Yjs types. */
function edit(doc: Y.Doc, random: Random, counter: () => number): void {
  const ids = [...itemsOf(doc).keys()];
  const some = ids.length > 0 ? random.pick(ids) : null;
  const frame = { x: random.below(1000), y: random.below(1000), w: 100, h: 50 };
  const choice = random.below(8);
  if (choice === 0 || some === null) {
    const number = counter();
    const base = { frame, locked: false, group: null, order: number, createdBy: 'fuzz' };
    addItem(doc, { id: `note-${number}`, kind: 'note', text: random.pick(WORDS), color: 0, ...base });
  } else if (choice === 1) setFrames(doc, Object.fromEntries(ids.map((id) => [id, frame])));
  else if (choice === 2 && random.chance(0.3)) removeItems(doc, [some]);
  else if (choice <= 4) {
    const text = textOf(doc, some);
    if (text) replaceText(doc, text, `${text.toString().slice(random.below(8))}${random.pick(WORDS)}`);
  } else if (choice === 5) {
    const text = doc.getText('text');
    if (text.length > 3 && random.chance(0.4)) text.delete(random.below(text.length - 2), 2);
    else text.insert(random.below(text.length + 1), random.pick(WORDS));
  } else if (choice === 6) doc.getMap('map').set(`key-${random.below(5)}`, counter());
  else {
    const list = doc.getArray('list');
    if (list.length > 2 && random.chance(0.5)) list.delete(random.below(list.length), 1);
    else list.insert(random.below(list.length + 1), [counter(), counter()]);
  }
}

class World {
  readonly clients: Client[] = [];
  /** Servers that were killed; taken down at the end, as the system would at once. */
  private readonly killed: Running[] = [];
  private journal: UnsteadyJournal | null = null;
  private server: Running | null = null;
  private trouble = 0;
  private count = 0;

  private readonly tickets = new Tickets();
  private readonly random: Random;
  /** Of its own: how often the store is asked depends on time, and must not change what the people do. */
  private readonly weather: Random;

  constructor(
    seed: number,
    readonly inner: Journal,
    readonly boardId: string,
    private readonly userIds: readonly string[],
  ) {
    this.random = new Random(seed);
    this.weather = new Random(~seed);
  }

  async begin(): Promise<void> {
    await this.boot(0);
    const people = 2 + this.random.below(4);
    for (let i = 0; i < people; i++)
      this.clients.push(
        new Client(this.port, this.tickets, admission(this.userIds[i] ?? '', 'editor', this.boardId)),
      );
  }

  get port(): number {
    return this.server?.port ?? 0;
  }

  async step(): Promise<void> {
    const { random } = this;
    const client = random.pick(this.clients);
    const choice = random.below(100);
    if (choice < 70) edit(client.doc, random, () => ++this.count);
    else if (choice < 78) client.provider.disconnect();
    else if (choice < 88) client.provider.connect();
    else if (choice < 92) client.provider.ws?.close();
    else if (choice < 96) this.trouble = random.pick([0, 0, 0.2, 0.6, 1]);
    else if (choice < 98) await this.restart();
    else await this.crash();
    for (let turns = random.below(6); turns > 0; turns--)
      await new Promise((resolve) => setImmediate(resolve));
  }

  /** S2 at any moment: what somebody has of others came through the server, so it is in the store. */
  async checkDurable(): Promise<void> {
    const seen = this.clients.map(({ doc }) => Y.decodeStateVector(Y.encodeStateVector(doc)));
    const kept = Y.decodeStateVector(Y.encodeStateVector(await stored(this.inner, this.boardId)));
    for (const [i, client] of this.clients.entries())
      for (const [author, clock] of seen[i] ?? [])
        if (author !== client.doc.clientID && clock > (kept.get(author) ?? 0))
          throw new Error(`${clock} of ${author} was seen, ${kept.get(author)} is stored`);
  }

  /** No more trouble: everybody is connected and has everything. */
  async settle(): Promise<void> {
    this.trouble = 0;
    for (const client of this.clients) client.provider.connect();
    for (const client of this.clients) await client.until('sync', () => client.provider.synced);
    await converged(...this.clients);
    await this.server?.stop();
  }

  async end(): Promise<void> {
    for (const client of this.clients) client.destroy();
    this.trouble = 0;
    await this.server?.stop();
    await Promise.all(this.killed.map((server) => server.sync.close()));
  }

  private async boot(port: number): Promise<void> {
    const journal = new UnsteadyJournal(this.inner);
    const disturb = async () => {
      // Different for each call, so that one person's row can overtake another's.
      for (let turns = this.weather.below(5); turns > 0; turns--)
        await new Promise((resolve) => setImmediate(resolve));
      if (this.weather.chance(0.1))
        await new Promise((resolve) => setTimeout(resolve, this.weather.below(10)));
      if (this.weather.chance(this.trouble)) throw new Error('the store fails');
    };
    journal.before = disturb;
    journal.after = disturb;
    this.journal = journal;
    this.server = await start(journal, this.tickets, LIMITS, port);
  }

  private async restart(): Promise<void> {
    const { port, server } = this;
    // A store that is down for good would hold up an orderly stop; that is what crash is for.
    this.trouble = 0;
    await server?.stop();
    await this.boot(port);
  }

  private async crash(): Promise<void> {
    const { port, server } = this;
    if (!server) return;
    if (this.journal) this.journal.dead = true;
    this.killed.push(server);
    await server.sever();
    await this.checkDurable();
    await this.boot(port);
  }
}

const PEOPLE = Array.from({ length: 5 }, (_, i) => `person-${i}`);

async function run(
  seed: number,
  inner: Journal = new MemoryJournal(),
  boardId = 'board',
  userIds: readonly string[] = PEOPLE,
): Promise<void> {
  const world = new World(seed, inner, boardId, userIds);
  try {
    await world.begin();
    for (let i = 0; i < 120; i++) {
      await world.step();
      if (i % 4 === 0) await world.checkDurable();
    }
    await world.settle();
    const fresh = await stored(world.inner, world.boardId);
    for (const client of world.clients) {
      expect(same(client.doc, fresh), `seed ${seed}: a peer and the store differ`).toBe(true);
      for (const name of ['items', 'map'])
        expect(client.doc.getMap(name).toJSON(), `seed ${seed}`).toEqual(fresh.getMap(name).toJSON());
      expect(client.doc.getText('text').toString()).toBe(fresh.getText('text').toString());
      expect(client.doc.getArray('list').toJSON()).toEqual(fresh.getArray('list').toJSON());
    }
    if (inner instanceof MemoryJournal) expect(inner.quarantined, `seed ${seed}`).toEqual([]);
  } catch (error) {
    throw new Error(`seed ${seed} failed: pin it`, { cause: error });
  } finally {
    await world.end();
  }
}

describe('S9 fuzz: edits, disconnects, restarts, kills, a slow and failing store', () => {
  const seeds = [...new Set([...PINNED, ...Array.from({ length: COUNT }, (_, i) => FIRST + i)])];
  for (const seed of seeds)
    it(`S9 seed ${seed}: all peers and a fresh load are equal at the end`, () => run(seed));

  it('S9 the same on SQLite', async () => {
    for (const seed of [FIRST, FIRST + 1, FIRST + 2]) {
      const folder = mkdtempSync(join(tmpdir(), 'interlayer-fuzz-'));
      const { store, boardId, userIds } = await openBoard(folder, PEOPLE.length);
      try {
        await run(seed, store.journal, boardId, userIds);
      } finally {
        await store.close();
        rmSync(folder, { recursive: true, force: true });
      }
    }
  });
});
