/**
 * The socket server against the published one, in the same run: the time from one person's edit to its arrival at the
 * others (median, 95th percentile), and the server's CPU time, for 2, 10 and 50 people on one board.
 *
 * The peer keeps everything in memory and saves nothing. Ours is measured twice: as it runs, each edit written to SQLite
 * before it is sent on (rule S2), and with a journal in memory, which is what compares like with like.
 * Alone: `npx tsx bench/sync.ts`, JSON on standard output.
 */
import { fileURLToPath } from 'node:url';
import { type Benchmark, type Measurement, median, ratioOf } from './measure.ts';
import { type Load, load } from './sync-load.ts';
import { installPeer, launchOurs, PEER, PEER_VERSION, type SyncProcess } from './sync-servers.ts';

const CROWDS = [2, 10, 50] as const;
const ROUNDS = 3;
const SECONDS = 3;

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** A fresh server for each crowd; the first second warms it up and does not count. */
async function measure(start: () => Promise<SyncProcess>, people: number): Promise<Load> {
  const server = await start();
  try {
    await load(server, people, 1);
    return await load(server, people, SECONDS);
  } finally {
    await server.stop();
  }
}

interface Figures {
  readonly median: number;
  readonly p95: number;
  readonly cpu: number;
}

/** Medians over the rounds. */
export function figures(rounds: readonly Load[]): Figures {
  return {
    median: median(rounds.map(({ delays }) => median(delays))),
    p95: median(rounds.map(({ delays }) => percentile(delays, 0.95))),
    cpu: median(rounds.map(({ cpu }) => cpu)),
  };
}

const ROWS = [
  ['median', 'ms', 'edit to others, median'],
  ['p95', 'ms', 'edit to others, 95th percentile'],
  ['cpu', 'ms CPU/s', 'server CPU'],
] as const satisfies readonly [keyof Figures, Measurement['unit'], string][];

async function measureAll(): Promise<Measurement[]> {
  const peer = installPeer();
  const absent = typeof peer === 'string' ? `peer not measured: ${peer}` : null;
  const measurements: Measurement[] = [];
  try {
    for (const people of CROWDS) {
      const durable: Load[] = [];
      const memory: Load[] = [];
      const theirs: Load[] = [];
      // In turns, so that whatever else the machine does falls on all.
      for (let round = 0; round < ROUNDS; round++) {
        durable.push(await measure(() => launchOurs('sqlite'), people));
        memory.push(await measure(() => launchOurs('memory'), people));
        if (typeof peer !== 'string') theirs.push(await measure(peer.launch, people));
      }
      const other = theirs.length > 0 ? figures(theirs) : null;
      for (const [loads, kept] of [
        [durable, 'durable in SQLite'],
        [memory, 'in memory, as the peer'],
      ] as const)
        for (const [key, unit, what] of ROWS)
          measurements.push({
            name: `sync, ${people} people, ${kept}: ${what}`,
            unit,
            ours: figures(loads)[key],
            runs: ROUNDS,
            ...(other ? { peer: { name: `${PEER} ${PEER_VERSION}`, value: other[key] } } : {}),
            ...(absent ? { note: absent } : {}),
          });
    }
  } finally {
    if (typeof peer !== 'string') peer.remove();
  }
  return measurements;
}

export const sync: Benchmark = { name: 'sync', run: measureAll };

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const rows = await measureAll();
  console.log(
    JSON.stringify(
      rows.map((row) => ({ ...row, ratio: ratioOf(row) })),
      null,
      1,
    ),
  );
}
