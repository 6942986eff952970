/** Laws that need no golden, over the same models and data: what must not matter does not, and a NaN is told of. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadBackend } from '../backend/backend.ts';
import type { QueryPlan } from '../contract.ts';
import type { Engine } from '../engine/engine.ts';
import { type Answered, ask, BACKENDS, engineOn } from '../testing/engines.ts';
import { temporaryFolders } from '../testing/fixtures.ts';
import { difference } from './compare.ts';
import { type Specimen, specimens, Zoo } from './zoo.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());

/** Sums in another order differ by some roundings of float32. */
const NEAR = { tolerance: 2e-6, floor: 1e-3 };
const N = 20;

/** A specimen with each model once, and the functions that it was asked. */
const ALL = [...new Map(specimens().map((each) => [each.model, each])).values()].map((specimen) => {
  const { model, dataset, questions } = specimen;
  const texts = questions.map(({ text }) => text);
  const layer = layerOf(texts);
  const scores = texts.some((text) => text.startsWith('select predict()'));
  const labelled = texts.some((text) => text.startsWith('select classmeans('));
  return { specimen, layer, scores, labelled, name: `${model} over ${dataset}` };
});
type Case = (typeof ALL)[number];

/** The layer that the specimen's questions about one layer ask of. */
function layerOf(texts: readonly string[]): string {
  const found = texts.map((text) => /^select histogram\(([\w]+)\)/.exec(text)?.[1]).find(Boolean);
  return found ?? 'input';
}

describe.each(BACKENDS)('on %s', (name) => {
  let engine: Engine;
  let zoo: Zoo;
  beforeAll(async () => {
    engine = await engineOn(name, folders);
    zoo = new Zoo(folders, await loadBackend(name));
  });
  afterAll(() => engine.dispose());

  const asked = async (
    specimen: Specimen,
    select: string,
    input = '',
    change?: (plan: QueryPlan) => QueryPlan,
  ) => {
    const { model, dataset } = specimen;
    const [what = '', rest = ''] = select.split('|');
    const plan = await zoo.plan(specimen, `select ${what} from ${model}@1(${dataset}.all${input})${rest}`);
    return ask(engine, change ? change(plan) : plan);
  };
  /** Functions of a slice whose answer is a sum or a mean over examples, or a row of each. */
  const functionsOf = ({ layer, scores, labelled }: Case): string[] => [
    `stats(${layer})`,
    `histogram(${layer})`,
    `similarity(input, ${layer})`,
    `top(${layer}#0, 5)`,
    ...(scores ? ['predict()'] : []),
    ...(labelled ? [`classmeans(${layer})`, `neighbours(${layer}, 3)`] : []),
    ...(scores && labelled ? ['confusion()', 'classmetrics()', 'calibration(4)'] : []),
  ];
  const each = (law: string, run: (one: Case) => Promise<string[]>, cases: readonly Case[] = ALL) =>
    test.each(cases.map((one) => [one.name, one] as const))(`${law}: %s`, async (_, one) => {
      expect((await run(one)).join('\n')).toBe('');
    });

  each('examples one by one or all at once', async (one) => {
    const wrong: string[] = [];
    for (const what of functionsOf(one)) {
      const [whole, single] = [
        await asked(one.specimen, what),
        await asked(one.specimen, what, '', oneByOne),
      ];
      wrong.push(...parted(what, single, whole));
    }
    return wrong;
  });

  each('the order of the examples', async (one) => {
    const order = Array.from({ length: N }, (_, i) => (7 * i + 3) % N);
    const wrong: string[] = [];
    for (const what of functionsOf(one).filter((f) => !/^(top|neighbours)/.test(f))) {
      const whole = await asked(one.specimen, what);
      const shuffled = await asked(one.specimen, what, '', (plan) => zoo.rearranged(plan, order));
      const expected = what === 'predict()' ? rowsOf(whole, order) : whole;
      wrong.push(...parted(what, { ...shuffled, tensors: without(shuffled.tensors, INDICES) }, expected));
    }
    return wrong;
  });

  each(
    'a slice in two parts, and each example by itself',
    async ({ specimen }) => {
      const whole = await asked(specimen, 'predict()');
      const first = await asked(specimen, 'predict()', '[index < 7]');
      const second = await asked(specimen, 'predict()', '[index >= 7]');
      const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
      const wrong = [
        ...parted('first part', first, rowsOf(whole, range(0, 7), true)),
        ...parted('second part', second, rowsOf(whole, range(7, N), true)),
      ];
      for (const i of [0, 11]) {
        const single = await asked(specimen, 'predict()', `[${i}]`);
        const row = whole.tensors.probabilities!;
        const width = row.shape[1]!;
        const data = row.data.slice(i * width, (i + 1) * width);
        const problem = difference('values', single.tensors.values, { ...row, shape: [width], data }, NEAR);
        if (problem) wrong.push(`example ${i}: ${problem}`);
      }
      return wrong;
    },
    ALL.filter(({ scores }) => scores),
  );

  each('an attribution of several is that of each', async (one) => {
    const { specimen, layer } = one;
    const what = specimen.questions.some(({ text }) => text.startsWith('select * ')) ? '*' : null;
    if (what === null || !/pictures|grey/.test(specimen.dataset)) {
      // A mean of softmaxes has no logits.
      const target = specimen.model === 'average' ? 'class 0' : 'logit 0';
      const mean = await asked(specimen, `${layer}| for ${target} using gradient limit 3`);
      const sums = await Promise.all(
        [0, 1, 2].map((i) => asked(specimen, `${layer}| for ${target} using gradient`, `[${i}]`)),
      );
      const units = mean.tensors.values!.shape[0]!;
      const data = new Float32Array(units);
      for (const { tensors } of sums) {
        const { data: values } = tensors.values!;
        const places = values.length / units;
        values.forEach((value, at) => {
          data[Math.floor(at / places)]! += value / 3;
        });
      }
      const problem = difference('values', mean.tensors.values, { dtype: 'F32', shape: [units], data }, NEAR);
      return problem ? [problem] : [];
    }
    const several = await asked(specimen, '*| using gradient limit 3');
    const wrong: string[] = [];
    for (const i of [0, 1, 2]) {
      const { values } = (await asked(specimen, '*| using gradient', `[${i}]`)).tensors;
      const size = values!.data.length;
      const data = several.tensors.values!.data.slice(i * size, (i + 1) * size);
      const problem = difference('values', { ...values!, data }, values!, NEAR);
      if (problem) wrong.push(`example ${i}: ${problem}`);
    }
    return wrong;
  });

  each(
    'a NaN among the data is told of, and spares the other examples',
    async (one) => {
      const { specimen } = one;
      const wrong: string[] = [];
      const spoilt = (plan: QueryPlan) => zoo.spoilt(plan, 4);
      for (const what of [...functionsOf(one), `activation(${one.layer})`]) {
        const input = what.startsWith('activation') ? '[4]' : '';
        try {
          const { meta } = await asked(specimen, what, input, spoilt);
          if (!meta.warnings.some((text) => TELLS.test(text)))
            wrong.push(`${what} says nothing of the NaN: ${meta.warnings.join(' ') || 'no warning'}`);
        } catch (error) {
          if (!(error instanceof Error && TELLS.test(error.message)))
            wrong.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
      const clean = await asked(specimen, `stats(${one.layer})`, '[index < 4]');
      wrong.push(
        ...parted(
          'stats of others',
          await asked(specimen, `stats(${one.layer})`, '[index < 4]', spoilt),
          clean,
        ),
      );
      return wrong;
    },
    ALL.filter(({ specimen }) => /f32|pictures|series|pairs|unlabelled/.test(specimen.dataset)),
  );

  each(
    'bytes and the same values as float32',
    async ({ specimen }) => {
      const floats = (plan: QueryPlan) => zoo.asFloats(plan);
      const wrong: string[] = [];
      for (const what of ['stats(input)', 'predict()', 'similarity()'])
        wrong.push(...parted(what, await asked(specimen, what, '', floats), await asked(specimen, what)));
      return wrong;
    },
    specimens()
      .filter(({ dataset }) => /u8|grey/.test(dataset))
      .map((specimen) => ({
        specimen,
        layer: 'input',
        scores: true,
        labelled: true,
        name: `${specimen.model} over ${specimen.dataset}`,
      })),
  );

  each(
    'inputs times four: similarity stays, distances grow with them',
    async ({ specimen }) => {
      const scaled = (plan: QueryPlan) => zoo.scaled(plan, 4);
      const times = (answer: Answered, names: readonly string[]): Answered => ({
        ...answer,
        tensors: Object.fromEntries(
          Object.entries(answer.tensors).map(([key, tensor]) => [
            key,
            names.includes(key) ? { ...tensor, data: Float32Array.from(tensor.data, (v) => 4 * v) } : tensor,
          ]),
        ),
      });
      return [
        ...parted(
          'similarity',
          await asked(specimen, 'similarity(input, input)', '', scaled),
          await asked(specimen, 'similarity(input, input)'),
        ),
        ...parted(
          'stats',
          await asked(specimen, 'stats(input)', '', scaled),
          times(await asked(specimen, 'stats(input)'), ['mean', 'sd', 'min', 'max']),
        ),
        ...parted(
          'neighbours',
          distances(await asked(specimen, 'neighbours(input, 3)', '[5]', scaled)),
          times(await asked(specimen, 'neighbours(input, 3)', '[5]'), ['value']),
        ),
      ];
    },
    ALL.filter(({ specimen }) => /f32|pictures|series/.test(specimen.dataset)),
  );
});

/** Words of which one stands in every warning about numbers that are none. */
const TELLS = /not finite|NaN|finite|no number|not a number/i;
const INDICES = ['index', 'example_index', 'example_label', 'example_predicted', 'neighbours'];

/** The same plan with a model that looks so large that examples go through it one at a time. */
function oneByOne(plan: QueryPlan): QueryPlan {
  const { manifest } = plan.model;
  const [first, ...rest] = manifest.graph.layers;
  if (!first) return plan;
  const large = { ...first, name: 'large', outputShape: [null, 2 ** 26] };
  const layers = [first, ...rest, large];
  return {
    ...plan,
    model: { ...plan.model, manifest: { ...manifest, graph: { ...manifest.graph, layers } } },
  };
}

/** What the model says of the neighbours is another question. */
function distances({ tensors, ...answer }: Answered): Answered {
  const kept = Object.entries(tensors).filter(([name]) => name === 'index' || name === 'value');
  return { ...answer, tensors: Object.fromEntries(kept) };
}

function parted(what: string, found: Answered, expected: Answered): string[] {
  return Object.entries(found.tensors).flatMap(([key, tensor]) => {
    const other = expected.tensors[key];
    if (!other) return [`${what}: ${key} is missing`];
    const problem = difference(key, tensor, other, NEAR);
    return problem === null ? [] : [`${what}: ${problem}`];
  });
}

/** Rows of all tensors, which have one per example. */
function rowsOf(answer: Answered, rows: readonly number[], withIndices = false): Answered {
  const kept = withIndices ? answer.tensors : without(answer.tensors, INDICES);
  return {
    ...answer,
    tensors: Object.fromEntries(
      Object.entries(kept).map(([key, tensor]) => {
        const width = tensor.data.length / N;
        const numbers = rows.flatMap((row) => [...tensor.data.slice(row * width, (row + 1) * width)]);
        const data = tensor.dtype === 'I32' ? Int32Array.from(numbers) : Float32Array.from(numbers);
        return [key, { ...tensor, shape: tensor.shape.with(0, rows.length), data }];
      }),
    ),
  };
}

function without<T>(tensors: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(tensors).filter(([name]) => !names.includes(name)));
}
