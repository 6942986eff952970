/** A worked example for each recipe of docs/recipes.md that ends in server/compute: a row of a table, and one file. */

export interface Recipe {
  readonly adds: string;
  /** The word that is added. */
  readonly word: string;
  readonly row: { readonly file: string; readonly after: string; readonly text: string };
  readonly file: { readonly path: string; readonly text: string };
}

const NOT_WRITTEN = `{ none: 'is an example' }`;

export const RECIPES: readonly Recipe[] = [
  {
    adds: 'a function',
    word: 'labelled',
    row: {
      file: 'core/algebra/dictionary/functions.ts',
      after: 'const ROWS = {\n',
      text: `  labelled: {
    ...ASKS_NO_MODEL,
    summary: 'How many examples of a slice have a label.',
    noun: 'labelled examples',
    input: 'data',
    result: always('count'),
    python: ${NOT_WRITTEN},
    tool: null,
  },
`,
    },
    file: {
      path: 'server/compute/methods/functions/labelled.ts',
      text: `import { labelsOf } from '../../data/examples.ts';
import type { Method } from '../method.ts';

export const method: Method = {
  version: '1',
  reading: 'The examples that have a label, of all in the split.',
  async run(context) {
    const examples = await context.examples();
    const count = labelsOf(examples).filter((label) => label >= 0).length;
    const title = \`Labelled examples of \${examples.address}\`;
    const record = { count, total: examples.split.size, accuracy: null };
    return { type: 'count', title, axes: [], tensors: {}, record, n: count, warnings: [] };
  },
};
`,
    },
  },
  {
    adds: 'an attribution method',
    word: 'gradient_sign',
    row: {
      file: 'core/algebra/dictionary/methods.ts',
      after: 'const ROWS = {\n',
      text: `  gradient_sign: {
    ...attribution('gradient', GRADIENT, 'Sign of the gradient.', 'Goodfellow, Shlens, Szegedy 2014', baseline),
    python: ${NOT_WRITTEN},
  },
`,
    },
    file: {
      path: 'server/compute/methods/attribution/methods/gradient-sign.ts',
      text: `import { meanGradient, onlyPlayers } from '../batches.ts';
import type { AttributionMethod } from '../game.ts';

export const method: AttributionMethod = {
  version: '1',
  reading: 'Whether the target rises or falls with the feature.',
  complete: false,
  compares: false,
  evaluations: () => 1,
  async attribute(game, _params, pace) {
    const means = await meanGradient(game, { samples: 1, points: (_tf, x) => x }, pace);
    return { values: onlyPlayers(game, Float32Array.from(means, Math.sign)) };
  },
};
`,
    },
  },
  {
    adds: 'a what-if change',
    word: 'shift',
    row: {
      file: 'core/algebra/dictionary/changes.ts',
      after: 'export const CHANGES = {\n',
      text: `  shift: {
    signature: 'shift(layer#unit, value)',
    summary: 'Adds a number to a unit’s output.',
    args: [unit, numberArgument('value', 'what is added', { offers: [1], slider: null })],
    acts: 'unit',
    python: ${NOT_WRITTEN},
  },
`,
    },
    file: {
      path: 'server/compute/changes/kinds/shift.ts',
      text: `import type { UnitChange } from '../action.ts';

export const change: UnitChange<'shift'> = {
  output: (tf, values, { value }) => tf.add(values, value),
};
`,
    },
  },
  {
    adds: 'a what-if change',
    word: 'clip',
    row: {
      file: 'core/algebra/dictionary/changes.ts',
      after: 'export const CHANGES = {\n',
      text: `  clip: {
    signature: 'clip(layer#unit, low, high)',
    summary: 'Holds a unit’s output between two numbers.',
    args: [
      unit,
      numberArgument('low', 'the least output', { offers: [0], slider: null }),
      numberArgument('high', 'the largest output', { offers: [1], slider: null }),
    ],
    acts: 'unit',
    python: ${NOT_WRITTEN},
  },
`,
    },
    file: {
      path: 'server/compute/changes/kinds/clip.ts',
      text: `import type { UnitChange } from '../action.ts';

export const change: UnitChange<'clip'> = {
  output: (tf, values, { low, high }) => tf.minimum(tf.maximum(values, low), high),
};
`,
    },
  },
  {
    adds: 'a what-if change',
    word: 'quantize',
    row: {
      file: 'core/algebra/dictionary/changes.ts',
      after: 'export const CHANGES = {\n',
      text: `  quantize: {
    signature: 'quantize(layer, bits)',
    summary: 'Rounds the weights of a layer to so many bits.',
    args: [{ kind: 'layer' }, wholeArgument('bits', 'the bits', { min: 1, max: 16, offers: [4], slider: null })],
    acts: 'weight',
    python: ${NOT_WRITTEN},
  },
`,
    },
    file: {
      path: 'server/compute/changes/kinds/quantize.ts',
      text: `import type { WeightChange } from '../action.ts';

export const change: WeightChange<'quantize'> = {
  write(tf, copy, { layer, bits }) {
    for (const weight of copy.program.node(layer).weights)
      tf.tidy(() => {
        const values = weight.read();
        const step = tf.div(tf.max(tf.abs(values)), 2 ** (bits - 1));
        weight.write(tf.mul(tf.round(tf.divNoNan(values, step)), step));
      });
  },
};
`,
    },
  },
  {
    adds: 'a model format',
    word: 'linear',
    row: {
      file: 'core/formats/formats.ts',
      after: 'const MODELS = {\n',
      text: `  linear: { send: 'a .linear file of slopes and a constant', endings: ['linear'], oneFile: true },
`,
    },
    file: {
      path: 'server/compute/formats/models/linear.ts',
      text: `import { isModel, MODEL_FORMATS } from '../../../../core/formats/index.ts';
import type { ModelFormat } from '../format.ts';

/** Slopes and a constant, in a line. */
export const format: ModelFormat = {
  async read(files) {
    const file = files.find(({ name }) => isModel(name, MODEL_FORMATS.linear));
    if (!file) return null;
    const numbers = (await file.read()).toString('utf8').trim().split(/\\s+/).map(Number);
    const [slopes, constant] = [numbers.slice(0, -1), numbers.slice(-1)];
    const layers = [
      { class_name: 'InputLayer', config: { name: 'x', batch_input_shape: [null, slopes.length] } },
      { class_name: 'Dense', config: { name: 'y', units: 1, activation: 'linear' } },
    ];
    const model = {
      format: 'linear',
      file: file.name,
      architecture: { class_name: 'Sequential', config: { name: 'linear', layers } },
      keras3: true,
      weights: [
        { name: 'y/kernel', shape: [slopes.length, 1], read: () => Float32Array.from(slopes) },
        { name: 'y/bias', shape: [1], read: () => Float32Array.from(constant) },
      ],
    };
    return { model, parts: [file] };
  },
};
`,
    },
  },
  {
    adds: 'a data format',
    word: 'dat',
    row: {
      file: 'core/formats/formats.ts',
      after: 'const DATA = {\n',
      text: `  dat: { send: '.dat', endings: ['dat'] },
`,
    },
    file: {
      path: 'server/compute/formats/data/dat.ts',
      text: `import type { DataFormat } from '../format.ts';

/** A row of numbers in each line. */
export const format: DataFormat = {
  async read([file]) {
    if (!file) throw new Error('no file');
    const rows = (await file.read()).toString('utf8').trim().split('\\n').map((line) => line.trim().split(/\\s+/).map(Number));
    const x = { shape: [rows.length, rows[0]?.length ?? 0], type: 'float64', data: Float64Array.from(rows.flat()) } as const;
    return { splits: [{ name: 'all', file: file.name, x }] };
  },
};
`,
    },
  },
];

/** Asks the new words in the copy, and imports files of the new formats; what it prints is JSON. */
export const QUESTIONS = `
import { canonical, CHANGE_NAMES, check, parse, print } from '../../../core/algebra/index.ts';
import { catalog } from '../../../core/algebra/testing/catalog.fixture.ts';
import { importDataset, importModel } from '../formats/index.ts';
import { ask, BACKENDS, engineOn } from './engines.ts';
import { temporaryFolders } from './fixtures.ts';
import { planFor } from './plans.ts';
import { toyData, toyModel } from './toy.ts';
import { writeFileSync } from 'node:fs';

const folders = temporaryFolders();
try {
  const ground = { models: { toy: [toyModel(folders)] }, datasets: { pets: toyData(folders) } };
  const engine = await engineOn(BACKENDS[0] ?? 'wasm', folders);
  const answer = (text: string) => ask(engine, planFor(ground, parse(text)));
  const labelled = await answer('select labelled() from toy(pets.test)');
  const sign = await answer('select * from toy(pets.test[3]) using gradient_sign');
  const shifted = await answer('select activation(conv) from toy(pets.test[3]) with shift(conv#2, 5)');
  const rounded = await answer('select activation(conv) from toy(pets.test[3]) with quantize(conv, 1)');
  const told = (text: string) => check(parse(text), catalog).problems.map(({ message }) => message);
  const of = 'select predict() from digits-cnn(digits.test) with ';
  const context = { tf: engine.backend.tf, spool: folders.spool };
  const upload = (name: string, text: string) => {
    const path = \`\${folders.root}/\${name}\`;
    writeFileSync(path, text);
    return [{ name, path, bytes: text.length }];
  };
  const model = await importModel(upload('line.linear', '2 -3 1'), context);
  const data = await importDataset(upload('rows.dat', '1 2\\n3 4\\n5 6\\n'), context);
  const numbers = (of: typeof shifted, name: string) => [...(of.tensors[name]?.data ?? [])].map(Number);
  const [conv, plain] = [numbers(shifted, 'values'), numbers(shifted, 'other.values')];
  const ordered = [...new Set(plain)].sort((a, b) => a - b);
  const [low = 0, high = 0] = [ordered.at(1), ordered.at(-2)];
  const clipped = await answer(\`select activation(conv) from toy(pets.test[3]) with clip(conv#0, \${low}, \${high}), clip(conv#1, \${low}, \${high}), clip(conv#2, \${low}, \${high})\`);
  console.log(
    JSON.stringify({
      labelled: labelled.meta.record,
      signs: [...new Set([...(sign.tensors.values?.data ?? [])].map(Number))].sort(),
      shifts: [...new Set(conv.map((value, i) => Math.round(value - (plain[i] ?? 0))))].sort(),
      clipped: numbers(clipped, 'values').every((value, i) => value === Math.min(high, Math.max(low, plain[i] ?? 0))),
      cut: ordered.length - new Set(numbers(clipped, 'values')).size,
      rounded: new Set(numbers(rounded, 'values')).size < new Set(numbers(rounded, 'other.values')).size,
      written: print(parse(of + 'quantize ( conv2d_1 , 4 )')),
      told: ['quantize(conv2d_1, 4)', 'quantize(conv2d_9, 4)', 'quantize(flatten, 4)', 'quantize(conv2d_1, 40)'].map((change) => told(of + change)),
      model: { format: model.manifest.format, layers: model.manifest.graph.layers.map(({ name }) => name) },
      data: { shape: data.shape, splits: data.splits.map(({ name, size }) => [name, size]) },
    }),
  );
} finally {
  await folders.remove();
}
`;
