/** Hundreds of requests of one person at once, and how long somebody else waits meanwhile. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createToken } from '../account/tokens.ts';
import { type Bench, makeUser, startBench } from '../testing/harness.ts';

const SCRIPT = fileURLToPath(new URL('../testing/asking.mjs', import.meta.url));
let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());

/** From a process of its own, so that what the asking costs delays nobody. */
function asking(route: string, token: string, atOnce: number, forMs: number) {
  const child: ChildProcess = spawn(process.execPath, [
    ...[SCRIPT, `${bench.base}/${route}`, token, `${atOnce}`, `${forMs}`],
  ]);
  let output = '';
  child.stdout?.on('data', (data) => {
    output += data;
  });
  const delays = once(child, 'exit').then(() => JSON.parse(output.split('\n')[1] ?? '[]') as number[]);
  return { delays };
}

function figuresOf(delays: readonly number[]) {
  const sorted = [...delays].sort((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
  return { answers: sorted.length, p50: at(0.5), p95: at(0.95), worst: at(1) };
}

test('five hundred requests of one person at once delay nobody else by more than a moment', {
  timeout: 90_000,
  retry: 2,
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
  const quiet = figuresOf(await asking('projects', ada.token, 1, 2_000).delays);
  for (const route of ['projects', `projects/${slug}`]) {
    const burst = asking(route, crowd.token, 500, 6_000);
    const figures = figuresOf(await asking('projects', ada.token, 1, 5_000).delays);
    const crowded = figuresOf(await burst.delays);
    console.log(route, { quiet, crowded, ...figures });
    expect(crowded.answers).toBeGreaterThanOrEqual(500);
    expect(figures.p95).toBeLessThan(Math.max(200, 20 * quiet.p95));
    expect(figures.worst).toBeLessThan(Math.max(500, 20 * quiet.p95));
  }
});
