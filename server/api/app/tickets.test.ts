import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { CLOSE, createdTokenSchema, ticketSchema } from '../../../core/api/index.ts';
import { addItem, type Note, readBoard } from '../../../core/board/index.ts';
import { type Bench, cookieOf, startBench, Visitor } from '../testing/harness.ts';
import { type Cast, cast } from '../testing/project.ts';
import { BoardClient } from '../testing/socket.ts';
import { type Ticket, Tickets } from './tickets.ts';

let bench: Bench;
let people: Cast;
let board: string;
beforeAll(async () => {
  bench = await startBench();
  people = await cast(bench);
  const row = { projectId: people.project.id, title: 'B', createdById: null };
  board = (await bench.store.boards.create(row)).id;
});
afterAll(() => bench.close());

const NOTE: Note = {
  ...{ id: 'n', kind: 'note', frame: { x: 0, y: 0, w: 9, h: 9 }, locked: false, group: null, order: 1 },
  ...{ createdBy: 'x', text: 'hello', color: 0 },
};

/** Status of the handshake: 101 when the socket opened. */
function knock(path: string, origin = bench.origin): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${bench.port}${path}`, { origin });
    socket.on('open', () => {
      socket.close();
      resolve(101);
    });
    socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
    socket.on('error', () => resolve(0));
  });
}
const ticketOf = async (person: Visitor): Promise<string> =>
  ticketSchema.parse((await person.ask('POST', `boards/${board}/ticket`)).body).ticket;

test('S4: a ticket opens one socket, once', async () => {
  const ticket = await ticketOf(people.viewer);
  expect(await knock(`/sync/${board}?ticket=${ticket}`)).toBe(101);
  expect(await knock(`/sync/${board}?ticket=${ticket}`)).toBe(401);
  expect(await knock(`/sync/${board}`)).toBe(401);
  const foreign = await ticketOf(people.viewer);
  expect(await knock(`/sync/${board}?ticket=${foreign}`, 'https://evil.example')).toBe(403);
  expect(await knock('/elsewhere')).toBe(404);
});

test('S4: a ticket lives 30 seconds', () => {
  let now = 0;
  const tickets = new Tickets(() => now);
  const ticket: Ticket = {
    ...{ user: { id: 'u', name: 'U', color: 0 }, boardId: 'b', projectId: 'p' },
    credential: { kind: 'session', id: 's' },
  };
  const [early, late] = [tickets.make(ticket), tickets.make(ticket)];
  expect(early).not.toBe(late);
  now = 29_999;
  expect(tickets.redeem(early)).toEqual(ticket);
  expect(tickets.redeem(early)).toBeNull();
  now = 30_000;
  expect(tickets.redeem(late)).toBeNull();
  expect(tickets.redeem('never made')).toBeNull();
});

test('S4: a ticket of somebody who was removed in the meantime opens nothing', async () => {
  const crew = await cast(bench);
  const row = await bench.store.boards.create({ projectId: crew.project.id, title: 'B', createdById: null });
  const { ticket } = ticketSchema.parse((await crew.viewer.ask('POST', `boards/${row.id}/ticket`)).body);
  await crew.owner.ask('DELETE', `projects/${crew.project.slug}/members/${crew.viewer.user.id}`);
  expect(await knock(`/sync/${row.id}?ticket=${ticket}`)).toBe(401);
});

test('S5: a change of role takes effect on open sockets within 2 s, a removal closes them', async () => {
  const client = await BoardClient.open(bench, people.editor, board);
  addItem(client.doc, NOTE);
  await client.saved();
  const member = `projects/${people.project.slug}/members/${people.editor.user.id}`;
  const begun = performance.now();
  expect((await people.owner.ask('PATCH', member, { role: 'viewer' })).body).toMatchObject({
    role: 'viewer',
  });
  const { at } = await client.hear('role', ({ role }) => role === 'viewer');
  expect(at - begun).toBeLessThan(2000);
  addItem(client.doc, { ...NOTE, id: 'refused' });
  await client.hear('refused');
  const witness = await BoardClient.open(bench, people.viewer, board);
  expect(readBoard(witness.doc).items.map((item) => item.id)).toEqual(['n']);
  expect((await people.owner.ask('DELETE', member)).status).toBe(204);
  expect([CLOSE.forbidden, CLOSE.unauthorised]).toContain(await client.closed);
  expect((await people.editor.ask('GET', `boards/${board}`)).status).toBe(404);
  client.leave();
  witness.leave();
});

test('deleting a board sends away whoever has it open, and its tickets open nothing any more', async () => {
  const crew = await cast(bench);
  const row = await bench.store.boards.create({ projectId: crew.project.id, title: 'B', createdById: null });
  const client = await BoardClient.open(bench, crew.viewer, row.id);
  const { ticket } = ticketSchema.parse((await crew.editor.ask('POST', `boards/${row.id}/ticket`)).body);
  expect((await crew.owner.ask('DELETE', `boards/${row.id}`)).status).toBe(204);
  expect(await client.closed).toBe(CLOSE.notFound);
  expect(await knock(`/sync/${row.id}?ticket=${ticket}`)).toBe(401);
  client.leave();
});

test('the last owner can neither leave nor step down', async () => {
  const crew = await cast(bench);
  const self = `projects/${crew.project.slug}/members/${crew.owner.user.id}`;
  expect((await crew.owner.ask('DELETE', self)).status).toBe(409);
  expect((await crew.owner.ask('PATCH', self, { role: 'editor' })).status).toBe(409);
  const leaving = `projects/${crew.project.slug}/members/${crew.viewer.user.id}`;
  expect((await crew.viewer.ask('DELETE', leaving)).status).toBe(204);
  expect(
    (await crew.commenter.ask('DELETE', `projects/${crew.project.slug}/members/${crew.editor.user.id}`))
      .status,
  ).toBe(403);
});

test('ending a session ends its sockets', async () => {
  const crew = await cast(bench);
  const row = await bench.store.boards.create({ projectId: crew.project.id, title: 'B', createdById: null });
  const user = await bench.store.users.byId(crew.editor.user.id);
  if (!user) throw new Error('no user');
  const { cookie, sessionId } = await cookieOf(bench, user);
  const browser = new Visitor(bench, { cookie, origin: bench.origin });
  const client = await BoardClient.open(bench, browser, row.id);
  const other = await BoardClient.open(bench, crew.editor, row.id);
  const begun = performance.now();
  expect((await crew.editor.ask('DELETE', `me/sessions/${sessionId}`)).status).toBe(204);
  expect(await client.closed).toBe(CLOSE.unauthorised);
  expect(performance.now() - begun).toBeLessThan(2000);
  // What was opened by the person's token stays.
  addItem(other.doc, NOTE);
  await other.saved();
  client.leave();
  other.leave();
});

test('revoking a token ends the sockets that it opened, and no others', async () => {
  const crew = await cast(bench);
  const row = await bench.store.boards.create({ projectId: crew.project.id, title: 'B', createdById: null });
  const user = await bench.store.users.byId(crew.editor.user.id);
  if (!user) throw new Error('no user');
  const { cookie } = await cookieOf(bench, user);
  const browser = new Visitor(bench, { cookie, origin: bench.origin });
  const made = createdTokenSchema.parse((await browser.ask('POST', 'me/tokens', { name: 'script' })).body);
  const script = new Visitor(bench, { authorization: `Bearer ${made.secret}` });
  const [own, theirs] = [
    await BoardClient.open(bench, browser, row.id),
    await BoardClient.open(bench, script, row.id),
  ];
  const { ticket } = ticketSchema.parse((await script.ask('POST', `boards/${row.id}/ticket`)).body);
  expect((await browser.ask('DELETE', `me/tokens/${made.id}`)).status).toBe(204);
  expect(await theirs.closed).toBe(CLOSE.unauthorised);
  expect(await knock(`/sync/${row.id}?ticket=${ticket}`)).toBe(401);
  addItem(own.doc, NOTE);
  await own.saved();
  own.leave();
  theirs.leave();
});

test.each([
  ['a session', CLOSE.unauthorised, (_: Cast, id: string) => bench.store.sessions.revoke(id)],
  [
    'a membership',
    CLOSE.forbidden,
    (crew: Cast) => bench.store.projects.removeMember(crew.project.id, crew.editor.user.id),
  ],
] as const)('%s that another process ends ends its sockets within 2 s', async (_what, code, end) => {
  const crew = await cast(bench);
  const row = await bench.store.boards.create({ projectId: crew.project.id, title: 'B', createdById: null });
  const user = await bench.store.users.byId(crew.editor.user.id);
  if (!user) throw new Error('no user');
  const { cookie, sessionId } = await cookieOf(bench, user);
  const client = await BoardClient.open(bench, new Visitor(bench, { cookie, origin: bench.origin }), row.id);
  // Straight into the database: this process is told nothing.
  const begun = performance.now();
  await end(crew, sessionId);
  expect(await client.closed).toBe(code);
  expect(performance.now() - begun).toBeLessThan(2000);
  client.leave();
});
