/**
 * Hundreds of requests of one person at once, while somebody else asks, too. How long that one waits depends on the
 * machine: it is measured at length only, `npm run fuzz attack`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createToken } from '../account/tokens.ts';
import { type Bench, makeUser, startBench } from '../testing/harness.ts';

const MEASURED = process.env.INTERLAYER_FUZZ !== undefined;
const SCRIPT = fileURLToPath(new URL('../testing/asking.mjs', import.meta.url));
let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());

interface Asked {
  /** Of answers with status 200, ms. */
  readonly delays: readonly number[];
  /** How many had another status. */
  readonly others: Readonly<Record<string, number>>;
}

/** From a process of its own, so that what the asking costs delays nobody. */
async function asking(route: string, token: string, atOnce: number, forMs: number): Promise<Asked> {
  const child: ChildProcess = spawn(process.execPath, [
    ...[SCRIPT, `${bench.base}/${route}`, token, `${atOnce}`, `${forMs}`],
  ]);
  let output = '';
  child.stdout?.on('data', (data) => {
    output += data;
  });
  await once(child, 'close');
  return JSON.parse(output);
}

function figuresOf(delays: readonly number[]) {
  const sorted = [...delays].sort((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
  return { answers: sorted.length, p50: at(0.5), p95: at(0.95), worst: at(1) };
}

test('five hundred requests of one person at once are all answered, and so is whoever asks meanwhile', {
  timeout: 90_000,
}, async () => {
  const people = await Promise.all(
    ['Crowd', 'Ada'].map(async (name) => {
      const user = await makeUser(bench, `${name} ${Math.random()}`);
      return { user, token: (await createToken(bench.store, user.id, { name: 'test' })).secret };
    }),
  );
  const [crowd, ada] = people;
  if (!crowd || !ada) throw new Error('two people');
  const slug = `p${Math.random().toString(36).slice(2)}`;
  const project = await bench.store.projects.create({ slug, name: 'P', ownerId: crowd.user.id });
  await bench.store.projects.setRole(project.id, ada.user.id, 'viewer');
  const quiet = MEASURED ? figuresOf((await asking('projects', ada.token, 1, 2_000)).delays) : null;
  for (const route of ['projects', `projects/${slug}`]) {
    // One crowd, or crowd after crowd for as long as the other is measured.
    const burst = asking(route, crowd.token, 500, MEASURED ? 6_000 : 0);
    const meanwhile = await asking('projects', ada.token, 1, MEASURED ? 5_000 : 500);
    const crowded = await burst;
    expect([meanwhile.others, crowded.others]).toEqual([{}, {}]);
    expect(meanwhile.delays.length).toBeGreaterThan(0);
    expect(crowded.delays.length).toBeGreaterThanOrEqual(500);
    if (!quiet) continue;
    const figures = figuresOf(meanwhile.delays);
    console.log(route, { quiet, crowded: figuresOf(crowded.delays), ...figures });
    expect(figures.p95).toBeLessThan(Math.max(200, 20 * quiet.p95));
  }
});
