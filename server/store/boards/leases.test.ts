/** Two servers on one database: a board belongs to one of them, and the other can neither save into it nor squash it. */
import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { boardOf } from '../testing/fixtures.ts';
import { describeStores } from '../testing/stores.ts';

const entry = (value: number) => ({ update: Uint8Array.of(value), userId: null });
const ELSEWHERE =
  /^This board is open on another server that works on the same database( \(.+-[0-9a-f]{8}\))?\. Open it there, or close it there and try again in half a minute\.$/;
const refused = { code: 'conflict', message: expect.stringMatching(ELSEWHERE) };
/** A server that is alive but does not get to renew. */
const STALLED = { leaseMs: 200, renewMs: 3_600_000 };

describeStores('A board’s lease', (stores) => {
  it('keeps a second server out until it is released, by request or by an orderly end', async () => {
    const [here, there] = await stores.shared();
    const [a, b] = [await stores.open(here), await stores.open(there)];
    const { id } = await boardOf(a);
    await a.journal.load(id);
    await a.journal.append(id, entry(1));
    await expect(b.journal.load(id)).rejects.toMatchObject(refused);
    await expect(b.journal.append(id, entry(9))).rejects.toMatchObject(refused);
    await expect(b.journal.squash(id, Uint8Array.of(9), [1])).rejects.toMatchObject(refused);
    await a.journal.release(id);
    expect((await b.journal.load(id)).updates).toEqual([{ seq: 1, update: Uint8Array.of(1) }]);
    await expect(a.journal.load(id)).rejects.toMatchObject(refused);
    await b.close();
    expect((await a.journal.load(id)).updates).toHaveLength(1);
  });

  it('goes to another server once it is not renewed, and then the first can neither append nor squash nor anything else', async () => {
    const [here, there] = await stores.shared();
    const [a, b] = [await stores.open({ ...here, ...STALLED }), await stores.open(there)];
    const { id } = await boardOf(a);
    await a.journal.load(id);
    await a.journal.append(id, entry(1));
    const lost: string[] = [];
    a.journal.onLost((boardId) => lost.push(boardId));
    await expect.poll(() => b.journal.load(id).catch(() => null)).toMatchObject({ updates: [{ seq: 1 }] });
    await b.journal.append(id, entry(2));
    expect(lost).toEqual([]);
    await expect(a.journal.append(id, entry(9))).rejects.toMatchObject(refused);
    expect(lost).toEqual([id]);
    await expect(a.journal.squash(id, Uint8Array.of(9), [1, 2])).rejects.toMatchObject(refused);
    await expect(a.journal.append(id, entry(9))).rejects.toMatchObject(refused);
    await expect(a.journal.bind(id, 7, 'ada')).rejects.toMatchObject(refused);
    const aside = { update: Uint8Array.of(9), userId: null, reason: 'it does not apply' };
    await expect(a.journal.quarantine(id, aside)).rejects.toMatchObject(refused);
    expect((await b.journal.writers(id)).clients).toEqual([]);
    await b.journal.bind(id, 7, 'grace');
    expect((await b.journal.writers(id)).clients).toEqual([{ client: 7, userId: 'grace' }]);
    // Releasing what was lost takes nothing from the other.
    await a.journal.release(id);
    await b.journal.append(id, entry(3));
    await b.journal.release(id);
    expect((await a.journal.load(id)).updates.map(({ update }) => update[0])).toEqual([1, 2, 3]);
  });

  it('is asked for by the very statement: one that was lost and not heard of yet binds and puts aside nothing', async () => {
    const [here, there] = await stores.shared();
    for (const write of ['bind', 'quarantine'] as const) {
      const [a, b] = [await stores.open({ ...here, ...STALLED }), await stores.open(there)];
      const { id } = await boardOf(a);
      await a.journal.load(id);
      await expect.poll(() => b.journal.load(id).catch(() => null)).not.toBeNull();
      const aside = { update: Uint8Array.of(9), userId: null, reason: 'it does not apply' };
      const written = write === 'bind' ? a.journal.bind(id, 7, 'ada') : a.journal.quarantine(id, aside);
      await expect(written).rejects.toMatchObject(refused);
      expect((await b.journal.writers(id)).clients).toEqual([]);
    }
  });

  it('is not lost where nobody else wanted it, however late it is renewed', async () => {
    const a = await stores.open(STALLED);
    const { id } = await boardOf(a);
    await a.journal.load(id);
    await delay(300);
    expect(await a.journal.append(id, entry(1))).toBe(1);
  });

  it('is kept by renewing, and whoever lost it hears of it by renewing', async () => {
    const [here, there] = await stores.shared();
    const a = await stores.open({ ...here, leaseMs: 600, renewMs: 100 });
    const b = await stores.open({ ...there, leaseMs: 200, renewMs: 1_000 });
    const [kept, lost] = [await boardOf(a), await boardOf(a)];
    await a.journal.load(kept.id);
    await b.journal.load(lost.id);
    const told: string[] = [];
    b.journal.onLost((boardId) => told.push(boardId));
    await delay(500);
    await a.journal.load(lost.id);
    await delay(700);
    await expect(b.journal.load(kept.id)).rejects.toMatchObject(refused);
    const deleted = await boardOf(b);
    await b.journal.load(deleted.id);
    await b.projects.delete(deleted.projectId);
    await expect.poll(() => told, { timeout: 5_000 }).toEqual([lost.id]);
    // One that is deleted was not taken by anybody.
    await delay(1_100);
    expect(told).toEqual([lost.id]);
  });

  it('is had again at once by a server that comes back to its data folder, and one that is left over is fenced', async () => {
    const place = await stores.place();
    const [before, after] = [await stores.open(place), await stores.open(place)];
    const { id } = await boardOf(before);
    await before.journal.load(id);
    await before.journal.append(id, entry(1));
    expect((await after.journal.load(id)).updates).toHaveLength(1);
    await expect(before.journal.append(id, entry(9))).rejects.toMatchObject(refused);
    expect(await after.journal.append(id, entry(2))).toBe(2);
  });

  it('belongs to the folder: a copy of it is another server', async () => {
    const [here, there] = await stores.shared();
    const a = await stores.open(here);
    const { id } = await boardOf(a);
    await a.journal.load(id);
    await rm(there.dataDir, { recursive: true });
    await cp(here.dataDir, there.dataDir, { recursive: true });
    const b = await stores.open(there);
    await expect(b.journal.load(id)).rejects.toMatchObject(refused);
    const name = async (folder: string) =>
      JSON.parse(await readFile(join(folder, 'server-id.json'), 'utf8')).id;
    expect(await name(there.dataDir)).not.toBe(await name(here.dataDir));
    // An error of a whole batch is not another board's.
    const other = await boardOf(b);
    const both = await Promise.allSettled([
      b.journal.append(id, entry(9)),
      b.journal.append(other.id, entry(1)),
    ]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });

  it('goes to exactly one of several that ask at once', async () => {
    const [here, there] = await stores.shared();
    const [a, b] = [await stores.open(here), await stores.open(there)];
    const boards = await Promise.all(Array.from({ length: 10 }, () => boardOf(a)));
    for (const { id } of boards) {
      const answers = await Promise.allSettled([a.journal.load(id), b.journal.load(id)]);
      expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    }
  });
});
