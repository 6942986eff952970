/** How many windows may be open is a setting, told in words when it is reached. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { errorBodySchema, ticketSchema } from '../../../core/api/index.ts';
import { type Bench, startBench, type Visitor, visitor } from '../testing/harness.ts';
import { BoardClient } from '../testing/socket.ts';

async function refusal(bench: Bench, person: Visitor, board: string): Promise<string> {
  const { ticket } = ticketSchema.parse((await person.ask('POST', `boards/${board}/ticket`)).body);
  const url = `ws://127.0.0.1:${bench.port}/sync/${board}?ticket=${ticket}`;
  const [, response] = (await once(new WebSocket(url, { origin: bench.origin }), 'unexpected-response')) as [
    unknown,
    IncomingMessage,
  ];
  expect(response.statusCode).toBe(429);
  let text = '';
  for await (const part of response) text += part;
  return errorBodySchema.parse(JSON.parse(text)).error.message;
}

test('windows on a board, and of a person', async () => {
  const env = { INTERLAYER_SOCKETS_PER_BOARD: '3', INTERLAYER_SOCKETS_PER_PERSON: '2' };
  const bench = await startBench({ env });
  const project = await bench.store.projects.create({ slug: 'nets', name: 'Nets', ownerId: null });
  const [ada, ben, eve] = await Promise.all(
    ['Ada', 'Ben', 'Eve'].map((name) => visitor(bench, name, { projectId: project.id, role: 'editor' })),
  );
  if (!ada || !ben || !eve) throw new Error('nobody');
  const { id } = await bench.store.boards.create({ projectId: project.id, title: 'B', createdById: null });
  const open = [await BoardClient.open(bench, ada, id), await BoardClient.open(bench, ada, id)];
  expect(await refusal(bench, ada, id)).toBe(
    'At most 2 windows per person. Close one, or ask whoever runs this server to raise INTERLAYER_SOCKETS_PER_PERSON.',
  );
  open.push(await BoardClient.open(bench, ben, id));
  expect(await refusal(bench, eve, id)).toBe(
    'At most 3 windows on one board. Whoever runs this server can raise INTERLAYER_SOCKETS_PER_BOARD.',
  );
  for (const client of open) client.leave();
  await bench.close();
});
