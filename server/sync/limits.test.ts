import fc from 'fast-check';
import * as encoding from 'lib0/encoding';
import { describe, expect, it } from 'vitest';
import { CLOSE } from '../../core/api/index.ts';
import { QUARANTINES } from './limits.ts';
import { awarenessEntry, awarenessMessage, stateVectorMessage, updateMessage } from './messages.ts';
import { RateLimit } from './rate-limit.ts';
import { type BareSocket, converged, roundTrip, same, stored } from './testing/harness.ts';
import { MemoryJournal } from './testing/journals.ts';
import { filled, scene, textUpdate } from './testing/scene.ts';

const serve = scene();

/** The bytes of one WebSocket frame from a client, with the mask 0. */
function frame(first: number, payload: Uint8Array): Uint8Array {
  return Uint8Array.of(first, 0x80 | payload.length, 0, 0, 0, 0, ...payload);
}

/** Writes past `ws`, which would not send a broken frame. */
function writeRaw(bare: BareSocket, bytes: Uint8Array): void {
  const raw: unknown = Reflect.get(bare.socket, '_socket');
  if (!(raw instanceof Object) || !('write' in raw) || typeof raw.write !== 'function')
    throw new Error('ws keeps its socket elsewhere now');
  raw.write(bytes);
}

describe('S7 limits, each with its close code', () => {
  it('S7 a message that is too large closes its socket', async () => {
    const journal = await filled('stored');
    const { join, bare } = await serve(journal, { messageBytes: 1000 });
    const ada = join('ada');
    await ada.synced();
    const eve = bare('eve');
    await eve.welcomed();
    eve.socket.send(updateMessage(textUpdate('x'.repeat(1001))));
    expect((await eve.closed()).code).toBe(CLOSE.tooLarge);
    await roundTrip(ada);
    expect((await stored(journal)).getText('text').toString()).toBe('stored');
  });

  it('S7 a board grows to its limit and no further; deleting helps', async () => {
    const journal = new MemoryJournal();
    const { join } = await serve(journal, { documentBytes: 2000 });
    const ada = join('ada');
    await ada.synced();
    ada.text().insert(0, 'x'.repeat(1500));
    await ada.until('saved', () => ada.saved === 2);
    const eve = join('eve');
    await eve.synced();
    eve.text().insert(0, 'y'.repeat(600));
    expect((await eve.heard('refused')).code).toBe('too_large');
    await eve.until('close', () => eve.closes.length > 0);
    expect(eve.closes[0]?.code).toBe(CLOSE.tooLarge);
    expect(eve.provider.shouldConnect).toBe(false);
    ada.text().delete(0, 1000);
    ada.text().insert(0, 'z'.repeat(600));
    await ada.until('saved', () => ada.saved === 4);
    expect(same(await stored(journal), ada.doc)).toBe(true);
  });

  it('S7 typing and deleting for long does not fill a board', async () => {
    const journal = new MemoryJournal();
    const { join } = await serve(journal, { documentBytes: 2000 });
    const ada = join('ada');
    await ada.synced();
    for (let i = 0; i < 20; i++) {
      ada.text().insert(0, 'x'.repeat(500));
      ada.text().delete(0, 500);
    }
    await ada.until('saved', () => ada.saved === 41);
    expect(ada.closes).toEqual([]);
  });

  it('S7 too many messages close the socket; a burst of ten times the rate does not', async () => {
    const { bare } = await serve(new MemoryJournal(), { messagesPerSecond: 2 });
    const steady = bare('ada');
    const hasty = bare('eve');
    await Promise.all([steady.welcomed(), hasty.welcomed()]);
    const ask = stateVectorMessage(Uint8Array.of(0));
    for (let i = 0; i < 19; i++) steady.socket.send(ask);
    for (let i = 0; i < 40; i++) hasty.socket.send(ask);
    expect((await hasty.closed()).code).toBe(CLOSE.tooFast);
    await steady.until('19 replies', () => steady.received.length >= 21);
    expect(steady.socket.readyState).toBe(steady.socket.OPEN);
  });

  it('S7 asking for the whole board costs by its size', async () => {
    const journal = await filled('x'.repeat(2 ** 20));
    const { bare } = await serve(journal, { messagesPerSecond: 2 });
    const eve = bare('eve');
    await eve.welcomed();
    for (let i = 0; i < 3; i++) eve.socket.send(stateVectorMessage(Uint8Array.of(0)));
    expect((await eve.closed()).code).toBe(CLOSE.tooFast);
  });

  it('S7 the echoes of y-websocket’s client do not count, forged ones do', async () => {
    const { join, bare } = await serve(new MemoryJournal(), { messagesPerSecond: 2 });
    const eve = bare('eve');
    await eve.welcomed();
    eve.socket.send(awarenessMessage([awarenessEntry(7, 0, '{}')]));
    const ada = join('ada');
    await ada.until('eve', () => ada.provider.awareness.getStates().has(7));
    // Ada's client echoes 12 messages, more than half of its allowance, and 12 more.
    for (let i = 1; i <= 12; i++) {
      eve.socket.send(awarenessMessage([awarenessEntry(7, i, `{"summon":${i}}`)]));
      await ada.until('summon', () => ada.provider.awareness.getStates().get(7)?.summon === i);
    }
    expect(ada.closes).toEqual([]);
    for (let i = 0; i < 30; i++) eve.socket.send(awarenessMessage([awarenessEntry(8, i, '{}')]));
    expect((await eve.closed()).code).toBe(CLOSE.tooFast);
  });

  it('S7 a reader who does not read is cut off before it fills the memory; the others go on', async () => {
    const { join, bare, server } = await serve(new MemoryJournal(), { documentBytes: 2 ** 21 });
    const [ada, grace] = [join('ada'), join('grace')];
    const stuck = bare('eve');
    await Promise.all([ada.synced(), grace.synced(), stuck.welcomed()]);
    stuck.socket.pause();
    for (let i = 1; server.sync.stats().connections === 3; i++) {
      expect(i).toBeLessThan(100);
      ada.text().insert(0, 'x'.repeat(2 ** 20));
      await ada.until('saved', () => ada.saved === 2 * i);
      ada.text().delete(0, 2 ** 20);
      await ada.until('saved', () => ada.saved === 1 + 2 * i);
    }
    await converged(ada, grace);
    expect(server.sync.stats().connections).toBe(2);
  });

  it('S7 a socket that says nothing is closed', async () => {
    const { bare } = await serve(new MemoryJournal(), { firstMessageMs: 50 });
    const silent = bare('eve');
    expect((await silent.closed()).code).toBe(CLOSE.unauthorised);
  });

  it('S7 a token bucket refills at its rate up to its burst', () => {
    let now = 0;
    const rate = new RateLimit(3, () => now);
    const take = () => {
      let taken = 0;
      while (rate.take()) taken++;
      return taken;
    };
    expect(take()).toBe(30);
    now = 2_000;
    expect(take()).toBe(6);
    now = 1_000_000;
    expect(take()).toBe(30);
  });
});

describe('S7 malformed frames close that socket and harm nobody', () => {
  const message = (...numbers: number[]) => Uint8Array.from(numbers);
  const malformed: [string, (bare: BareSocket) => void][] = [
    ['a text frame', (bare) => bare.socket.send('hello')],
    ['an empty message', (bare) => bare.socket.send(message())],
    ['an unknown type', (bare) => bare.socket.send(message(42))],
    ['our own type', (bare) => bare.socket.send(message(100, 2, 123, 125))],
    ['an unknown sync step', (bare) => bare.socket.send(message(0, 9, 0))],
    ['a body that is cut off', (bare) => bare.socket.send(message(0, 2, 200, 1, 1))],
    ['bytes after the message', (bare) => bare.socket.send(message(0, 2, 2, 0, 0, 7))],
    ['a state vector that is none', (bare) => bare.socket.send(message(0, 0, 2, 255, 255))],
    ['awareness that is no JSON', (bare) => bare.socket.send(message(1, 4, 1, 1, 1, 200))],
    ['reserved bits', (bare) => writeRaw(bare, frame(0xf2, message(1)))],
    ['a frame without mask', (bare) => writeRaw(bare, message(0x82, 1, 1))],
    ['text that is not UTF-8', (bare) => writeRaw(bare, frame(0x81, message(0xff, 0xfe)))],
  ];
  for (const [name, send] of malformed)
    it(`S7 ${name}`, async () => {
      const { join, bare } = await serve(await filled('stored'));
      const ada = join('ada');
      await ada.synced();
      const eve = bare('eve');
      await eve.welcomed();
      send(eve);
      expect((await eve.closed()).code).toBe(CLOSE.malformed);
      ada.text().insert(0, 'still ');
      await ada.until('saved', () => ada.saved === 2);
    });

  it('S7 updates that do not apply, again and again, close the socket', async () => {
    const journal = await filled('stored');
    const { bare } = await serve(journal);
    const eve = bare('eve');
    await eve.welcomed();
    for (let i = 0; i < QUARANTINES + 5; i++) eve.socket.send(updateMessage(Uint8Array.of(1, 2, 3, i)));
    expect((await eve.closed()).code).toBe(CLOSE.malformed);
    expect(journal.quarantined).toHaveLength(QUARANTINES);
  });

  it('S7 property: whatever bytes come, the others keep working and the store can be loaded', async () => {
    const journal = await filled('stored');
    const { join, bare, server } = await serve(journal, { connectionsPerUser: 1000 });
    const [ada, grace] = [join('ada'), join('grace')];
    await Promise.all([ada.synced(), grace.synced()]);
    const update = textUpdate('some longer text');
    const whole = updateMessage(update);
    /** Any bytes; a real update with bytes changed, cut or added, in a good envelope; a broken envelope. */
    const attack = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc
        .tuple(
          fc.array(fc.tuple(fc.nat(update.length - 1), fc.nat(255)), { maxLength: 4 }),
          fc.nat(update.length),
        )
        .map(([changes, length]) => {
          const forged = update.slice(0, length);
          for (const [at, value] of changes) if (at < length) forged[at] = value;
          return updateMessage(forged);
        }),
      fc.tuple(fc.nat(whole.length - 1), fc.nat(255)).map(([at, value]) => {
        const forged = whole.slice();
        forged[at] = value;
        return forged;
      }),
      fc.tuple(fc.nat(3), fc.nat(3), fc.uint8Array({ maxLength: 32 })).map(([type, step, body]) =>
        encoding.encode((encoder) => {
          encoding.writeVarUint(encoder, type);
          if (type === 0) encoding.writeVarUint(encoder, step);
          encoding.writeVarUint8Array(encoder, body);
        }),
      ),
    );
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(attack, { minLength: 1, maxLength: 5 }), async (messages) => {
        const eve = bare('eve');
        await eve.welcomed();
        for (const bytes of messages) eve.socket.send(bytes);
        eve.socket.close();
        await eve.closed();
        const key = `${round++}`;
        ada.doc.getMap('rounds').set(key, true);
        await grace.until('the next edit', () => grace.doc.getMap('rounds').has(key));
      }),
      { numRuns: 150, seed: 20261123 },
    );
    expect([ada.closes, grace.closes]).toEqual([[], []]);
    await converged(ada, grace);
    await ada.until('saved', () => ada.saved === round + 1);
    expect(same(await stored(journal), ada.doc)).toBe(true);
    expect(server.logs.filter(({ message }) => message === 'an update did not apply')).toEqual([]);
  });
});
