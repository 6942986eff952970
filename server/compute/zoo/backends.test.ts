/** A law of the zoo: TensorFlow's own library and WebAssembly say the same, numbers and words, of whole and of spoilt data. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadBackend } from '../backend/backend.ts';
import type { Engine } from '../engine/engine.ts';
import { ask, BACKENDS, engineOn } from '../testing/engines.ts';
import { temporaryFolders } from '../testing/fixtures.ts';
import { difference } from './compare.ts';
import { type Specimen, specimens, Zoo } from './zoo.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());

/** Sums in another order, several layers deep. */
const NEAR = { tolerance: 1e-5, floor: 1e-2 };
const MODELS = [...new Map(specimens().map((each) => [each.model, each])).values()];

let engines: Engine[] = [];
let zoo: Zoo;
beforeAll(async () => {
  engines = await Promise.all(BACKENDS.map((name) => engineOn(name, folders)));
  zoo = new Zoo(folders, await loadBackend('wasm'));
});
afterAll(() => {
  for (const engine of engines) engine.dispose();
});

/** What was asked of the model for the goldens: functions of the whole split, and an attribution. */
function textsOf({ questions }: Specimen): string[] {
  const texts = questions.map(({ text }) => text);
  const functions = texts.filter((text) => /^select (predict|stats|similarity|confusion|top)\(/.test(text));
  const one = texts.find((text) => /using gradient\b/.test(text));
  return [...functions.slice(0, 6), ...(one === undefined ? [] : [one])];
}

/** Everything that an answer says but its time and who computed it; a refusal is an answer, too. */
async function said(engine: Engine, plan: Parameters<typeof ask>[1]) {
  try {
    const { meta, tensors } = await ask(engine, plan);
    const { type, title, axes, warnings, reading, n } = meta;
    return { words: JSON.stringify({ type, title, axes, warnings, reading, n }), tensors };
  } catch (error) {
    return { words: error instanceof Error ? error.message : String(error), tensors: {} };
  }
}

test.skipIf(BACKENDS.length < 2).each(MODELS.map((specimen) => [specimen.model, specimen] as const))(
  '%s',
  { timeout: 120_000 },
  async (_, specimen) => {
    const wrong: string[] = [];
    const texts = textsOf(specimen);
    expect(texts.length).toBeGreaterThan(1);
    for (const text of texts)
      for (const spoil of [false, true]) {
        const plan = await zoo.plan(specimen, text);
        const asked = spoil && !/tokens/.test(specimen.dataset) ? zoo.spoilt(plan, 4) : plan;
        const [first, ...others] = await Promise.all(engines.map((engine) => said(engine, asked)));
        for (const other of others) {
          if (other.words !== first?.words)
            wrong.push(`${text}, spoilt ${spoil}: ${first?.words} but ${other.words}`);
          for (const [name, tensor] of Object.entries(first?.tensors ?? {})) {
            const problem = difference(name, other.tensors[name], tensor, NEAR);
            if (problem) wrong.push(`${text}, spoilt ${spoil}: ${problem}`);
          }
        }
      }
    expect(wrong.join('\n')).toBe('');
  },
);
