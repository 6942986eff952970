/** Every function about every model of the zoo, on both backends, against Keras and NumPy in float64 (make.py). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '../../../core/errors/index.ts';
import { loadBackend } from '../backend/backend.ts';
import type { Engine } from '../engine/engine.ts';
import { ask, BACKENDS, engineOn } from '../testing/engines.ts';
import { temporaryFolders } from '../testing/fixtures.ts';
import { difference, type Nearness } from './compare.ts';
import { type Specimen, specimens, Zoo } from './zoo.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());
const ALL = specimens();

/** Relative to the largest value: float32 rounds at 6e-8 of a value, and some layers on top of each other carry that on. */
const TOLERANCE = 1e-5;

/** Occlusion and Shapley values are differences of targets of about one, of which float32 leaves 1e-6. */
const nearness = (text: string): Nearness => ({
  tolerance: TOLERANCE,
  floor: /using (occlusion|exact_shapley)/.test(text) ? 0.1 : 1e-3,
});

/** Skew divides by the third power of the spread, which float32 outputs know to a rounding of the mean. */
function nearnessOfSkew({ mean, sd }: Specimen['questions'][number]['tensors']): Nearness {
  const ratios = [...(mean?.data ?? [])].map((m, u) => (sd?.data[u] ? Math.abs(m) / sd.data[u] : 0));
  return { tolerance: TOLERANCE * Math.max(1, ...ratios), floor: 1e-3 };
}

describe.each(BACKENDS)('on %s', (name) => {
  let engine: Engine;
  let zoo: Zoo;
  beforeAll(async () => {
    engine = await engineOn(name, folders);
    zoo = new Zoo(folders, await loadBackend(name));
  });
  afterAll(() => engine.dispose());

  test.each(ALL.map((specimen) => [`${specimen.model} over ${specimen.dataset}`, specimen] as const))(
    '%s',
    { timeout: 120_000 },
    async (_, specimen) => {
      const wrong: string[] = [];
      for (const question of specimen.questions) wrong.push(...(await faults(specimen, question)));
      expect(wrong.join('\n')).toBe('');
    },
  );

  async function faults(specimen: Specimen, { text, tensors }: Specimen['questions'][number]) {
    try {
      const answer = await ask(engine, await zoo.plan(specimen, text));
      return Object.entries(tensors).flatMap(([tensor, expected]) => {
        const near = tensor === 'skew' ? nearnessOfSkew(tensors) : nearness(text);
        const problem = difference(tensor, answer.tensors[tensor], expected, near);
        return problem === null ? [] : [`${text}: ${problem}`];
      });
    } catch (error) {
      if (error instanceof UserError) return [`${text}: refused, ${error.message}`];
      return [`${text}: failed, ${error instanceof Error ? error.message : String(error)}`];
    }
  }
});
