import { expect, it } from 'vitest';
import { boardOf, person, projectOf } from '../testing/fixtures.ts';
import { describeStores, sharedStore } from '../testing/stores.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

/** Times are kept to the millisecond: resolves when the clock shows a later one. */
async function afterMillisecond(time: Date | undefined): Promise<void> {
  while (Date.now() <= (time?.getTime() ?? 0)) await new Promise((resolve) => setImmediate(resolve));
}

describeStores('boards', (stores) => {
  const shared = sharedStore(stores);
  it('are made, renamed, listed last changed first, and deleted', async () => {
    const { boards, journal } = shared.store;
    const owner = await person(shared.store);
    const project = await projectOf(shared.store, owner);
    const make = (title: string, state?: Uint8Array) =>
      boards.create({ projectId: project.id, title, createdById: owner.id, ...(state ? { state } : {}) });
    const a = await make('A', bytes(1, 2, 255));
    const b = await make('Бoard ✨');
    expect(await boards.byId(b.id)).toEqual(b);
    expect(a).toMatchObject({ projectId: project.id, createdById: owner.id, deletedAt: null });
    expect((await journal.load(a.id)).state).toEqual(bytes(1, 2, 255));
    expect(await journal.load(b.id)).toEqual({ state: null, updates: [] });
    const renamed = await boards.rename(a.id, 'AA');
    expect(renamed.title).toBe('AA');
    expect(renamed.updatedAt.getTime()).toBeGreaterThanOrEqual(b.updatedAt.getTime());
    await afterMillisecond(renamed.updatedAt);
    await journal.append(b.id, { update: bytes(1), userId: owner.id });
    expect((await boards.ofProject(project.id)).map((x) => x.id)).toEqual([b.id, a.id]);
    await afterMillisecond((await boards.byId(b.id))?.updatedAt);
    await boards.rename(a.id, 'A');
    expect((await boards.ofProject(project.id)).map((x) => x.id)).toEqual([a.id, b.id]);
    await boards.delete(a.id);
    expect(await boards.byId(a.id)).toBeNull();
    expect((await boards.ofProject(project.id)).map((x) => x.id)).toEqual([b.id]);
    await expect(boards.rename(a.id, 'x')).rejects.toMatchObject({ code: 'not_found' });
    await expect(boards.create({ projectId: 'none', title: '', createdById: null })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describeStores('the journal', (stores) => {
  const shared = sharedStore(stores);
  const append = (boardId: string, ...values: number[]) =>
    shared.store.journal.append(boardId, { update: bytes(...values), userId: null });

  it('S2: gives updates back in the order of their numbers', async () => {
    const { id } = await boardOf(shared.store);
    const seqs = [await append(id, 1), await append(id, 2, 0, 255), await append(id, 3)];
    expect(seqs).toEqual([1, 2, 3]);
    expect(await shared.store.journal.load(id)).toEqual({
      state: null,
      updates: [
        { seq: 1, update: bytes(1) },
        { seq: 2, update: bytes(2, 0, 255) },
        { seq: 3, update: bytes(3) },
      ],
    });
  });
  it('S2: numbers appends at once in the order of the calls, board by board', async () => {
    const [a, b] = [await boardOf(shared.store), await boardOf(shared.store)];
    const calls = Array.from({ length: 1200 }, (_, i) => append(i % 3 === 0 ? b.id : a.id, i & 255, i >> 8));
    const seqs = await Promise.all(calls);
    const inOrder = (wanted: boolean) => seqs.filter((_, i) => (i % 3 === 0) === wanted);
    expect(inOrder(true)).toEqual(Array.from({ length: 400 }, (_, i) => i + 1));
    expect(inOrder(false)).toEqual(Array.from({ length: 800 }, (_, i) => i + 1));
    const { updates } = await shared.store.journal.load(b.id);
    expect(updates.map(({ update }) => (update[0] ?? 0) + 256 * (update[1] ?? 0))).toEqual(
      Array.from({ length: 400 }, (_, i) => 3 * i),
    );
  });
  it('S2: keeps what an update was when it was given', async () => {
    const { id } = await boardOf(shared.store);
    const buffer = bytes(7, 7);
    const appended = shared.store.journal.append(id, { update: buffer, userId: null });
    buffer.fill(9);
    await appended;
    expect((await shared.store.journal.load(id)).updates[0]?.update).toEqual(bytes(7, 7));
  });
  it('S2: a squash deletes only the rows that it merged', async () => {
    const { id } = await boardOf(shared.store);
    for (const i of [1, 2, 3]) await append(id, i);
    const late = append(id, 4);
    await shared.store.journal.squash(id, bytes(1, 3), [1, 3]);
    await late;
    const loaded = await shared.store.journal.load(id);
    expect(loaded.state).toEqual(bytes(1, 3));
    expect(loaded.updates.map((row) => row.seq)).toEqual([2, 4]);
    await shared.store.journal.squash(id, bytes(9), [2, 4]);
    expect(await shared.store.journal.load(id)).toEqual({ state: bytes(9), updates: [] });
    expect(await append(id, 5)).toBe(5);
  });
  it('S2: a squash of more rows than one statement takes is one transaction', async () => {
    const { id } = await boardOf(shared.store);
    const seqs = await Promise.all(Array.from({ length: 1300 }, () => append(id, 1)));
    const last = await append(id, 2);
    await shared.store.journal.squash(id, bytes(5), seqs);
    expect((await shared.store.journal.load(id)).updates).toEqual([{ seq: last, update: bytes(2) }]);
  });
  it('refuses a board that is not there, and harms no other that is appended to at once', async () => {
    const { id } = await boardOf(shared.store);
    const first = append(id, 0);
    const done = await Promise.allSettled([append(id, 1), append('none', 2), append(id, 3)]);
    expect(done.map((one) => one.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(done[1]).toMatchObject({ reason: { code: 'not_found' } });
    await first;
    expect((await shared.store.journal.load(id)).updates).toHaveLength(3);
    await expect(append('none', 1)).rejects.toMatchObject({
      code: 'not_found',
      message: 'There is no board none.',
    });
  });
  it('takes updates for a deleted board: whoever has it open loses nothing', async () => {
    const { id } = await boardOf(shared.store);
    await shared.store.boards.delete(id);
    expect(await append(id, 1)).toBe(1);
  });
  it('S8: keeps updates that cannot be applied aside', async () => {
    const { id, owner } = await boardOf(shared.store);
    await shared.store.journal.quarantine(id, { update: bytes(0), userId: owner.id, reason: 'kaputt' });
    expect((await shared.store.journal.load(id)).updates).toEqual([]);
  });
  it('S8: the same update is kept aside once, and no person and no board fills the store with them', async () => {
    const { id, owner } = await boardOf(shared.store);
    const [other, third] = [await boardOf(shared.store), await person(shared.store)];
    const keep = (boardId: string, userId: string | null, size: number, fill: number) =>
      shared.store.journal.quarantine(boardId, {
        update: new Uint8Array(size).fill(fill),
        userId,
        reason: 'kaputt',
      });
    expect(await keep(id, owner.id, 1 << 20, 1)).toBe(true);
    for (let i = 0; i < 5; i++) expect(await keep(id, owner.id, 1 << 20, 1)).toBe(true);
    expect(await keep(id, owner.id, 1 << 20, 2)).toBe(true);
    expect(await keep(id, owner.id, 1, 3)).toBe(false);
    // On another board too; another person, and what the server found itself, still have room.
    expect(await keep(other.id, owner.id, 1, 3)).toBe(false);
    expect(await keep(id, third.id, 1 << 20, 4)).toBe(true);
    expect(await keep(id, null, 8 << 20, 5)).toBe(true);
    expect(await keep(id, third.id, 2 << 20, 6)).toBe(false);
    for (let i = 0; i < 70; i++) await keep(other.id, third.id, 1, 100 + i);
    expect(await keep(other.id, third.id, 1, 99)).toBe(false);
  });
  it('S6: a client id is the first person’s who wrote or showed it', async () => {
    const { id, owner } = await boardOf(shared.store);
    const other = await person(shared.store);
    const { journal } = shared.store;
    await journal.append(id, { update: bytes(1), userId: owner.id, clients: [7, 2 ** 32 - 1] });
    await journal.append(id, { update: bytes(2), userId: other.id, clients: [7] });
    await journal.bind(id, 7, other.id);
    await journal.bind(id, 8, other.id);
    await journal.append(id, { update: bytes(3), userId: null, clients: [9] });
    const { clients, rows } = await journal.writers(id);
    expect(clients.sort((a, b) => a.client - b.client)).toEqual([
      { client: 7, userId: owner.id },
      { client: 8, userId: other.id },
      { client: 2 ** 32 - 1, userId: owner.id },
    ]);
    expect(rows).toEqual([
      { seq: 1, userId: owner.id },
      { seq: 2, userId: other.id },
    ]);
  });
  it('S6: of client ids under which nothing was written, a person has the latest 64 on a board', async () => {
    const { id, owner } = await boardOf(shared.store);
    const other = await person(shared.store);
    const { journal } = shared.store;
    await journal.bind(id, 1_000, other.id);
    await journal.bind(id, 1, owner.id);
    await journal.append(id, { update: bytes(1), userId: owner.id, clients: [1] });
    // What another wrote under it does not make it theirs, nor kept.
    await journal.bind(id, 2, owner.id);
    await journal.append(id, { update: bytes(2), userId: other.id, clients: [2] });
    for (let client = 3; client < 80; client++) await journal.bind(id, client, owner.id);
    const { clients } = await journal.writers(id);
    const own = clients.filter(({ userId }) => userId === owner.id).map(({ client }) => client);
    expect(own).toHaveLength(65);
    expect(own).toContain(1);
    expect(own).not.toContain(2);
    expect(clients.filter(({ userId }) => userId === other.id).map(({ client }) => client)).toEqual([1_000]);
  });
  it('S2: the board before its last squash, with its rows, can be had back', async () => {
    const { id } = await boardOf(shared.store);
    const { journal } = shared.store;
    expect(await journal.revert(id)).toBe(false);
    for (const i of [1, 2]) await append(id, i);
    await journal.squash(id, bytes(1, 2), [1, 2]);
    for (const i of [3, 4]) await append(id, i);
    await journal.squash(id, bytes(6, 6, 6), [3]);
    expect(await journal.revert(id)).toBe(true);
    const { state, updates } = await journal.load(id);
    expect(state).toEqual(bytes(1, 2));
    expect(updates.map(({ seq }) => seq)).toEqual([3, 4]);
    // There is one way back, not two.
    expect(await journal.revert(id)).toBe(false);
    await journal.squash(id, bytes(1, 2, 3, 4), [3, 4]);
    expect(await journal.load(id)).toEqual({ state: bytes(1, 2, 3, 4), updates: [] });
    const first = await boardOf(shared.store);
    await append(first.id, 1);
    await journal.squash(first.id, bytes(9), [1]);
    expect(await journal.revert(first.id)).toBe(true);
    expect(await journal.load(first.id)).toEqual({ state: null, updates: [{ seq: 1, update: bytes(1) }] });
  });
  it('S2: two servers number their boards without gaps and without losing a row', async () => {
    const [here, there] = await stores.shared();
    const [a, b] = [await stores.open(here), await stores.open(there)];
    const [one, two] = [await boardOf(a), await boardOf(a)];
    const seqs = await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        (i % 2 ? a : b).journal.append((i % 2 ? one : two).id, { update: bytes(i), userId: null }),
      ),
    );
    expect([...seqs].sort((x, y) => x - y)).toEqual(Array.from({ length: 60 }, (_, i) => 1 + (i >> 1)));
    expect((await a.journal.load(one.id)).updates).toHaveLength(30);
    expect((await b.journal.load(two.id)).updates).toHaveLength(30);
  });
  it('is written out before the store is closed', async () => {
    const place = await stores.place();
    const store = await stores.open(place);
    const { id } = await boardOf(store);
    const appended = Array.from({ length: 50 }, (_, i) =>
      store.journal.append(id, { update: bytes(i), userId: null }),
    );
    await store.close();
    expect(await Promise.all(appended)).toHaveLength(50);
    const again = await stores.open(place);
    expect((await again.journal.load(id)).updates).toHaveLength(50);
  });
});
