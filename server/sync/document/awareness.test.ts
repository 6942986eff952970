import * as encoding from 'lib0/encoding';
import { describe, expect, it, vi } from 'vitest';
import { awarenessEntry, awarenessMessage, readMessage } from '../messages.ts';
import { type Client, roundTrip, start } from '../testing/harness.ts';
import { MemoryJournal } from '../testing/journals.ts';
import { scene } from '../testing/scene.ts';
import { AwarenessRoom, type Presence, relayInterval } from './awareness.ts';

const serve = scene();

const stateOf = (viewer: Client, of: Client) => viewer.provider.awareness.getStates().get(of.doc.clientID);
const seen = (viewer: Client, of: Client, label = 'the other person') =>
  viewer.until(label, () => stateOf(viewer, of));

describe('S6 awareness', () => {
  it('S6 the server stamps who it is, whatever the client says', async () => {
    const { join } = await serve(new MemoryJournal());
    const ada = join('ada');
    const eve = join('eve', 'viewer');
    await Promise.all([ada.synced(), eve.synced()]);
    eve.provider.awareness.setLocalState({
      user: { id: 'ada', name: 'Name of ada', color: 99 },
      cursor: { x: 1, y: 2 },
      secret: 'unknown fields go no further',
    });
    await ada.until('the cursor', () => stateOf(ada, eve)?.cursor);
    expect(stateOf(ada, eve)).toEqual({
      user: { id: 'eve', name: 'Name of eve', color: 3 },
      cursor: { x: 1, y: 2 },
    });
  });

  it('S6 nobody can speak for another, set or remove them', async () => {
    const { join } = await serve(new MemoryJournal());
    const ada = join('ada');
    const grace = join('grace');
    const eve = join('eve');
    await Promise.all([ada.synced(), grace.synced(), eve.synced()]);
    ada.provider.awareness.setLocalState({ cursor: { x: 1, y: 1 } });
    await grace.until('the cursor', () => stateOf(grace, ada)?.cursor);
    await seen(grace, eve);
    const forged = awarenessMessage([
      awarenessEntry(ada.doc.clientID, 2 ** 52, '{"cursor":{"x":666,"y":666}}'),
      awarenessEntry(ada.doc.clientID, 2 ** 52 + 1, 'null'),
      awarenessEntry(4242, 1, '{"cursor":{"x":666,"y":666}}'),
      awarenessEntry(eve.doc.clientID, 50, '{"cursor":{"x":5,"y":5}}'),
    ]);
    eve.sendRaw(forged);
    await grace.until('eve’s own entry', () => stateOf(grace, eve)?.cursor);
    expect(stateOf(grace, ada)).toMatchObject({ user: { id: 'ada' }, cursor: { x: 1, y: 1 } });
    expect(grace.provider.awareness.getStates().has(4242)).toBe(false);
  });

  it('S6 a client id stays with its person, also after they left', async () => {
    const { join, bare } = await serve(new MemoryJournal(), { lingerMs: 60_000 });
    const ada = join('ada');
    const grace = join('grace');
    await seen(grace, ada);
    ada.provider.disconnect();
    await grace.until('ada left', () => !stateOf(grace, ada));
    const eve = bare('eve');
    await eve.welcomed();
    eve.socket.send(awarenessMessage([awarenessEntry(ada.doc.clientID, 99, '{"laser":true}')]));
    eve.socket.send(awarenessMessage([awarenessEntry(77, 0, '{"laser":true}')]));
    await grace.until('eve', () => grace.provider.awareness.getStates().get(77));
    expect(stateOf(grace, ada)).toBeUndefined();
    ada.provider.connect();
    ada.provider.awareness.setLocalState({ laser: false });
    await seen(grace, ada, 'ada again');
    expect(stateOf(grace, ada)?.user).toMatchObject({ id: 'ada' });
  });

  it('S6 who comes back with an old clock, or through a restarted server, is seen at once', async () => {
    const { join, server, tickets } = await serve(new MemoryJournal());
    const ada = join('ada');
    const grace = join('grace');
    await seen(grace, ada);
    ada.provider.ws?.close();
    await grace.until('ada left', () => !stateOf(grace, ada));
    await seen(grace, ada, 'ada again');
    await server.stop();
    await grace.until('ada left', () => !stateOf(grace, ada));
    const restarted = await start(new MemoryJournal(), tickets, {}, server.port);
    await Promise.all([seen(grace, ada, 'ada after the restart'), seen(ada, grace, 'grace after it')]);
    ada.destroy();
    grace.destroy();
    await restarted.stop();
  });

  it('S6 who leaves is gone for all', async () => {
    const { join } = await serve(new MemoryJournal());
    const [ada, grace, edsger] = [join('ada'), join('grace'), join('edsger')];
    await Promise.all([seen(grace, ada), seen(edsger, ada)]);
    ada.destroy();
    await Promise.all([grace, edsger].map((client) => client.until('ada left', () => !stateOf(client, ada))));
  });

  it('S6 a change is relayed once to each other person and not to its author; echoes go nowhere', async () => {
    const { join } = await serve(new MemoryJournal());
    const people = ['ada', 'grace', 'edsger'].map((name) => join(name));
    const [ada, grace, edsger] = people;
    if (!ada || !grace || !edsger) throw new Error('three people');
    for (const viewer of people) for (const other of people) if (viewer !== other) await seen(viewer, other);
    await Promise.all(people.map(roundTrip));
    for (const client of people) client.awarenessMessages = 0;
    // y-websocket's client sends back each message that it receives; a server that relays those never ends.
    for (let i = 1; i <= 5; i++) {
      ada.provider.awareness.setLocalState({ cursor: { x: i, y: i } });
      for (const viewer of [grace, edsger])
        await viewer.until('the cursor', () => stateOf(viewer, ada)?.cursor?.x === i);
    }
    await Promise.all(people.map(roundTrip));
    expect(people.map(({ awarenessMessages }) => awarenessMessages)).toEqual([0, 5, 5]);
  });

  it('S6 a state that cannot be read is left out; the person stays', async () => {
    const { join } = await serve(new MemoryJournal());
    const ada = join('ada');
    const eve = join('eve');
    await seen(ada, eve);
    eve.provider.awareness.setLocalState({ cursor: { x: 'left', y: Number.NaN } });
    eve.provider.awareness.setLocalState({ cursor: { x: 3, y: 4 } });
    await ada.until('the good cursor', () => stateOf(ada, eve)?.cursor?.x === 3);
    expect(stateOf(ada, eve)?.cursor).toEqual({ x: 3, y: 4 });
  });
});

describe('S6 relay in crowds, with a clock of the test', () => {
  class Listener implements Presence {
    readonly user;
    readonly heard: number[][] = [];
    constructor(readonly id: number) {
      this.user = { id: `user-${id}`, name: '', color: 0 };
    }
    sendAwareness(message: Uint8Array): void {
      const read = readMessage(message);
      if (read.kind === 'awareness') this.heard.push(read.entries.map(({ client }) => client));
    }
  }

  it('S6 in a crowd many changes go out in one message, and each to everybody but its author', () => {
    vi.useFakeTimers({ now: 1_000_000 });
    try {
      const people = Array.from({ length: 20 }, (_, id) => new Listener(id));
      const room = new AwarenessRoom<Listener>(new Set(people));
      for (const person of people)
        room.receive(person, [{ client: person.id, clock: 0, json: '{"laser":true}' }]);
      vi.advanceTimersByTime(relayInterval(20));
      for (const person of people) {
        // The first change finds a quiet room and goes out at once, the other nineteen together.
        expect(person.heard.length).toBe(person.id === 0 ? 1 : 2);
        const others = people.map(({ id }) => id).filter((id) => id !== person.id);
        expect(person.heard.flat().sort((a, b) => a - b)).toEqual(others);
      }
      room.destroy();
    } finally {
      vi.useRealTimers();
    }
  });

  it('S6 the interval is zero for few people and at most 50 ms', () => {
    expect([1, 3, 4, 10, 25, 100].map(relayInterval)).toEqual([0, 0, 8, 20, 50, 50]);
  });

  it('S6 a repetition is not relayed, a renewal is', () => {
    let now = 1_000_000;
    const [ada, grace] = [new Listener(1), new Listener(2)];
    const room = new AwarenessRoom<Listener>(new Set([ada, grace]), () => now);
    const show = (clock: number) => room.receive(ada, [{ client: 1, clock, json: '{"laser":true}' }]);
    show(0);
    show(0);
    show(1);
    expect(grace.heard).toHaveLength(1);
    now += 15_000;
    show(2);
    expect(grace.heard).toHaveLength(2);
  });

  it('S6 an awareness message with a forged count is malformed', () => {
    const body = encoding.encode((encoder) => encoding.writeVarUint(encoder, 2 ** 40));
    const message = encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, 1);
      encoding.writeVarUint8Array(encoder, body);
    });
    expect(() => readMessage(message)).toThrow('too many awareness entries');
  });
});
