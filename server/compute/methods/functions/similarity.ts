import { printName } from '../../../../core/address/index.ts';
import { UserError } from '../../../../core/errors/index.ts';
import type { QueryPlan } from '../../contract.ts';
import { type Examples, thin } from '../../data/examples.ts';
import type { MethodContext } from '../../inference/context.ts';
import { originOf } from '../../inference/origin.ts';
import {
  alignmentBytes,
  type BrokenRepresentation,
  type LayerGroup,
  linearCka,
  mostExamples,
} from '../../measures/cka.ts';
import { featuresOf } from '../../measures/nearest.ts';
import { f32, type Method } from '../method.ts';

type Model = QueryPlan['model'];
/** Groups without examples: what is compared, before it is known on how many. */
type Compared = { readonly address: string; readonly group: Omit<LayerGroup, 'examples'> };

/** Examples that are asked about at most: those of the split, up to the limit. */
function askedOf({ query: { input, limit = Number.POSITIVE_INFINITY }, data }: QueryPlan): number {
  const split = input !== undefined && 'split' in input ? input.split : undefined;
  const asked = (data?.manifest.splits ?? []).filter(({ name }) => split === undefined || name === split);
  return Math.min(limit, Math.max(0, ...asked.map(({ size }) => size)));
}

/** Linear CKA of layers with layers, of two models' layers, or of one layer's checkpoints; 1 is the same up to rotation and scale. */
export const method: Method = {
  version: '2',
  reading:
    'Each cell compares two representations of the same examples: 1 means the same but for rotation and scale, 0 nothing in common.',
  bytes: (plan) => {
    const features = (of: QueryPlan) => wantedLayers(of).map((l) => featuresOf(of, l));
    const copies = overCheckpoints(plan) ? (plan.checkpoints?.length ?? 1) : 1;
    const all = [...repeat(features(plan), copies), ...(plan.joined ? features(plan.joined) : [])];
    return alignmentBytes(all, Math.min(mostExamples(all), askedOf(plan)));
  },
  async run(context) {
    const { plan } = context;
    const asked = await context.examples();
    const right = context.right();
    const other = right ? await sameExamples(asked, right) : null;
    const left = overCheckpoints(plan) ? checkpointsOf(context) : [layersOf(context)];
    const compared = right ? [...left, layersOf(right)] : left;
    const features = compared.flatMap(({ group }) => group.layers.map((l) => l.features));
    const most = mostExamples(features);
    const n = Math.min(most, asked.indices.length);
    if (n < 2)
      throw new UserError(
        'invalid',
        `similarity() compares how examples vary, ${asked.address} has ${n}; it needs at least two`,
      );
    const groups = compared.map(({ group }, i) => ({
      ...group,
      examples: thin(other && i === compared.length - 1 ? other : asked, n),
    }));
    const found = await linearCka(context, groups);
    const names = compared.flatMap(({ address, group }) =>
      group.layers.map((l) => `${address}/${printName(l.name)}`),
    );
    const [rows, columns] = sides(names, compared, right !== null, plan);
    const values = Float32Array.from(
      rows.flatMap((i) => columns.map((j) => found.values[i * found.size + j]!)),
    );
    const widest = Math.max(...features);
    const warnings: string[] = [];
    if (n < asked.indices.length)
      warnings.push(
        `${n} of ${asked.indices.length} examples, evenly spaced: every pair of them is compared.`,
      );
    if (widest > n)
      warnings.push(
        `A layer has ${widest} outputs, more than the ${n} examples: unrelated layers look more alike than they are. Ask of more examples where there are some.`,
      );
    if (found.constant.length > 0)
      warnings.push(
        `The same for all examples, so not a number: ${found.constant.map((i) => names[i]).join(', ')}.`,
      );
    if (found.broken.length > 0) warnings.push(await brokenWarning(context, found.broken, names, groups, n));
    return {
      type: 'similarity',
      title: titleOf(plan, right, asked),
      axes: [
        { name: 'row', size: rows.length, labels: rows.map((i) => names[i]!) },
        { name: 'column', size: columns.length, labels: columns.map((j) => names[j]!) },
      ],
      tensors: { values: f32(values, [rows.length, columns.length], ['row', 'column']) },
      record: {
        rows: rows.map((i) => names[i]!),
        columns: columns.map((j) => names[j]!),
        over: right ? 'models' : overCheckpoints(plan) ? 'checkpoints' : 'layers',
      },
      n,
      warnings,
      method: 'linear CKA',
    };
  },
};

/** Representations that are no number on some example, and where the first of them began. */
async function brokenWarning(
  context: MethodContext,
  broken: readonly BrokenRepresentation[],
  names: readonly string[],
  groups: readonly LayerGroup[],
  n: number,
): Promise<string> {
  const told = broken.map(({ representation, examples }) => `${names[representation]} (${examples} of ${n})`);
  const { representation, first } = broken[0]!;
  let before = 0;
  const group = groups.find(({ layers }) => {
    before += layers.length;
    return representation < before;
  })!;
  const model = { ...context.plan.model, manifest: group.manifest };
  const source = { ...context, plan: { ...context.plan, model } };
  const origin = await originOf(source, await group.load(), group.examples, first);
  return `Not finite on some examples, so not a number: ${told.join(', ')}. ${origin}`;
}

/** The layers that are named, all where none is. */
function wantedLayers({ query, model }: QueryPlan): string[] {
  const { what } = query;
  const named = what.kind === 'call' ? what.args.flatMap((a) => (a.kind === 'layer' ? [a.layer] : [])) : [];
  const known = model.manifest.graph.layers.map((l) => l.name);
  for (const layer of named)
    if (!known.includes(layer))
      throw new UserError('invalid', `no layer ${layer}; this model has ${known.join(', ')}`);
  return named.length > 0 ? named : known;
}

const namedCount = ({ query: { what } }: QueryPlan): number => (what.kind === 'call' ? what.args.length : 0);

/** similarity(l) alone is about the layer's checkpoints. */
const overCheckpoints = (plan: QueryPlan): boolean => namedCount(plan) === 1 && !plan.joined;

const repeat = (values: readonly number[], times: number): number[] =>
  Array.from({ length: times }, () => values).flat();

function layersOf(context: MethodContext): Compared {
  const { plan } = context;
  const layers = wantedLayers(plan).map((name) => ({ name, features: featuresOf(plan, name) }));
  return {
    address: plan.model.address,
    group: { manifest: plan.model.manifest, layers, load: () => context.model() },
  };
}

function checkpointsOf(context: MethodContext): Compared[] {
  const { plan } = context;
  const layers = wantedLayers(plan).map((name) => ({ name, features: featuresOf(plan, name) }));
  const checkpoints: readonly Model[] = plan.checkpoints ?? [plan.model];
  return checkpoints.map((model, i) => ({
    address: model.address,
    group: {
      manifest: model.manifest,
      layers,
      load: () => (plan.checkpoints ? context.checkpoint(i) : context.model()),
    },
  }));
}

/** Rows and columns among all representations. */
function sides(
  names: readonly string[],
  compared: readonly Compared[],
  joined: boolean,
  plan: QueryPlan,
): [number[], number[]] {
  const all = names.map((_, i) => i);
  if (joined) {
    const first = all.length - (compared.at(-1)?.group.layers.length ?? 0);
    return [all.slice(0, first), all.slice(first)];
  }
  return namedCount(plan) === 2 ? [[0], [all.length - 1]] : [all, all];
}

/** Throws UserError('invalid') unless the right side is about the same examples in the same order. */
async function sameExamples(left: Examples, right: MethodContext): Promise<Examples> {
  const other = await right.examples();
  const same =
    other.split.dataset.hash === left.split.dataset.hash &&
    other.split.name === left.split.name &&
    other.indices.length === left.indices.length &&
    other.indices.every((index, i) => index === left.indices[i]);
  if (!same)
    throw new UserError(
      'invalid',
      `similarity() compares what two models say of the same examples; the left side is about ${left.address} (${left.indices.length}), the right one about ${other.address} (${other.indices.length})`,
    );
  return other;
}

function titleOf(plan: QueryPlan, right: MethodContext | null, examples: Examples): string {
  const layers = namedCount(plan) > 0 ? wantedLayers(plan).join(' and ') : 'all layers';
  const { address } = plan.model;
  const of = right
    ? `layers of ${address} and ${right.plan.model.address}`
    : overCheckpoints(plan)
      ? `${layers} at the checkpoints of ${address.replace(/@.*$/, '')}`
      : `${layers} of ${address}`;
  return `Similarity (linear CKA) of ${of} on ${examples.address}`;
}
