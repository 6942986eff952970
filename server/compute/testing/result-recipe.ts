/** A worked example of "Add a result type" in docs/recipes.md: a row, and a folder with the lens that draws it. */

export const TYPE = 'range[unit]';

export const ROW = {
  file: 'core/result/kinds.ts',
  after: 'export const RESULT_TYPES = {\n',
  text: `  'range[unit]': {
    summary: 'least and largest activation of each unit',
    tensors: { low: f32('least activation', 'unit'), high: f32('largest activation', 'unit') },
    record: null,
  },
`,
};

export const FOLDER = 'components/lenses/ranges';
export const FILES: Readonly<Record<string, string>> = {
  'index.tsx': `'use client';
import { Ruler } from 'lucide-react';
import { formatNumber } from '@/components/ui/format.ts';
import type { LensProps, LensSpec } from '../contract.ts';
import { numberRow } from '../options.ts';
import { linear, rangeOf } from '../shared/drawing/scales.ts';
import { NotFinite } from '../shared/drawing/not-finite.tsx';
import { Frame } from '../shared/frame.tsx';
import { OptionControls } from '../shared/options/controls.tsx';
import { useOptions } from '../shared/options/use-options.ts';
import { tensorOf } from '../shared/result/read.ts';

const FIRST = numberRow({
  key: 'first',
  label: 'Units',
  range: ({ result }) => [1, Math.max(1, result.tensors.low?.data.length ?? 1)],
  start: 20,
});
const OPTIONS = [FIRST];

function Ranges(props: LensProps) {
  const { result, width, height } = props;
  const choice = useOptions(props, OPTIONS);
  const [low, high] = [tensorOf(result, 'low').data, tensorOf(result, 'high').data];
  const units = Array.from({ length: Math.min(low.length, choice.value(FIRST)) }, (_, u) => u);
  return (
    <Frame
      width={width}
      height={height}
      name="Ranges"
      empty={units.length === 0 ? 'This layer has no units.' : null}
      controls={<OptionControls of={choice} />}
      foot={<NotFinite of={[low, high]} />}
    >
      {(w, h) => {
        const [from, to] = [rangeOf(low)[0], rangeOf(high)[1]];
        const y = linear(from, to > from ? to : from + 1, h, 0);
        return (
          <svg width={w} height={h} role="img" aria-label={\`Ranges of \${units.length} units\`}>
            {units.map((u) => {
              const [a, b] = [low[u] ?? Number.NaN, high[u] ?? Number.NaN];
              if (!Number.isFinite(a) || !Number.isFinite(b)) return null;
              const x = (w * (u + 0.5)) / units.length;
              return (
                <line key={u} x1={x} x2={x} y1={y(a)} y2={y(b)} className="stroke-text">
                  <title>{\`\${formatNumber(a)} to \${formatNumber(b)}\`}</title>
                </line>
              );
            })}
          </svg>
        );
      }}
    </Frame>
  );
}

export const ranges: LensSpec = {
  id: 'ranges',
  name: 'Ranges',
  icon: Ruler,
  types: ['range[unit]'],
  rank: 10,
  honoursClass: false,
  size: { w: 320, h: 200 },
  options: OPTIONS,
  Component: Ranges,
  compare: {
    signed: ['low', 'high'],
    sentence: (before, after) =>
      \`the largest was \${formatNumber(rangeOf(tensorOf(before, 'high').data)[1])}, is \${formatNumber(rangeOf(tensorOf(after, 'high').data)[1])}\`,
  },
};
`
    .replaceAll('\\`', '`')
    .replaceAll('\\${', '${'),
  'fixture.ts': `import { f32, type Fixture, make } from '../fixtures/make.ts';

export const rangeFixtures: readonly Fixture[] = [
  {
    name: 'Ranges',
    result: make({
      type: 'range[unit]',
      title: 'Ranges of dense_1',
      query: 'select stats(dense_1) from digits-cnn@12(digits.test)',
      reading: 'A line from the least to the largest activation of each unit.',
      axes: [{ name: 'unit', size: 3, labels: ['dense_1#0', 'dense_1#1', 'dense_1#2'] }],
      tensors: { low: f32([0, -1, 0.5], [3], ['unit']), high: f32([1, 2, 0.75], [3], ['unit']) },
    }),
  },
];
`,
};

/** A function that puts the type out: what makes an answer of it is another recipe. */
export const FUNCTION = {
  row: {
    file: 'core/algebra/dictionary/functions.ts',
    after: 'const ROWS = {\n',
    text: `  range: {
    ...NOTHING,
    summary: 'The least and the largest activation of each unit of a layer.',
    noun: 'ranges',
    args: [layerOrUnit],
    input: 'either',
    result: always('range[unit]'),
    python: { none: 'is an example' },
    tool: null,
  },
`,
  },
  path: 'server/compute/methods/functions/range.ts',
  /** \`dtype\`: of what it puts out for the largest. */
  text: (dtype: 'F32' | 'F64') => `import { forEachBatch, sizesOf } from '../../inference/forward.ts';
import { layerArgument } from '../arguments.ts';
import { f32, type Method } from '../method.ts';

export const method: Method = {
  version: '1',
  reading: 'A line from the least to the largest activation of each unit.',
  async run(context) {
    const { model, query } = context.plan;
    const { layer } = layerArgument(query, model.manifest);
    const [examples, loaded] = [await context.examples(), await context.model()];
    const [low, high]: [number[], number[]] = [[], []];
    await forEachBatch(context, model.manifest, loaded, examples, [layer], ({ outputs: [output] }) => {
      if (!output) return;
      const { units } = sizesOf(output);
      output.dataSync<'float32'>().forEach((value, i) => {
        low[i % units] = Math.min(low[i % units] ?? value, value);
        high[i % units] = Math.max(high[i % units] ?? value, value);
      });
    });
    const tensor = (values: number[]) => f32(Float32Array.from(values), [values.length], ['unit']);
    return {
      type: 'range[unit]',
      title: 'Ranges of ' + layer,
      axes: [{ name: 'unit', size: low.length, labels: low.map((_, u) => layer + '#' + u) }],
      tensors: {
        low: tensor(low),
        high: ${dtype === 'F32' ? 'tensor(high)' : "{ dtype: 'F64', shape: [high.length], axes: ['unit'], data: Float64Array.from(high) }"},
      },
      n: examples.indices.length,
      warnings: [],
    };
  },
};
`,
};

/** Asks for the type, with and without a change, draws, compares and exports what comes; what it prints is JSON. */
export const PROGRAM = `
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { resultCsv } from './components/actions/export.ts';
import { endsOf } from './components/lenses/options.ts';
import { FIXTURES } from './components/lenses/fixtures.ts';
import { lensesFor, lensOf, optionsOf } from './components/lenses/index.ts';
import { TooltipProvider } from './components/ui/tooltip.tsx';
import { parse } from './core/algebra/index.ts';
import { departures } from './core/result/index.ts';
import { ask, BACKENDS, engineOn } from './server/compute/testing/engines.ts';
import { temporaryFolders } from './server/compute/testing/fixtures.ts';
import { planFor } from './server/compute/testing/plans.ts';
import { toyData, toyModel } from './server/compute/testing/toy.ts';

const drawn = (lens, result, options = {}) =>
  renderToString(
    createElement(
      TooltipProvider,
      null,
      createElement(lens.Component, {
        ...{ result, width: 640, height: 360, options, selectedClass: null, modelColor: 0, badges: {} },
        ...{ selection: { layer: null, units: [], examples: [] }, onSelect() {}, onOption() {} },
      }),
    ),
  );
const folders = temporaryFolders();
async function main() {
  try {
    const ground = { models: { toy: [toyModel(folders)] }, datasets: { pets: toyData(folders) } };
    const engine = await engineOn(BACKENDS[0] ?? 'wasm', folders);
    const answer = (text) => ask(engine, planFor(ground, parse(text)));
    let refused = null;
    const plain = await answer('select range(conv) from toy(pets.test)').catch((error) => {
      refused = String(error.message ?? error);
      return null;
    });
    if (plain === null) return { refused };
    const whatIf = await answer('select range(conv) from toy(pets.test) with scale(conv#1, 3)');
    const [own, compared] = [plain, whatIf].map((result) => lensOf('auto', result.meta));
    return {
      type: plain.meta.type,
      lenses: lensesFor(plain.meta).map(({ id }) => id),
      ordered: plain.tensors.low.data.every((low, u) => low <= plain.tensors.high.data[u]),
      lines: own ? drawn(own, plain).split('<line').length - 1 : 0,
      ends: own ? endsOf(optionsOf(own, plain.meta), { result: plain, options: {} }).map((o) => drawn(own, plain, o).split('<line').length - 1) : [],
      compared: compared?.id,
      other: whatIf.meta.other,
      sentence: own?.compare?.sentence !== undefined && compared ? /the largest was [^<"]*/.exec(drawn(compared, whatIf))?.[0] : null,
      csv: resultCsv(plain).split('\\n').filter((line) => !line.startsWith('#')),
      csvOther: resultCsv(whatIf).split('\\n').find((line) => line.startsWith('unit')),
      fixtures: FIXTURES.filter(({ result }) => result.meta.type === '${TYPE}').map(({ name, result }) => ({ name, departures: departures(result.meta), lens: lensOf('auto', result.meta)?.id, lines: drawn(lensOf('auto', result.meta), result).split('<line').length - 1 })),
    };
  } finally {
    await folders.remove();
  }
}
main().then((found) => console.log(JSON.stringify(found)));
`;
