/** Runs the benchmarks named on the command line (all without a name); a table here, JSON in bench/results/. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { algebra } from './algebra.ts';
import { click } from './click.ts';
import { type Benchmark, type Measurement, ratioOf } from './measure.ts';
import { models } from './models.ts';
import { projections } from './projections.ts';
import { screen } from './screen.ts';
import { start } from './start.ts';
import { statistics } from './statistics.ts';
import { sync } from './sync.ts';

const ALL: readonly Benchmark[] = [start, statistics, algebra, click, screen, projections, models, sync];

const wanted = process.argv.slice(2);
for (const name of wanted)
  if (!ALL.some((benchmark) => benchmark.name === name)) {
    console.error(`no benchmark ${name}; there are ${ALL.map((benchmark) => benchmark.name).join(', ')}`);
    process.exit(1);
  }

const rows: Measurement[] = [];
const absent: { name: string; reason: string }[] = [];
for (const benchmark of ALL.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  console.log(`${benchmark.name} ...`);
  try {
    rows.push(...(await benchmark.run()));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    absent.push({ name: benchmark.name, reason });
    console.log(`  not measured: ${reason}`);
  }
}

const figure = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
console.table(
  rows.map((row) => ({
    benchmark: row.name,
    ours: `${figure(row.ours)} ${row.unit}`,
    runs: row.runs,
    peer: row.peer ? `${row.peer.name}: ${figure(row.peer.value)} ${row.unit}` : '',
    ratio: ratioOf(row)?.toPrecision(3) ?? '',
    note: row.note ?? '',
  })),
);
const results = path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), 'results');
mkdirSync(results, { recursive: true });
const file = path.join(results, `${new Date().toISOString().replace(/[:.]/g, '-')}.json`);
const git = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' });
const commit = git.status === 0 ? git.stdout.trim() : null;
writeFileSync(
  file,
  `${JSON.stringify(
    {
      at: new Date().toISOString(),
      commit,
      node: process.version,
      cpu: `${cpus().length} x ${cpus()[0]?.model ?? '?'}`,
      backend: process.env.INTERLAYER_BACKEND ?? 'auto',
      measurements: rows.map((row) => ({ ...row, ratio: ratioOf(row) })),
      absent,
    },
    null,
    1,
  )}\n`,
);
console.log(path.relative(process.cwd(), file));
