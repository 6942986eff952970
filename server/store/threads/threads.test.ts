import { expect, it } from 'vitest';
import { person, projectOf } from '../testing/fixtures.ts';
import { describeStores, sharedStore } from '../testing/stores.ts';

describeStores('threads', (stores) => {
  const shared = sharedStore(stores);
  async function place() {
    const { projects } = shared.store;
    const [ann, bob, cem] = [
      await person(shared.store),
      await person(shared.store),
      await person(shared.store),
    ];
    const project = await projectOf(shared.store, ann);
    await projects.setRole(project.id, bob.id, 'commenter');
    await projects.setRole(project.id, cem.id, 'viewer');
    const start = (body = 'Why is unit 7 dead?', mentions: string[] = []) =>
      shared.store.threads.create({
        projectId: project.id,
        anchor: { kind: 'address', address: 'digits-cnn@12/conv2d_1#7' },
        address: 'digits-cnn@12/conv2d_1#7',
        boardId: null,
        viewId: null,
        createdById: ann.id,
        body,
        mentions,
      });
    return { ann, bob, cem, project, start };
  }

  it('T1: keep author, time and words of what was said, in order', async () => {
    const { threads } = shared.store;
    const { ann, bob, project, start } = await place();
    const words = 'Überraschung: 神经元 #7 ✂️ 👩🏽‍🔬\n\n`code` <b>"quoted"</b> \\ %s \u202Ertl';
    const thread = await start(words);
    expect(thread).toMatchObject({
      projectId: project.id,
      anchor: { kind: 'address', address: 'digits-cnn@12/conv2d_1#7' },
      createdById: ann.id,
      resolvedAt: null,
      comments: [{ authorId: ann.id, body: words, editedAt: null, deletedAt: null }],
    });
    const bodies = Array.from({ length: 12 }, (_, i) => `answer ${i}`);
    for (const body of bodies) await threads.addComment(thread.id, { authorId: bob.id, body, mentions: [] });
    const read = await threads.byId(thread.id);
    expect(read?.comments.map((c) => c.body)).toEqual([words, ...bodies]);
    expect(read?.reactions).toEqual([]);
    expect(await threads.ofProject(project.id)).toEqual([read]);
    expect(await threads.byComment(read?.comments[3]?.id ?? '')).toEqual(read);
    expect(await threads.byComment('none')).toBeNull();
    expect(await threads.byId('none')).toBeNull();
    await expect(
      threads.addComment('none', { authorId: bob.id, body: '', mentions: [] }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });
  it('T1: take comments of several people at once, each once', async () => {
    const { threads } = shared.store;
    const { ann, bob, start } = await place();
    const { id } = await start();
    const added = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        threads.addComment(id, { authorId: (i % 2 ? ann : bob).id, body: `${i}`, mentions: [] }),
      ),
    );
    const read = await threads.byId(id);
    expect(
      read?.comments
        .slice(1)
        .map((c) => c.id)
        .sort(),
    ).toEqual(added.map((c) => c.id).sort());
  });
  it('T3: let only the author edit and delete', async () => {
    const { threads } = shared.store;
    const { ann, bob, start } = await place();
    const thread = await start();
    const id = thread.comments[0]?.id ?? '';
    expect(await threads.editComment(id, bob.id, 'forged')).toBeNull();
    expect(await threads.deleteComment(id, bob.id)).toBeNull();
    const edited = await threads.editComment(id, ann.id, 'better');
    expect(edited).toMatchObject({ id, body: 'better' });
    expect(edited?.editedAt).toBeInstanceOf(Date);
    const deleted = await threads.deleteComment(id, ann.id);
    expect(deleted).toMatchObject({ id, body: '' });
    expect(deleted?.deletedAt).toBeInstanceOf(Date);
    expect(await threads.editComment(id, ann.id, 'again')).toBeNull();
    expect((await threads.byId(thread.id))?.comments).toEqual([deleted]);
  });
  it('T3: are resolved and reopened', async () => {
    const { threads } = shared.store;
    const { bob, start } = await place();
    const { id } = await start();
    const resolved = await threads.setResolved(id, bob.id);
    expect(resolved.resolvedById).toBe(bob.id);
    expect(resolved.resolvedAt).toBeInstanceOf(Date);
    expect(await threads.setResolved(id, null)).toMatchObject({ resolvedAt: null, resolvedById: null });
    await expect(threads.setResolved('none', null)).rejects.toMatchObject({ code: 'not_found' });
  });
  it('T3: have reactions, one of a kind from each person', async () => {
    const { threads } = shared.store;
    const { ann, bob, start } = await place();
    const thread = await start();
    const commentId = thread.comments[0]?.id ?? '';
    await Promise.all([1, 2, 3].map(() => threads.react(commentId, bob.id, '👍🏿')));
    await threads.react(commentId, ann.id, '👍🏿');
    await threads.react(commentId, bob.id, '👍');
    const reactions = async () =>
      (await threads.byId(thread.id))?.reactions.map((r) => `${r.userId} ${r.emoji}`).sort();
    expect(await reactions()).toEqual([`${bob.id} 👍`, `${bob.id} 👍🏿`, `${ann.id} 👍🏿`].sort());
    await threads.unreact(commentId, bob.id, '👍');
    await threads.unreact(commentId, bob.id, '👍');
    expect(await reactions()).toEqual([`${bob.id} 👍🏿`, `${ann.id} 👍🏿`].sort());
    await expect(threads.react('none', bob.id, 'x')).rejects.toMatchObject({
      code: 'not_found',
      message: 'That comment is no longer there.',
    });
  });
  it('T3: are unread after comments by others, until they are read', async () => {
    const { threads } = shared.store;
    const { ann, bob, project, start } = await place();
    const [a, b] = [await start('a'), await start('b')];
    const unread = (user: { id: string }) => threads.unread(project.id, user.id);
    const comment = (id: string, by: { id: string }) =>
      threads.addComment(id, { authorId: by.id, body: 'x', mentions: [] });
    expect(await unread(ann)).toEqual([]);
    expect(await unread(bob)).toEqual([a.id, b.id]);
    await threads.markRead(a.id, bob.id);
    await threads.markRead(a.id, bob.id);
    expect(await unread(bob)).toEqual([b.id]);
    await comment(a.id, bob);
    expect(await unread(bob)).toEqual([b.id]);
    expect(await unread(ann)).toEqual([a.id]);
    const late = await comment(a.id, ann);
    expect(await unread(bob)).toEqual([a.id, b.id]);
    await threads.deleteComment(late.id, ann.id);
    expect(await unread(bob)).toEqual([b.id]);
    await Promise.all([threads.markRead(b.id, bob.id), threads.markRead(b.id, bob.id)]);
    expect(await unread(bob)).toEqual([]);
    await expect(threads.markRead('none', bob.id)).rejects.toMatchObject({ code: 'not_found' });
  });
  it('T3: tell those who are mentioned, and of the rest those who took part; members only, nobody twice', async () => {
    const { threads, notifications, projects } = shared.store;
    const { ann, bob, cem, project, start } = await place();
    const outsider = await person(shared.store);
    const kinds = async (user: { id: string }) => (await notifications.ofUser(user.id)).map((n) => n.kind);
    const thread = await start('@bob @outsider @ann', [bob.id, bob.id, outsider.id, ann.id]);
    expect(await kinds(bob)).toEqual(['mention']);
    expect(await kinds(outsider)).toEqual([]);
    expect(await kinds(ann)).toEqual([]);
    await threads.addComment(thread.id, { authorId: bob.id, body: '', mentions: [] });
    expect(await kinds(ann)).toEqual(['reply']);
    expect(await kinds(bob)).toEqual(['mention']);
    await threads.addComment(thread.id, { authorId: bob.id, body: '', mentions: [ann.id, cem.id] });
    expect(await kinds(ann)).toEqual(['mention', 'reply']);
    expect(await kinds(cem)).toEqual(['mention']);
    await projects.removeMember(project.id, bob.id);
    await threads.addComment(thread.id, { authorId: ann.id, body: '', mentions: [bob.id] });
    expect(await kinds(bob)).toEqual(['mention']);
  });
  it('T3: notifications are marked as read by their owner', async () => {
    const { notifications } = shared.store;
    const { ann, bob, start } = await place();
    const thread = await start('@bob', [bob.id]);
    const [first] = await notifications.ofUser(bob.id);
    expect(first).toMatchObject({
      userId: bob.id,
      threadId: thread.id,
      commentId: thread.comments[0]?.id,
      readAt: null,
    });
    await notifications.markRead(first?.id ?? '', ann.id);
    expect((await notifications.ofUser(bob.id))[0]?.readAt).toBeNull();
    await notifications.markRead(first?.id ?? '', bob.id);
    const read = (await notifications.ofUser(bob.id))[0]?.readAt;
    expect(read).toBeInstanceOf(Date);
    await notifications.markRead(first?.id ?? '', bob.id);
    expect((await notifications.ofUser(bob.id))[0]?.readAt).toEqual(read);
  });
});
