/** How often a question asks the model: forward passes of one example, of which a gradient costs three. */
import { operandsOf, ownColumn } from '../../address/index.ts';
import { changePasses } from '../dictionary/changes.ts';
import { FUNCTIONS, methodsOf } from '../dictionary/functions.ts';
import { METHODS } from '../dictionary/methods.ts';
import type { CatalogDataset, CatalogModel } from '../project/catalog.ts';
import { type Features, featuresOf, pictureOf } from '../project/features.ts';
import { keyOperand } from '../syntax/keys.ts';
import type { Query, Using } from '../syntax/tree.ts';

export interface Asked {
  readonly model: CatalogModel;
  readonly dataset: CatalogDataset;
  /** Examples of the split, and those that are asked about at most. */
  readonly size: number;
  readonly chosen: number;
}

/** Of one side of a query, its condition and its run without changes included. */
export function passesOf(query: Query, asked: Asked): number {
  const once = ownPasses(query, asked) + attackPasses(query, asked.chosen);
  const before = query.changes !== undefined && query.join === undefined ? ownPasses(query, asked) : 0;
  return conditionPasses(query, asked.size) + once + before;
}

/** Passes over the split that the condition and the order need. */
export function conditionPasses({ input, orderBy }: Query, size: number): number {
  const layers = new Set<string>();
  if (orderBy !== undefined) {
    const key = keyOperand(orderBy.key);
    if (key.kind === 'activation') layers.add(key.layer);
    else if (ownColumn(key)?.asks != null) layers.add('');
  }
  let others = 0;
  for (const operand of input?.kind === 'slice' ? operandsOf(input.where) : []) {
    if ('layer' in operand) layers.add(operand.layer);
    else if (operand.kind === 'column' && ownColumn(operand)?.asks != null) layers.add('');
    if (operand.kind === 'distance') others++;
  }
  return layers.size * size + others;
}

/** True for answers that are made of the data or the files alone. */
export function asksNoModel({ what, join }: Query): boolean {
  if (what.kind !== 'call') return false;
  const counted = { examples: 1, checkpoints: 1, args: what.args.length, joined: join !== undefined };
  return FUNCTIONS[what.name].passes(counted) === 0;
}

function ownPasses(query: Query, { model, dataset, chosen }: Asked): number {
  const { what, using, join } = query;
  if (what.kind === 'call')
    return FUNCTIONS[what.name].passes({
      examples: chosen,
      checkpoints: model.checkpoints.length,
      args: what.args.length,
      joined: join !== undefined,
    });
  const features = featuresOf(query, model, dataset);
  return features === null ? 0 : chosen * evaluations(using, features, dataset);
}

/** Changes that climb the loss do so at each example. */
const attackPasses = ({ changes }: Query, chosen: number): number =>
  (changes ?? []).reduce((sum, change) => sum + chosen * changePasses(change), 0);

/** Of one example; the target at the example and at the baseline included. */
function evaluations(using: Using | undefined, features: Features, dataset: CatalogDataset): number {
  const [standard = 'ig'] = methodsOf(null);
  const { params, passes } = METHODS[using?.method ?? standard];
  const value = (name: string): number => {
    const given = using?.params[name] ?? params.find((p) => p.name === name)?.default;
    return typeof given === 'number' ? given : 1;
  };
  const windowsOf = (size: number, stride: number): number => windows(features, dataset, size, stride);
  return 2 + passes({ players: features.players, value, windows: windowsOf });
}

/** Windows that fit; where features have no neighbours each is covered alone. */
function windows(features: Features, dataset: CatalogDataset, window: number, stride: number): number {
  const { place, shape, players } = features;
  const picture =
    place === 'input' ? pictureOf(dataset.shape) !== null : place === 'layer' && shape.length > 1;
  if (!picture) return players;
  const places = place === 'input' ? shape.slice(0, 2) : shape.slice(0, -1);
  const starts = (size: number): number => Math.ceil(Math.max(0, size - window) / stride) + 1;
  const each = places.reduce<number>((product, size) => product * starts(size ?? 1), 1);
  return place === 'input' ? each : each * (shape.at(-1) ?? 1);
}
