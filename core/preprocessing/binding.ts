/** Which array, columns or constant each input of a model is given: by name, else by shape, else somebody is asked. */

import type { GraphRecord } from '../artifacts/graph.ts';
import type { FurtherArray } from '../artifacts/index.ts';
import { type InputFacts, inputFacts } from './input.ts';
import { fitOf, shapeText } from './layout.ts';
import { proposedLayout, type Stored } from './propose.ts';
import { AS_STORED, type InputChoice, type Source } from './spec.ts';

/** What binding knows of a model. */
export interface BindingModel {
  readonly name: string;
  readonly graph: GraphRecord;
  /** Shapes with the batch axis first. */
  readonly inputs: readonly { readonly name: string; readonly shape: readonly (number | null)[] }[];
}
/** What binding knows of a data set; without `arrays` it holds one. */
export interface BindingData {
  readonly name: string;
  readonly shape: readonly number[];
  readonly columns: readonly string[];
  readonly main?: string | undefined;
  readonly arrays?: readonly FurtherArray[] | undefined;
}
export interface BoundInput {
  readonly name: string;
  readonly wanted: readonly (number | null)[];
  readonly facts: InputFacts;
  readonly source: Source;
  /** Shape of what an example has there. */
  readonly shape: readonly number[];
}
export type Binding =
  /** The input that answers show comes first. */
  | { readonly fits: true; readonly inputs: readonly BoundInput[]; readonly told: readonly string[] }
  | { readonly fits: false; readonly problem: string };

type Choices = Readonly<Record<string, InputChoice>> | undefined;
interface Asked extends Omit<BoundInput, 'source' | 'shape'> {
  readonly at: number;
}
interface Found {
  readonly source: Source;
  readonly why: string;
}
interface Candidate {
  readonly name: string;
  readonly shape: readonly number[];
}

/** What the first array of a data set is called where its file does not say. */
export const MAIN = 'x';
const WHERE = 'under Preprocessing of this model and this data set';

/** Inputs that have an evident value where the data have none for them. */
const CONSTANTS: readonly (readonly [RegExp, Source, string])[] = [
  [/^((attention|padding|input)_?)?mask$/, { kind: 'constant', value: 1 }, 'ones: every place counts'],
  [/^(token_?type|segment)_?ids$/, { kind: 'constant', value: 0 }, 'zeros: all is one segment'],
  [/^position_?ids$/, { kind: 'positions' }, 'the places counted from 0'],
];

export const arraysOf = ({ main = MAIN, shape, arrays = [] }: Omit<BindingData, 'name' | 'columns'>) => [
  { name: main, shape },
  ...arrays,
];

/** Names are compared without what frameworks put around them: "serving_default_x:0", "x_input". */
const bare = (name: string): string =>
  name
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/^serving_default_/, '')
    .replace(/(?<=.)_input$/, '');

export function bindInputs(model: BindingModel, data: BindingData, choices: Choices): Binding {
  const strange = Object.keys(choices ?? {}).find(
    (name) => !model.inputs.some((input) => input.name === name),
  );
  if (strange !== undefined)
    return {
      fits: false,
      problem: `${model.name} has no input ${strange}; its inputs are ${model.inputs.map(({ name }) => name).join(', ')}`,
    };
  const asked = model.inputs.map(
    ({ name, shape }, at): Asked => ({
      ...{ name, at, wanted: shape.slice(1) },
      facts: inputFacts(model.graph, at),
    }),
  );
  const found = new Map<string, Found>();
  for (const { name } of asked) {
    const chosen = choices?.[name]?.source;
    if (chosen) found.set(name, { source: chosen, why: 'chosen by a member of the project' });
  }
  const several = asked.length > 1 || data.arrays !== undefined;
  if (!several && found.size === 0)
    return { fits: true, told: [], inputs: asked.map((input) => boundTo(input, mainOf(data), data, [])) };
  bindByName(asked, data, found);
  bindToConstants(asked, data, found);
  const problem = bindByShape(model, asked, data, found);
  if (problem !== null) return { fits: false, problem };
  return finish(model, asked, data, found);
}

const mainOf = ({ main = MAIN }: BindingData): Source => ({ kind: 'array', name: main });

function bindByName(asked: readonly Asked[], data: BindingData, found: Map<string, Found>): void {
  for (const input of asked) {
    if (found.has(input.name)) continue;
    const array = arraysOf(data).find(({ name }) => bare(name) === bare(input.name));
    const columns = array ? null : columnsFor(input, data);
    if (array) found.set(input.name, { source: { kind: 'array', name: array.name }, why: 'by its name' });
    else if (columns)
      found.set(input.name, { source: { kind: 'columns', names: [...columns] }, why: 'by name' });
  }
}

/** Masks and the like, where the data have nothing that is called so. */
function bindToConstants(asked: readonly Asked[], data: BindingData, found: Map<string, Found>): void {
  for (const { name } of asked) {
    const [pattern, source, words] = CONSTANTS.find(([each]) => each.test(bare(name))) ?? [];
    if (found.has(name) || !pattern || !source) continue;
    const array = arraysOf(data).find((each) => pattern.test(bare(each.name)));
    if (array) found.set(name, { source: { kind: 'array', name: array.name }, why: 'by its name' });
    else found.set(name, { source, why: `${words}, as the data have none` });
  }
}

/** One column of the input's name, or a_0, a_1, ... for an input a of as many numbers. */
function columnsFor({ name, wanted }: Asked, { columns }: BindingData): readonly string[] | null {
  const own = columns.find((column) => bare(column) === bare(name));
  const size = wanted.reduce<number>((product, axis) => product * (axis ?? 1), 1);
  if (own !== undefined && size === 1) return [own];
  const group = columns.filter((column) =>
    new RegExp(`^${escaped(bare(name))}_\\d+$`).test(column.toLowerCase()),
  );
  if (group.length === 0 || (size !== group.length && wanted[0] !== null)) return null;
  const place = (column: string) => Number(/\d+$/.exec(column)?.[0]);
  const ordered = group.toSorted((a, b) => place(a) - place(b));
  return ordered;
}
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Whether the shape is the one that is wanted; a flattened picture, or axes that are moved, are less than that. */
function fitness({ shape }: Candidate, { wanted, facts }: Asked): 'as it is' | 'changed' | null {
  const fit = fitOf(shape, wanted, AS_STORED.layout);
  if (fit.fits && fit.told.length === 0) return 'as it is';
  if (fit.fits || proposedLayout({ shape }, facts, wanted)) return 'changed';
  return null;
}

function bindByShape(
  model: BindingModel,
  asked: readonly Asked[],
  data: BindingData,
  found: Map<string, Found>,
): string | null {
  const taken = new Set(
    [...found.values()].flatMap(({ source }) => (source.kind === 'array' ? [source.name] : [])),
  );
  const free = arraysOf(data).filter(({ name }) => !taken.has(name));
  const open = asked.filter(({ name }) => !found.has(name));
  for (const input of open) {
    const fitting = (how: string) => free.filter((array) => fitness(array, input) === how);
    const exact = fitting('as it is');
    const fit = exact.length > 0 ? exact : fitting('changed');
    const [only] = fit;
    // The only input says best itself what does not fit it.
    if (asked.length === 1 && fit.length !== 1) {
      found.set(input.name, { source: mainOf(data), why: 'the first array' });
      continue;
    }
    if (!only)
      return `${model.name} has the input ${input.name} (${shapeText(input.wanted)}), and nothing in ${data.name} fits it: it has ${inventory(data)}. Save an array of that name and shape with the data, or choose what it is given ${WHERE}`;
    const rivals = open.filter((other) => other !== input && fitness(only, other) !== null);
    const rival = rivals.find((other) => exact.length === 0 || fitness(only, other) === 'as it is');
    if (fit.length > 1 || rival)
      return `${model.name} has the input ${input.name} (${shapeText(input.wanted)}), and it cannot be told which array of ${data.name} it is given: ${fit.length > 1 ? `${fit.map(named).join(' and ')} fit` : `${named(only)} also fits the input ${rival?.name ?? ''}`}. Name the arrays like the inputs, or choose for each ${WHERE}`;
    found.set(input.name, { source: { kind: 'array', name: only.name }, why: 'by its shape' });
  }
  return null;
}

const named = ({ name, shape }: Candidate): string => `${name} (${shapeText(shape)})`;
function inventory(data: BindingData): string {
  const columns = data.columns.length === 0 ? '' : `, and the columns ${data.columns.slice(0, 8).join(', ')}`;
  return `${arraysOf(data).map(named).join(', ')}${columns}`;
}

function finish(
  model: BindingModel,
  asked: readonly Asked[],
  data: BindingData,
  found: ReadonlyMap<string, Found>,
): Binding {
  const sources = new Map([...found].map(([name, { source }]) => [name, source]));
  for (const [name, source] of sources) {
    const problem = missing(source, data);
    if (problem !== null)
      return {
        fits: false,
        problem: `${model.name}, input ${name}: ${problem}; ${data.name} has ${inventory(data)}`,
      };
  }
  const sourceOf = ({ name }: Asked): Source => sources.get(name) ?? mainOf(data);
  const lengths = asked.find((input) => sourceOf(input).kind === 'array');
  const like = lengths ? shapeOf(sourceOf(lengths), lengths, data, []) : [];
  const inputs = asked.map((input) => boundTo(input, sourceOf(input), data, like));
  const shown =
    inputs.find(({ source, shape }) => source.kind === 'array' && shape.length > 1) ??
    inputs.find(({ source }) => source.kind === 'array') ??
    inputs[0];
  return {
    fits: true,
    inputs: inputs.toSorted((a, b) => Number(b === shown) - Number(a === shown)),
    told:
      asked.length === 1 && data.arrays === undefined
        ? []
        : asked.map(
            (input) =>
              `${input.name} is given ${sourceText(sourceOf(input))} (${found.get(input.name)?.why ?? ''}).`,
          ),
  };
}

export function sourceText(source: Source): string {
  switch (source.kind) {
    case 'array':
      return `the array ${source.name}`;
    case 'columns':
      return `${source.names.length === 1 ? 'the column' : 'the columns'} ${source.names.join(', ')}`;
    case 'constant':
      return `${source.value} everywhere`;
    case 'positions':
      return 'its places, counted from 0';
  }
}

/** What the data have that an input could be given. */
export function sourceOptions({ name, shape }: BindingModel['inputs'][number], data: BindingData): Source[] {
  const wanted = shape.slice(1);
  const fits = (own: readonly number[]) => fitOf(own, wanted, AS_STORED.layout).fits;
  const constant = CONSTANTS.find(([pattern]) => pattern.test(bare(name)));
  return [
    ...arraysOf(data)
      .filter((array) => fits(array.shape))
      .map((array): Source => ({ kind: 'array', name: array.name })),
    ...data.columns.filter(() => fits([1])).map((column): Source => ({ kind: 'columns', names: [column] })),
    ...(constant ? [constant[1]] : []),
  ];
}

function missing(source: Source, data: BindingData): string | null {
  if (source.kind === 'array' && !arraysOf(data).some(({ name }) => name === source.name))
    return `there is no array ${source.name}`;
  const column =
    source.kind === 'columns' ? source.names.find((name) => !data.columns.includes(name)) : undefined;
  return column === undefined ? null : `there is no column ${column}`;
}

function boundTo(input: Asked, source: Source, data: BindingData, like: readonly number[]): BoundInput {
  const { name, wanted, facts } = input;
  return { name, wanted, facts, source, shape: shapeOf(source, input, data, like) };
}

/** `like`: sizes of an array beside it, for what the model leaves open and the source does not tell. */
function shapeOf(
  source: Source,
  { wanted }: Asked,
  data: BindingData,
  like: readonly number[],
): readonly number[] {
  if (source.kind === 'array')
    return arraysOf(data).find(({ name }) => name === source.name)?.shape ?? data.shape;
  if (source.kind === 'columns') return [source.names.length];
  return wanted.map((size, at) => size ?? like[at] ?? 1);
}

/** The array that a source names, as it is stored; `data` itself where it is the first. */
export function storedOf<T extends Stored & BindingData>(data: T, { source, shape }: BoundInput): Stored {
  const { importer, classes } = data;
  const plain = { ...(importer ? { importer } : {}), classes, declaredScale: null, shape: [...shape] };
  if (source.kind !== 'array') return { ...plain, dtype: 'F32', range: null };
  const further = data.arrays?.find(({ name }) => name === source.name);
  return further ? { ...plain, dtype: further.dtype, range: further.range } : data;
}
