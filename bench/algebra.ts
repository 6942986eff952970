/**
 * The algebra's heavy questions, through HTTP, queue and worker, against plain Python: integrated gradients, sampled
 * Shapley values, CKA of a whole model; whether cost is linear in examples; and one question asked by ten people at once.
 */
import { z } from 'zod';
import { type Benchmark, type Measurement, median, timed } from './measure.ts';
import { figureSchema, NO_PYTHON, python } from './python.ts';
import { type Running, runServer } from './server.ts';

const RUNS = 5;
const MODEL = 'digits-cnn@20';
const peersSchema = z.object({
  ig: figureSchema,
  compiled: figureSchema,
  cka: figureSchema,
  shapley: figureSchema.optional(),
});

/** Other examples in each run: a known result would be served from the store. */
const some = (from: number, count: number) =>
  `${MODEL}(digits.train[index >= ${from} and index < ${from + count}])`;
const ig = (from: number, count: number) =>
  `select * from ${some(from, count)} using ig(steps=64) limit ${count}`;
const shapley = (example: number) =>
  `select * from ${MODEL}(digits.test[${example}]) using shapley(samples=200)`;

/** Median milliseconds of a question that is new in each run; the first, which warms the worker, does not count. */
async function asked(server: Running, question: (run: number) => string, runs = RUNS): Promise<number> {
  await server.query(question(runs));
  return median(await timed(runs, (run) => server.query(question(run))));
}

/** Ten people ask the same new question in the same moment; milliseconds until all have it, and what one alone waits. */
async function together(server: Running): Promise<Measurement> {
  const question = (run: number) => ig(700 + 2 * run, 100);
  const alone = median(await timed(RUNS, (run) => server.query(question(run))));
  const ten = median(
    await timed(RUNS, (run) =>
      Promise.all(Array.from({ length: 10 }, () => server.query(question(RUNS + run)))),
    ),
  );
  return {
    name: 'ig, the same question by ten at once',
    unit: 'ms',
    ours: ten,
    runs: RUNS,
    peer: { name: 'asked by one', value: alone },
  };
}

async function linear(server: Running): Promise<Measurement> {
  const each = async (count: number, offset: number) =>
    (await asked(server, (run) => ig(offset + run, count))) / count;
  const [few, many] = [await each(100, 900), await each(400, 920)];
  return {
    name: 'ig 64 steps, per example of 400',
    unit: 'ms',
    ours: many,
    runs: RUNS,
    peer: { name: 'per example of 100', value: few },
    note: 'linear in examples where the ratio is 1 or less',
  };
}

export const algebra: Benchmark = {
  name: 'algebra',
  async run() {
    const server = await runServer();
    try {
      const peers = python('algebra.py', RUNS, peersSchema);
      const against = (figure: z.infer<typeof figureSchema> | undefined, name: string) =>
        figure
          ? { peer: { name: `${name} (${figure.versions})`, value: figure.value } }
          : { note: NO_PYTHON };
      const row = (name: string, ours: number): Measurement => ({ name, unit: 'ms', ours, runs: RUNS });
      const gradients = await asked(server, (run) => ig(run * 100, 100));
      return [
        { ...row('ig, 64 steps, 100 examples', gradients), ...against(peers?.ig, 'GradientTape') },
        {
          ...row('ig, 64 steps, 100 examples', gradients),
          ...against(peers?.compiled, 'GradientTape in tf.function'),
        },
        {
          ...row('Shapley, 200 permutations of 64 features', await asked(server, shapley)),
          ...against(peers?.shapley, 'PermutationExplainer'),
        },
        {
          ...row(
            'CKA of all layers, 359 examples',
            await asked(
              server,
              (run) => `select similarity() from ${MODEL}(digits.test[index >= 0 and index < ${359 - run}])`,
            ),
          ),
          ...against(peers?.cka, 'Keras and NumPy'),
        },
        await linear(server),
        await together(server),
      ];
    } finally {
      await server.stop();
    }
  },
};
