import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import type { Admission } from '../index.ts';
import { admission, ORIGIN, start, Tickets } from '../testing/harness.ts';
import { Gate, MemoryJournal } from '../testing/journals.ts';
import { scene } from '../testing/scene.ts';

const serve = scene();
const bodySchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

interface Knock {
  status: number | undefined;
  code: string;
  message: string;
  headers: IncomingHttpHeaders;
}

const HANDSHAKE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

/** The HTTP answer to an upgrade; status 101 when the socket was opened. */
function knock(
  port: number,
  path: string,
  headers: Record<string, string> = { origin: ORIGIN },
): Promise<Knock> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', path, headers: { ...HANDSHAKE, ...headers } });
    sent.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode, code: '', message: '', headers: response.headers });
    });
    sent.on('response', async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      const { error } = bodySchema.parse(JSON.parse(text));
      resolve({ status: response.statusCode, ...error, headers: response.headers });
    });
    sent.on('error', reject);
    sent.end();
  });
}

describe('S4 upgrade', () => {
  it('S4 an origin that is not exactly on the list is refused, and its ticket is not used up', async () => {
    const { server, tickets } = await serve(new MemoryJournal());
    const ticket = tickets.issue(admission('ada'));
    const path = `/sync/board?ticket=${ticket}`;
    for (const origin of [
      'https://evil.test',
      `${ORIGIN}.evil.test`,
      `${ORIGIN}:8443`,
      ORIGIN.toUpperCase(),
      'http://interlayer.test',
      'null',
      '',
    ])
      expect(await knock(server.port, path, { origin })).toMatchObject({ status: 403, code: 'forbidden' });
    expect(await knock(server.port, path, {})).toMatchObject({ status: 403 });
    expect(await knock(server.port, path)).toMatchObject({ status: 101 });
  });

  it('S4 the origin is looked at before the path, the path before the ticket', async () => {
    let redeemed = 0;
    const server = await start(new MemoryJournal(), new Tickets(), {}, 0, async () => {
      redeemed++;
      return null;
    });
    expect(await knock(server.port, '/sync/a/b', { origin: 'https://evil.test' })).toMatchObject({
      status: 403,
    });
    for (const path of [
      '/sync',
      '/sync/',
      '/sync/a/b?ticket=t',
      '/sync/%2e%2e?ticket=t',
      '/sync/a%20b?ticket=t',
    ])
      expect(await knock(server.port, path)).toMatchObject({ status: 404, code: 'not_found' });
    expect(await knock(server.port, '/sync/board')).toMatchObject({ status: 401 });
    expect(redeemed).toBe(0);
    expect(await knock(server.port, '/sync/board?ticket=t')).toMatchObject({ status: 401 });
    expect(redeemed).toBe(1);
    await server.stop();
  });

  it('S4 another path is left to others', async () => {
    const { server } = await serve(new MemoryJournal());
    await expect(knock(server.port, '/api/v1/health')).rejects.toThrow();
    await expect(knock(server.port, '/synchrotron')).rejects.toThrow();
  });

  it('S4 a ticket works once', async () => {
    const { server, tickets } = await serve(new MemoryJournal());
    const path = `/sync/board?ticket=${tickets.issue(admission('ada'))}`;
    expect(await knock(server.port, path)).toMatchObject({ status: 101 });
    expect(await knock(server.port, path)).toMatchObject({ status: 401, code: 'unauthenticated' });
  });

  it('S4 an expired ticket is refused', async () => {
    let now = 0;
    const expires = new Map([['fresh', 30_000]]);
    const redeem = async (ticket: string): Promise<Admission | null> =>
      (expires.get(ticket) ?? 0) > now ? admission('ada') : null;
    const server = await start(new MemoryJournal(), new Tickets(), {}, 0, redeem);
    expect(await knock(server.port, '/sync/board?ticket=fresh')).toMatchObject({ status: 101 });
    now = 30_000;
    expect(await knock(server.port, '/sync/board?ticket=fresh')).toMatchObject({ status: 401 });
    await server.stop();
  });

  it('S4 a cookie is not a ticket', async () => {
    const { server } = await serve(new MemoryJournal());
    const headers = { origin: ORIGIN, cookie: 'next-auth.session-token=secret' };
    expect(await knock(server.port, '/sync/board', headers)).toMatchObject({ status: 401 });
  });

  it('S4 a ticket for another board is refused', async () => {
    const { server, tickets } = await serve(new MemoryJournal());
    const ticket = tickets.issue(admission('ada', 'owner', 'other'));
    expect(await knock(server.port, `/sync/board?ticket=${ticket}`)).toMatchObject({ status: 403 });
  });

  it('S4 what is no WebSocket handshake is answered in HTTP', async () => {
    const { server } = await serve(new MemoryJournal());
    const answer = await knock(server.port, '/sync/board?ticket=t', { upgrade: 'h2c', origin: ORIGIN });
    expect(answer).toMatchObject({ status: 426, headers: { upgrade: 'websocket' } });
  });

  it('S4 a ticket store that fails is a 503, not a crash', async () => {
    const server = await start(new MemoryJournal(), new Tickets(), {}, 0, async () => {
      throw new Error('secret of the inside');
    });
    const answer = await knock(server.port, '/sync/board?ticket=t');
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    expect(answer.message).not.toContain('secret');
    await server.stop();
  });

  it('S4 a client that leaves while its ticket is checked leaves nothing behind', async () => {
    const gate = new Gate();
    const server = await start(new MemoryJournal(), new Tickets(), {}, 0, async () => {
      await gate.pass();
      return admission('ada');
    });
    const socket = connect(server.port, '127.0.0.1');
    const gone = new Promise((resolve) =>
      server.http.once('connection', (other) => other.once('close', resolve)),
    );
    socket.write(
      `GET /sync/board?ticket=t HTTP/1.1\r\nHost: h\r\nOrigin: ${ORIGIN}\r\n${Object.entries(HANDSHAKE)
        .map(([key, value]) => `${key}: ${value}\r\n`)
        .join('')}\r\n`,
    );
    await gate.reached;
    socket.destroy();
    gate.open();
    await gone;
    expect(await knock(server.port, '/sync/board?ticket=t')).toMatchObject({ status: 101 });
    await server.stop();
    expect(server.sync.stats()).toEqual({ documents: 0, connections: 0 });
  });

  it('S7 at most so many connections per board and per person; a place that is left is free', async () => {
    const { server, tickets, join } = await serve(new MemoryJournal(), {
      connectionsPerBoard: 3,
      connectionsPerUser: 2,
    });
    const path = (userId: string, board = 'board') =>
      `/sync/${board}?ticket=${tickets.issue(admission(userId, 'editor', board))}`;
    const first = join('ada');
    await first.synced();
    await join('ada').synced();
    expect(await knock(server.port, path('ada'))).toMatchObject({ status: 429, code: 'rate_limited' });
    expect(await knock(server.port, path('ada', 'other'))).toMatchObject({ status: 429 });
    const third = join('grace');
    await third.synced();
    expect(await knock(server.port, path('edsger'))).toMatchObject({ status: 429 });
    const left = new Promise((resolve) => third.provider.ws?.addEventListener('close', resolve));
    third.provider.ws?.close();
    third.provider.shouldConnect = false;
    await left;
    expect(await knock(server.port, path('edsger'))).toMatchObject({ status: 101 });
  });

  it('S4 after close, upgrades are refused', async () => {
    const { server, tickets } = await serve(new MemoryJournal());
    await server.sync.close();
    const path = `/sync/board?ticket=${tickets.issue(admission('ada'))}`;
    expect(await knock(server.port, path)).toMatchObject({ status: 503 });
  });

  it('S5 rights that end while a ticket is checked are ended at once', async () => {
    const gate = new Gate();
    const server = await start(new MemoryJournal(), new Tickets(), {}, 0, async () => {
      await gate.pass();
      return admission('ada');
    });
    const answer = knock(server.port, '/sync/board?ticket=t');
    await gate.reached;
    server.sync.setRole('project', 'ada', null);
    gate.open();
    expect(await answer).toMatchObject({ status: 403 });
    await server.stop();
  });

  it('S4 a browser that is refused sees a failed connection', async () => {
    const { server } = await serve(new MemoryJournal());
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/sync/board?ticket=t`, { origin: ORIGIN });
    const error = await new Promise<Error>((resolve) => socket.on('error', resolve));
    expect(error.message).toContain('401');
  });
});
