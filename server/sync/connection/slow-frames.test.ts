/** Members whose messages never end, over real sockets, after the upgrade. */
import { expect, it } from 'vitest';
import { CLOSE } from '../../../core/api/index.ts';
import { type BareSocket, converged } from '../testing/harness.ts';
import { MemoryJournal } from '../testing/journals.ts';
import { scene } from '../testing/scene.ts';
import { Arrivals } from './arrivals.ts';

const serve = scene();
const PACE = { lingerMs: 60_000, heartbeatMs: 300, messageMs: 900 };

/** The connection below the socket: what is written there is no frame of the client's own. */
function raw(socket: BareSocket): import('node:net').Socket {
  return (socket.socket as unknown as { _socket: import('node:net').Socket })._socket;
}
const masked = (head: number[], length: number) =>
  Buffer.from([...head, 0, 0, 0, 0, ...new Array(length).fill(0)]);
/** So many bytes, in a frame that is not the last of its message. */
const part = (first: boolean, bytes: number) => {
  const head = Buffer.alloc(8);
  head[0] = first ? 0x02 : 0x00;
  head[1] = 0x80 | 126;
  head.writeUInt16BE(bytes, 2);
  return Buffer.concat([head, Buffer.alloc(bytes)]);
};

async function joined(world: Awaited<ReturnType<typeof serve>>, name: string): Promise<BareSocket> {
  const eve = world.bare(name);
  await eve.welcomed();
  eve.socket.send(Uint8Array.of(0, 1, 2, 0, 0));
  return eve;
}

it('S7 fifty frames of 8 MB that come a byte at a time are ended; who works on the board is not', async () => {
  const world = await serve(new MemoryJournal(), { ...PACE, heartbeatMs: 2_000 });
  const [ada, grace] = [world.join('ada'), world.join('grace')];
  await Promise.all([ada.synced(), grace.synced()]);
  const slow = await Promise.all(Array.from({ length: 50 }, (_, i) => joined(world, `eve-${i}`)));
  for (const eve of slow) {
    const head = Buffer.alloc(10);
    head[0] = 0x82;
    head[1] = 0x80 | 127;
    head.writeBigUInt64BE(BigInt(8 * 2 ** 20 - 1), 2);
    raw(eve).write(Buffer.concat([head, Buffer.alloc(4)]));
  }
  // In the middle of a frame the answer to a ping is a part of it.
  const timer = setInterval(() => {
    for (const eve of slow) if (!raw(eve).destroyed) raw(eve).write(Buffer.alloc(1));
  }, 100);
  await Promise.all(slow.map((eve) => eve.closed()));
  clearInterval(timer);
  ada.text().insert(0, 'still here');
  await grace.until('the text', () => grace.text().toString() === 'still here');
  expect([ada.closes, grace.closes]).toEqual([[], []]);
});

it('S7 a message in fragments without end is ended, though its sender answers pings', async () => {
  const world = await serve(new MemoryJournal(), PACE);
  const ada = world.join('ada');
  await ada.synced();
  const eve = await joined(world, 'eve');
  raw(eve).write(part(true, 60_000));
  const timer = setInterval(() => {
    if (!raw(eve).destroyed) raw(eve).write(part(false, 3_000));
  }, 30);
  const { code } = await eve.closed();
  clearInterval(timer);
  expect([CLOSE.tooFast, 1006]).toContain(code);
  const grace = world.join('grace');
  await grace.synced();
  ada.text().insert(0, 'on');
  await converged(ada, grace);
  expect(ada.closes).toEqual([]);
});

it('S7 one message in more fragments than 16,384 is refused', async () => {
  const world = await serve(new MemoryJournal(), { lingerMs: 60_000 });
  const eve = await joined(world, 'eve');
  raw(eve).write(part(true, 1));
  const parts = Buffer.concat(Array.from({ length: 20_000 }, () => masked([0x00, 0x81], 1)));
  raw(eve).write(parts);
  expect((await eve.closed()).code).toBeGreaterThan(1000);
});

it('S7 what is read of a message counts from its beginning; pings, their answers and whole messages are none', () => {
  let read = 1_000;
  const arrivals = new Arrivals(() => read, 45_000);
  const KB = 1024;
  for (let i = 0; i < 100_000; i++) {
    read += 6;
    arrivals.control(0);
  }
  expect(arrivals.isLate(0)).toBe(false);
  expect(arrivals.isLate(1e9)).toBe(false);
  read += 100 * KB;
  expect(arrivals.isLate(2e9)).toBe(false);
  expect(arrivals.isLate(2e9 + 44_000)).toBe(false);
  expect(arrivals.isLate(2e9 + 45_000)).toBe(true);
  arrivals.whole();
  expect(arrivals.isLate(3e9)).toBe(false);
});
