import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { boardOf } from '../testing/fixtures.ts';
import { describeStores, type Place } from '../testing/stores.ts';

const CHILD = join(import.meta.dirname, '../testing/append-until-killed.ts');

/** Mulberry32: the failing round can be run again with its seed. */
function random(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Lets the child append, kills it after `lines` numbers, and resolves to all that it printed. */
async function appendAndKill(place: Place, boardId: string, lines: number): Promise<string[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, place.dataDir, place.url ?? '', boardId], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const printed: string[] = [];
  const input = createInterface({ input: child.stdout });
  input.on('line', (line) => {
    printed.push(line);
    if (printed.length === lines) child.kill('SIGKILL');
  });
  const ended = new Promise<string | null>((resolve) => child.on('exit', (_, signal) => resolve(signal)));
  await new Promise((resolve) => input.on('close', resolve));
  expect(await ended).toBe('SIGKILL');
  return printed;
}

describeStores('durability', (stores) => {
  it('S2: kill -9 at any moment loses no update that was said to be saved', async () => {
    const seed = Number(process.env.INTERLAYER_SEED ?? 20261123);
    const next = random(seed);
    const place = await stores.place();
    const setUp = await stores.open(place);
    const board = await boardOf(setUp);
    const promised = new Map<number, { writer: number; i: number }>();
    for (let round = 0; round < Number(process.env.INTERLAYER_FUZZ ?? 5); round++) {
      const lines = 1 + Math.floor(next() ** 2 * 400);
      for (const line of await appendAndKill(place, board.id, lines)) {
        const [seq = -1, writer = -1, i = -1] = line.split(' ').map(Number);
        expect(promised.has(seq), `seed ${seed}: ${seq} was given twice`).toBe(false);
        promised.set(seq, { writer, i });
      }
      const { updates } = await setUp.journal.load(board.id);
      const there = new Map(updates.map((row) => [row.seq, row.update]));
      for (const [seq, { writer, i }] of promised) {
        const update = there.get(seq);
        expect(update, `seed ${seed}, round ${round}: update ${seq} is lost`).toBeDefined();
        expect(update?.at(-1)).toBe(writer);
        expect(update && new DataView(update.buffer, update.byteOffset).getUint32(0)).toBe(i);
        expect(update?.byteLength).toBe(16 + ((i * 397) % 5000));
      }
      // Batches are whole or absent: numbers have no gaps.
      expect(updates.map((row) => row.seq)).toEqual(updates.map((_, k) => k + 1));
    }
    expect(promised.size).toBeGreaterThan(5);
  });
});
