/** The generated scripts' Model on every kind of head, against Keras in float64. Needs INTERLAYER_PYTHON, a Python with Keras. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { headCode } from '../../../core/algebra/export/python/head.ts';
import { LAYERS } from '../../../core/algebra/export/python/layers.ts';
import { LOSS } from '../../../core/algebra/export/python/loss.ts';
import { MODEL } from '../../../core/algebra/export/python/model.ts';
import type { CatalogModel } from '../../../core/algebra/index.ts';
import { type Workbench, workbench } from '../formats/testing/bench.ts';
import { golden, imported } from '../testing/heads.ts';

const PYTHON = process.env.INTERLAYER_PYTHON;
const folder = mkdtempSync(path.join(tmpdir(), 'heads-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});

const IMPORTS =
  'import base64, json, math, sys\nfrom urllib.parse import quote\nimport keras\nimport numpy as np\nimport tensorflow as tf';
const DRIVER = `
cases = json.load(open(sys.argv[1]))
get = lambda path: (json.dumps(case["export"]), None)
found = {}
for name, case in cases.items():
    model = Model(name, 1, eval(case["head"]))
    values = model.run(np.float32(case["x"]))
    found[name] = {"probabilities": np.array(model.probabilities(values)).tolist()}
    if model.head["probable"]:
        found[name]["losses"] = model_loss(model, values, np.array(case["labels"])).numpy().tolist()
json.dump(found, open(sys.argv[2], "w"))`;

test.runIf(PYTHON)('probabilities and losses of every kind of head', { timeout: 120_000 }, async () => {
  const cases: Record<string, unknown> = {};
  for (const [name, { kind, outputs }] of Object.entries(golden.models)) {
    const { manifest, weights } = await imported(bench, name);
    const units = outputs[0]?.length ?? 0;
    const classes = kind === 'sigmoid' && units === 1 ? 2 : units;
    const model: CatalogModel = {
      ...{ name, graph: manifest.graph, checkpoints: [], bestStep: null, inputs: manifest.inputs },
    };
    const dataset = {
      ...{ name: 'd', shape: [4], columns: [], splits: [] },
      classes: Array.from({ length: classes }, (_, i) => String(i)),
    };
    cases[name] = {
      head: headCode(model, dataset),
      x: golden.x,
      labels: golden.labels.map((label) => label % classes),
      export: {
        topology: manifest.topology,
        weights: weights.map(({ name: weight, shape, file }) => ({
          ...{ name: weight, shape, data: readFileSync(file).toString('base64') },
        })),
      },
    };
  }
  const at = (file: string) => path.join(folder, file);
  writeFileSync(at('cases.json'), JSON.stringify(cases));
  writeFileSync(at('heads.py'), [IMPORTS, LAYERS, MODEL, LOSS, DRIVER].join('\n\n'));
  const { status, stderr } = spawnSync(PYTHON ?? '', [at('heads.py'), at('cases.json'), at('found.json')], {
    encoding: 'utf8',
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
  });
  expect(status, stderr.slice(-2000)).toBe(0);
  const found = z
    .record(
      z.string(),
      z.object({ probabilities: z.array(z.array(z.number())), losses: z.array(z.number()).optional() }),
    )
    .parse(JSON.parse(readFileSync(at('found.json'), 'utf8')));
  expect(Object.keys(found).length).toBeGreaterThan(30);
  for (const [name, { probabilities, losses }] of Object.entries(found)) {
    const { logarithms, outputs, losses: expected } = golden.models[name]!;
    if (logarithms) near(name, probabilities.flat(), logarithms.flat().map(Math.exp));
    else if (name !== 'recurrent') near(name, probabilities.flat(), outputs.flat());
    if (expected) near(name, losses ?? [], expected);
  }
});

function near(name: string, found: readonly number[], expected: readonly number[]): void {
  expect(found.length, name).toBe(expected.length);
  for (const [i, value] of expected.entries())
    expect(Math.abs(found[i]! - value), `${name} ${i}: found ${found[i]}, expected ${value}`).toBeLessThan(
      1e-5 * Math.max(1, Math.abs(value)),
    );
}
