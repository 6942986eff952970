/** What a word of a query means: for the tooltip over it. */

import { ownColumn } from '../../address/columns.ts';
import { shapeText } from '../../preprocessing/index.ts';
import { CHANGES } from '../dictionary/changes.ts';
import { FUNCTIONS, signature } from '../dictionary/functions.ts';
import { BASELINES, METHODS } from '../dictionary/methods.ts';
import { BOUND, CLAUSES, OPERANDS, TARGETS } from '../dictionary/words.ts';
import type { CatalogModel } from '../project/catalog.ts';
import { groupsOf } from '../project/groups.ts';
import type { Meaning } from '../syntax/notes.ts';
import { read } from '../syntax/parse.ts';
import { datasetNamed, datasetOf, type EditorContext, layerOf, modelOf } from './context.ts';
import { rangeText } from './setting-offers.ts';

export interface Hover {
  readonly from: number;
  readonly to: number;
  /** The word, or how it is written: "top(layer#unit, k)". */
  readonly title: string;
  /** What it means, in a sentence or two. */
  readonly text: string;
  /** Short facts, a line each: parameters, shape, source. */
  readonly facts: readonly string[];
}
type Words = Pick<Hover, 'title' | 'text' | 'facts'>;

/** Null over what needs no words: marks, numbers, spaces, and names that mean nothing. Never throws. */
export function hover(text: string, at: number, known: EditorContext): Hover | null {
  const found = read(text).words.find(({ from, to }) => from <= at && at < to);
  if (found === undefined || found.meaning === null) return null;
  const words = wordsOf(found.meaning, known);
  return words && { from: found.from, to: found.to, ...words };
}

const plain = (title: string, text: string | undefined, ...facts: string[]): Words | null =>
  text === undefined ? null : { title, text, facts };

function wordsOf(meaning: Meaning, known: EditorContext): Words | null {
  switch (meaning.kind) {
    case 'clause':
      return plain(meaning.clause, CLAUSES[meaning.clause]);
    case 'identity':
      return plain('*', 'Attribution of every feature of the input to the target.');
    case 'function': {
      const spec = FUNCTIONS[meaning.name];
      const methods = spec.methods.filter((name) => METHODS[name].computed);
      return plain(
        signature(spec),
        spec.summary,
        `from ${INPUTS[spec.input]}`,
        ...(methods.length === 0 ? [] : [`using ${methods.join(', ')}`]),
      );
    }
    case 'operand':
      return plain(OPERANDS[meaning.name].signature, OPERANDS[meaning.name].summary);
    case 'method': {
      const { name, summary, source, params } = METHODS[meaning.name];
      return plain(
        name,
        summary,
        ...params.map((parameter) => `${parameter.name}: ${rangeText(parameter)}. ${parameter.summary}`),
        source,
      );
    }
    case 'parameter': {
      const parameter = METHODS[meaning.method].params.find(({ name }) => name === meaning.name);
      return parameter === undefined ? null : plain(parameter.name, parameter.summary, rangeText(parameter));
    }
    case 'setting':
      return plain(meaning.name, Object.entries(BASELINES).find(([name]) => name === meaning.name)?.[1]);
    case 'column':
      return columnWords(meaning, known);
    case 'change': {
      const change = Object.entries(CHANGES).find(([name]) => name === meaning.name)?.[1];
      return change === undefined ? null : plain(change.signature, change.summary);
    }
    case 'target':
      return plain(meaning.name, TARGETS[meaning.name]);
    default:
      return partWords(meaning, known);
  }
}

const INPUTS = {
  none: 'a model alone',
  example: 'one example',
  data: 'a split or a slice',
  either: 'an example, a split or a slice',
} as const;

/** Parts of the project: models, layers, units, data. */
function partWords(
  meaning: Extract<Meaning, { kind: 'model' | 'layer' | 'unit' | 'data' | 'split' }>,
  known: EditorContext,
): Words | null {
  const { side } = meaning;
  switch (meaning.kind) {
    case 'layer':
    case 'unit': {
      const name = meaning.kind === 'layer' ? meaning.name : meaning.layer;
      const layer = layerOf(name, side, known);
      if (meaning.kind === 'layer' && layer?.name !== name) return groupWords(name, modelOf(side, known));
      if (layer === null) return null;
      const facts = [
        `puts out ${shapeText(layer.outputShape.slice(1))}`,
        `${layer.params.toLocaleString('en')} parameters`,
      ];
      if (meaning.kind === 'layer')
        return plain(name, `${layer.type} of ${modelOf(side, known)?.name}.`, ...facts);
      const whole = layer.units === null ? '' : `, one of ${layer.units}`;
      return plain(`${name}#${meaning.unit}`, `Unit ${meaning.unit} of ${name}${whole}.`);
    }
    case 'model': {
      const model = modelOf(side, known);
      const bound = meaning.name === 'f' && !meaning.quoted;
      if (model === null) return bound ? plain('f', BOUND.f, 'none yet') : null;
      const steps = model.checkpoints.map(({ step }) => step);
      return plain(
        bound ? `f is ${known.bindings.f}` : model.name,
        `${model.graph.layers.length} layers, ${model.graph.params.toLocaleString('en')} parameters.`,
        `takes ${model.inputs.map(({ shape }) => shapeText(shape.slice(1))).join(' and ')}`,
        steps.length === 0
          ? 'no checkpoint yet'
          : `${steps.length} checkpoints, up to step ${Math.max(...steps)}`,
      );
    }
    case 'data':
      return dataWords(meaning, known);
    case 'split': {
      const dataset = datasetOf(side, known);
      const split = dataset?.splits.find(({ name }) => name === meaning.name);
      return split === undefined
        ? null
        : plain(`${dataset?.name}.${split.name}`, `A split of ${dataset?.name}, ${split.size} examples.`);
    }
  }
}

function groupWords(name: string, model: CatalogModel | null): Words | null {
  const group = model === null ? undefined : groupsOf(model.graph).get(name);
  if (model === null || group === undefined) return null;
  const { layers, outputs, params } = group;
  const [output] = outputs;
  const told =
    outputs.length === 1
      ? `; its output is that of ${output}`
      : ` with ${outputs.length} outputs: ${outputs.slice(0, 8).join(', ')}`;
  return plain(
    name,
    `Group of ${layers.length} layers of ${model.name}${told}.`,
    `${params.toLocaleString('en')} parameters`,
  );
}

function dataWords({ name, quoted }: Extract<Meaning, { kind: 'data' }>, known: EditorContext): Words | null {
  const { bindings } = known;
  if (!quoted && (name === 'x' || name === "x'" || name === 'data'))
    return plain(name, BOUND[name], bindings[name] ?? 'none yet');
  const { slices } = bindings;
  if (!quoted && slices !== undefined && Object.hasOwn(slices, name))
    return plain(name, 'A slice that the board has saved.', slices[name] ?? '');
  const dataset = datasetNamed(name, known);
  if (dataset === null) return null;
  const { classes, columns, splits } = dataset;
  return plain(
    dataset.name,
    `Data set of ${shapeText(dataset.shape)}${classes.length === 0 ? ', not labelled' : `, ${classes.length} classes`}.`,
    splits.map((split) => `${split.name} ${split.size}`).join(', '),
    ...(columns.length === 0 ? [] : [`columns ${columns.join(', ')}`]),
  );
}

function columnWords(
  { name, stored, side }: Extract<Meaning, { kind: 'column' }>,
  known: EditorContext,
): Words | null {
  const own = ownColumn({ name, stored });
  if (own !== null) return plain(name, own.summary);
  const dataset = datasetOf(side, known);
  return dataset?.columns.includes(name) ? plain(name, `A column of ${dataset.name}.`) : null;
}
