import { describe, expect, it } from 'vitest';
import { fresh, person, projectOf, sha256 } from '../testing/fixtures.ts';
import { describeStores, sharedStore } from '../testing/stores.ts';

const HOUR = 3_600_000;
const later = (ms = HOUR) => new Date(Date.now() + ms);

describeStores('people', (stores) => {
  const shared = sharedStore(stores);

  describe('users', () => {
    it('are found by id and by address, in any case of letters', async () => {
      const { users } = shared.store;
      const name = fresh('Zoë 👩🏽‍🔬 Ωμέγα');
      const user = await users.create({
        email: `  ${fresh('Ada')}@Example.ORG `,
        name,
        passwordHash: 'scrypt',
      });
      expect(user.email).toMatch(/^ada.*@example\.org$/);
      expect(user.name).toBe(name);
      expect(user.createdAt).toBeInstanceOf(Date);
      expect(Math.abs(user.createdAt.getTime() - Date.now())).toBeLessThan(60_000);
      expect(await users.byId(user.id)).toEqual(user);
      expect(await users.byEmail(user.email.toUpperCase())).toEqual(user);
      expect(await users.byId('nobody')).toBeNull();
      expect(await users.byEmail('nobody@example.org')).toBeNull();
    });
    it('have each their own colour, and an address that is taken is a conflict', async () => {
      const { users } = shared.store;
      const [a, b] = [await person(shared.store), await person(shared.store)];
      expect(b.color).not.toBe(a.color);
      await expect(
        users.create({ email: a.email.toUpperCase(), name: 'x', passwordHash: null }),
      ).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining(a.email) });
    });
    it('with the character NUL in a text are refused by both databases, and all other characters kept', async () => {
      const { users } = shared.store;
      const user = (name: string) => users.create({ email: `${fresh('u')}@x.org`, name, passwordHash: null });
      await expect(user('a\0b')).rejects.toMatchObject({ code: 'bad_request' });
      await expect(users.byEmail('a\0')).rejects.toMatchObject({ code: 'bad_request' });
      await expect(users.byIds(['a', '\0'])).rejects.toMatchObject({ code: 'bad_request' });
      const name = `${String.fromCharCode(...Array.from({ length: 0x7ff }, (_, i) => i + 1))}\u{10FFFF}e\u0301`;
      expect((await users.byId((await user(name)).id))?.name).toBe(name);
    });
    it('are made by two processes at once, each reading before it writes', async () => {
      const place = await stores.place();
      const [a, b] = [await stores.open(place), await stores.open(place)];
      const made = await Promise.all(Array.from({ length: 20 }, (_, i) => person(i % 2 ? a : b)));
      expect(await a.users.count()).toBe(20);
      expect(await b.users.byIds(made.map((user) => user.id))).toEqual(made);
    });
    it('are listed in the order asked for, each once', async () => {
      const [a, b, c] = [await person(shared.store), await person(shared.store), await person(shared.store)];
      expect(await shared.store.users.byIds([c.id, a.id, 'nobody', c.id])).toEqual([c, a]);
      expect(await shared.store.users.byIds([])).toEqual([]);
      expect(await shared.store.users.byId(b.id)).toEqual(b);
    });
    it('are counted and changed', async () => {
      const { users } = shared.store;
      const before = await users.count();
      const user = await person(shared.store);
      expect(await users.count()).toBe(before + 1);
      expect(await users.update(user.id, { name: 'Neu' })).toEqual({ ...user, name: 'Neu' });
      expect((await users.update(user.id, { passwordHash: 'h' })).passwordHash).toBe('h');
      await expect(users.update('nobody', { name: 'x' })).rejects.toMatchObject({ code: 'not_found' });
    });
    it('have identities of other providers, which belong to one account', async () => {
      const { users } = shared.store;
      const [a, b] = [await person(shared.store), await person(shared.store)];
      const subject = fresh('subject');
      expect(await users.byIdentity('github', subject)).toBeNull();
      await users.linkIdentity(a.id, 'github', subject);
      await users.linkIdentity(a.id, 'github', subject);
      expect(await users.byIdentity('github', subject)).toEqual(a);
      expect(await users.byIdentity('google', subject)).toBeNull();
      await expect(users.linkIdentity(b.id, 'github', subject)).rejects.toMatchObject({
        code: 'conflict',
        message: 'This github account is linked to another account here. Sign in with that one.',
      });
      expect(await users.byIdentity('github', subject)).toEqual(a);
    });
  });

  describe('sessions', () => {
    it('are listed while they are in use, touched and ended', async () => {
      const { sessions } = shared.store;
      const user = await person(shared.store);
      const make = (userAgent: string, expiresAt = later()) =>
        sessions.create({ userId: user.id, userAgent, expiresAt });
      const [a, b, old] = [await make('a'), await make('b'), await make('old', later(-1))];
      expect(await sessions.byId(a.id)).toEqual(a);
      expect((await sessions.ofUser(user.id)).map((s) => s.id).sort()).toEqual([a.id, b.id].sort());
      await sessions.touch(a.id);
      expect((await sessions.byId(a.id))?.lastSeenAt.getTime()).toBeGreaterThanOrEqual(
        a.lastSeenAt.getTime(),
      );
      await sessions.revoke(a.id);
      const ended = (await sessions.byId(a.id))?.revokedAt;
      expect(ended).toBeInstanceOf(Date);
      await sessions.revoke(a.id);
      expect((await sessions.byId(a.id))?.revokedAt).toEqual(ended);
      expect((await sessions.ofUser(user.id)).map((s) => s.id)).toEqual([b.id]);
      expect((await sessions.byId(old.id))?.expiresAt).toEqual(old.expiresAt);
      expect(await sessions.byId('none')).toBeNull();
      await sessions.touch('none');
    });
    it('keep their time to the millisecond, whatever the time zone of the database', async () => {
      const user = await person(shared.store);
      const expiresAt = new Date('2031-02-03T04:05:06.789Z');
      const { id } = await shared.store.sessions.create({ userId: user.id, userAgent: '', expiresAt });
      expect((await shared.store.sessions.byId(id))?.expiresAt).toEqual(expiresAt);
    });
  });

  describe('tokens', () => {
    it('are found by the hash of their secret, which is never given back', async () => {
      const { tokens } = shared.store;
      const [user, other] = [await person(shared.store), await person(shared.store)];
      const secretHash = sha256(fresh('secret'));
      const token = await tokens.create({
        userId: user.id,
        name: 'CI',
        prefix: 'il_ab',
        secretHash,
        expiresAt: null,
      });
      expect(JSON.stringify(token)).not.toContain(secretHash);
      expect(await tokens.byHash(secretHash)).toEqual(token);
      expect(await tokens.byHash(sha256('other'))).toBeNull();
      await tokens.touch(token.id);
      expect((await tokens.byHash(secretHash))?.lastUsedAt).toBeInstanceOf(Date);
      expect(await tokens.revoke(token.id, other.id)).toBe(false);
      expect(await tokens.ofUser(user.id)).toHaveLength(1);
      expect(await tokens.revoke(token.id, user.id)).toBe(true);
      expect(await tokens.revoke(token.id, user.id)).toBe(false);
      expect(await tokens.ofUser(user.id)).toEqual([]);
      expect((await tokens.byHash(secretHash))?.revokedAt).toBeInstanceOf(Date);
    });
  });

  describe('projects', () => {
    it('are found by short name and id, which is taken once', async () => {
      const { projects } = shared.store;
      const owner = await person(shared.store);
      const project = await projectOf(shared.store, owner);
      expect(await projects.bySlug(project.slug)).toEqual(project);
      expect(await projects.byId(project.id)).toEqual(project);
      expect(await projects.bySlug('none')).toBeNull();
      expect(await projects.ofUser(owner.id)).toEqual([{ ...project, role: 'owner' }]);
      expect(await projects.rename(project.id, 'Ümlaut')).toEqual({ ...project, name: 'Ümlaut' });
      await expect(
        projects.create({ slug: project.slug, name: 'again', ownerId: null }),
      ).rejects.toMatchObject({ code: 'conflict' });
      await expect(projects.rename('none', 'x')).rejects.toMatchObject({ code: 'not_found' });
      await expect(projects.create({ slug: fresh('p'), name: 'x', ownerId: 'nobody' })).rejects.toMatchObject(
        { code: 'not_found' },
      );
    });
    it('keep their last owner', async () => {
      const { projects } = shared.store;
      const [a, b] = [await person(shared.store), await person(shared.store)];
      const { id } = await projectOf(shared.store, a);
      await expect(projects.setRole(id, a.id, 'editor')).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringMatching(
          /^The last owner of a project cannot .+\. Make another member owner first\.$/,
        ),
      });
      await expect(projects.removeMember(id, a.id)).rejects.toMatchObject({ code: 'conflict' });
      await projects.setRole(id, b.id, 'viewer');
      expect(await projects.role(id, b.id)).toBe('viewer');
      await expect(projects.removeMember(id, a.id)).rejects.toMatchObject({ code: 'conflict' });
      await projects.setRole(id, b.id, 'owner');
      await projects.removeMember(id, a.id);
      expect(await projects.role(id, a.id)).toBeNull();
      expect((await projects.members(id)).map((m) => [m.userId, m.role])).toEqual([[b.id, 'owner']]);
      await projects.removeMember(id, 'nobody');
    });
    it('keep one owner when two step down at once', async () => {
      const { projects } = shared.store;
      for (let round = 0; round < 5; round++) {
        const [a, b] = [await person(shared.store), await person(shared.store)];
        const { id } = await projectOf(shared.store, a);
        await projects.setRole(id, b.id, 'owner');
        const done = await Promise.allSettled([
          projects.setRole(id, a.id, 'viewer'),
          projects.removeMember(id, b.id),
        ]);
        expect(done.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
        expect((await projects.members(id)).filter((m) => m.role === 'owner')).toHaveLength(1);
      }
    });
  });
});
