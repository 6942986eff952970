import { afterEach, describe, expect, it, vi } from 'vitest';
import { KEEP_ALIVE } from '../messages.ts';
import type { BareSocket } from '../testing/harness.ts';
import { MemoryJournal } from '../testing/journals.ts';
import { scene } from '../testing/scene.ts';

const serve = scene();
const HEARTBEAT_MS = 10_000;
afterEach(() => void vi.useRealTimers());

/** The server's ping has come and its answer has been read there: frames are answered in order. */
async function beat({ socket }: BareSocket): Promise<void> {
  const pinged = new Promise((resolve) => socket.once('ping', resolve));
  vi.advanceTimersByTime(HEARTBEAT_MS);
  await pinged;
  const answered = new Promise((resolve) => socket.once('pong', resolve));
  socket.ping();
  await answered;
}

describe('S1 y-websocket’s client stays connected', () => {
  it('S1 on a quiet board something is said before the client gives up (30 s without a message)', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const { bare } = await serve(new MemoryJournal());
    const socket = bare('ada');
    await socket.welcomed();
    const alive = () => socket.received.filter((bytes) => Buffer.compare(bytes, KEEP_ALIVE) === 0).length;
    // The welcome was said in the first interval; nothing in the second.
    await beat(socket);
    expect(alive()).toBe(0);
    vi.advanceTimersByTime(HEARTBEAT_MS);
    await socket.until('a sign of life', () => alive() === 1);
  });

  it('S7 a socket that no longer answers is ended', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const { bare, server } = await serve(new MemoryJournal());
    const [dead, alive] = [bare('eve'), bare('ada')];
    await Promise.all([dead.welcomed(), alive.welcomed()]);
    // Reads nothing any more, so it does not answer the ping either.
    dead.socket.pause();
    await beat(alive);
    await beat(alive);
    dead.socket.resume();
    expect((await dead.closed()).code).toBe(1006);
    expect(server.sync.stats().connections).toBe(1);
  });
});
