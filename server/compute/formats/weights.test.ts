/** Weights of like shapes beside each other, in the files that Keras writes: none is taken for another. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { disposeModel, importModel } from './index.ts';
import { predict, workbench } from './testing/bench.ts';

const goldens = path.join(import.meta.dirname, 'goldens');
const numbers = z.array(z.number());
const golden = z
  .object({ inputs: z.array(z.object({ shape: numbers, data: numbers })), output: numbers })
  .parse(JSON.parse(readFileSync(path.join(goldens, 'weights.json'), 'utf8')));

test.each(['weights_branched.keras', 'weights_branched.h5'])('%s', async (file) => {
  const bench = await workbench();
  const outcome = await importModel([bench.existing(path.join(goldens, file))], bench.context);
  expect(outcome.manifest.warnings).toEqual([]);
  const model = await bench.revive(outcome);
  const [output] = predict(bench.tf, model, golden.inputs);
  disposeModel(model);
  expect(output).toHaveLength(golden.output.length);
  for (const [i, value] of output!.entries()) expect(Math.abs(value - golden.output[i]!)).toBeLessThan(1e-5);
});
