import { expect, it } from 'vitest';
import { fresh, person, projectOf, sha256 } from '../testing/fixtures.ts';
import { describeStores, sharedStore } from '../testing/stores.ts';

const account = (name: string) => ({ email: `${name}@example.org`, name, passwordHash: 'scrypt' });

describeStores('the one-time owner link', (stores) => {
  it('makes the first account owner of every project, once', async () => {
    const store = await stores.open();
    const { setup, projects } = store;
    expect(await setup.hasOwner()).toBe(false);
    expect(await setup.claim(sha256('never offered'), account('zero'))).toBeNull();
    const before = await projects.create({ slug: 'demo', name: 'Demo', ownerId: null });
    const second = await projects.create({ slug: 'other', name: 'Other', ownerId: null });
    expect(await setup.offer(sha256('first'))).toBe(true);
    expect(await setup.offer(sha256('second'))).toBe(true);
    expect(await setup.claim(sha256('first'), account('one'))).toBeNull();
    expect(await store.users.count()).toBe(0);
    const owner = await setup.claim(sha256('second'), account('One'));
    expect(owner).toMatchObject({ email: 'one@example.org', name: 'One', passwordHash: 'scrypt' });
    expect(await setup.hasOwner()).toBe(true);
    expect((await projects.ofUser(owner?.id ?? '')).map((p) => [p.id, p.role])).toEqual([
      [before.id, 'owner'],
      [second.id, 'owner'],
    ]);
    expect(await setup.claim(sha256('second'), account('two'))).toBeNull();
    expect(await setup.offer(sha256('third'))).toBe(false);
    expect(await setup.claim(sha256('third'), account('two'))).toBeNull();
    expect(await store.users.count()).toBe(1);
    const after = await projects.create({ slug: 'late', name: 'Late', ownerId: null });
    expect(await projects.role(after.id, owner?.id ?? '')).toBe('owner');
  });
  it('is claimed by one of many at once', async () => {
    const store = await stores.open();
    await store.projects.create({ slug: 'demo', name: 'Demo', ownerId: null });
    await store.setup.offer(sha256('link'));
    const claims = Array.from({ length: 8 }, (_, i) => store.setup.claim(sha256('link'), account(`u${i}`)));
    const projects = [1, 2, 3].map((i) =>
      store.projects.create({ slug: `during-${i}`, name: 'During', ownerId: null }),
    );
    const owners = (await Promise.all(claims)).filter((user) => user !== null);
    expect(owners).toHaveLength(1);
    expect(await store.users.count()).toBe(1);
    for (const { id } of await Promise.all(projects)) {
      expect((await store.projects.members(id)).map((m) => m.userId)).toEqual([owners[0]?.id]);
    }
  });
  it('stays open when its account cannot be made', async () => {
    const store = await stores.open();
    await store.users.create(account('taken'));
    await store.setup.offer(sha256('link'));
    await expect(store.setup.claim(sha256('link'), account('Taken'))).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await store.setup.hasOwner()).toBe(false);
    expect(await store.setup.claim(sha256('link'), account('free'))).not.toBeNull();
  });
  it('is not offered where a project has an owner', async () => {
    const store = await stores.open();
    await store.setup.offer(sha256('early'));
    await projectOf(store, await person(store));
    expect(await store.setup.hasOwner()).toBe(true);
    expect(await store.setup.offer(sha256('late'))).toBe(false);
    expect(await store.setup.claim(sha256('early'), account('thief'))).toBeNull();
    expect(await store.setup.claim(sha256('late'), account('thief'))).toBeNull();
  });
});

describeStores('invitations', (stores) => {
  const shared = sharedStore(stores);
  const invite = async (
    change: { expiresAt?: Date; maxUses?: number | null; role?: 'viewer' | 'editor' } = {},
  ) => {
    const owner = await person(shared.store);
    const project = await projectOf(shared.store, owner);
    const secretHash = sha256(fresh('invite'));
    const row = await shared.store.invites.create({
      projectId: project.id,
      role: 'editor',
      createdById: owner.id,
      secretHash,
      expiresAt: new Date(Date.now() + 60_000),
      maxUses: null,
      ...change,
    });
    return { owner, project, secretHash, row };
  };

  it('are found by the hash of their secret, and listed until revoked', async () => {
    const { invites } = shared.store;
    const { project, secretHash, row } = await invite({ maxUses: 2 });
    expect(row).toMatchObject({ uses: 0, maxUses: 2, role: 'editor', revokedAt: null });
    expect(JSON.stringify(row)).not.toContain(secretHash);
    expect(await invites.byHash(secretHash)).toEqual(row);
    expect(await invites.byHash(sha256('none'))).toBeNull();
    expect(await invites.ofProject(project.id)).toEqual([row]);
    await invites.revoke(row.id);
    expect(await invites.ofProject(project.id)).toEqual([]);
    expect((await invites.byHash(secretHash))?.revokedAt).toBeInstanceOf(Date);
  });
  it('give the role, and count their uses', async () => {
    const { invites, projects } = shared.store;
    const { project, secretHash } = await invite({ maxUses: 2 });
    const [a, b, c] = [await person(shared.store), await person(shared.store), await person(shared.store)];
    expect(await invites.accept(secretHash, a.id)).toMatchObject({ userId: a.id, role: 'editor' });
    expect(await invites.accept(secretHash, a.id)).toMatchObject({ userId: a.id, role: 'editor' });
    expect((await invites.byHash(secretHash))?.uses).toBe(1);
    expect(await invites.accept(secretHash, b.id)).not.toBeNull();
    expect(await invites.accept(secretHash, c.id)).toBeNull();
    expect(await projects.role(project.id, c.id)).toBeNull();
  });
  it('raise a role and never lower one', async () => {
    const { invites, projects } = shared.store;
    const { owner, project, secretHash, row } = await invite({ role: 'editor' });
    const user = await person(shared.store);
    await projects.setRole(project.id, user.id, 'viewer');
    expect(await invites.accept(secretHash, user.id)).toMatchObject({ role: 'editor' });
    expect(await invites.accept(secretHash, owner.id)).toMatchObject({ role: 'owner' });
    expect(await projects.role(project.id, owner.id)).toBe('owner');
    expect((await invites.byHash(secretHash))?.uses).toBe(1);
    expect(row.uses).toBe(0);
  });
  it('are refused when expired or revoked', async () => {
    const { invites } = shared.store;
    const user = await person(shared.store);
    const late = await invite({ expiresAt: new Date(Date.now() - 1) });
    expect(await invites.accept(late.secretHash, user.id)).toBeNull();
    const revoked = await invite();
    await invites.revoke(revoked.row.id);
    expect(await invites.accept(revoked.secretHash, user.id)).toBeNull();
    expect(await invites.accept(sha256('none'), user.id)).toBeNull();
    expect(await shared.store.projects.ofUser(user.id)).toEqual([]);
  });
  it('are used no more often than allowed by many at once', async () => {
    const { invites, projects } = shared.store;
    const { project, secretHash } = await invite({ maxUses: 3 });
    const guests = await Promise.all(Array.from({ length: 8 }, () => person(shared.store)));
    const joined = await Promise.all(guests.map(({ id }) => invites.accept(secretHash, id)));
    expect(joined.filter((member) => member !== null)).toHaveLength(3);
    expect(await projects.members(project.id)).toHaveLength(4);
    expect((await invites.byHash(secretHash))?.uses).toBe(3);
  });
  it('are used once by one person who clicks twice', async () => {
    const { invites } = shared.store;
    const { secretHash } = await invite({ maxUses: 5 });
    const { id } = await person(shared.store);
    const joined = await Promise.all([1, 2, 3, 4].map(() => invites.accept(secretHash, id)));
    expect(joined.every((member) => member?.role === 'editor')).toBe(true);
    expect((await invites.byHash(secretHash))?.uses).toBe(1);
  });
});
