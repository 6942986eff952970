/** Groups of layers in the drawing: a closed one is a box, an open one a frame around what is in it. */
import { type Group, groupsAround, groupsOf } from '@/core/algebra/index.ts';
import type { GraphRecord } from '@/core/result/types.ts';
import { fold, MIN_REPEATS } from './fold.ts';

type Layer = GraphRecord['layers'][number];

export interface Grouped {
  /** Boxes of layers, and of closed groups, whose type says how many layers they hold. */
  readonly graph: GraphRecord;
  /** The box of each layer: its own, or that of the closed group that it is in. */
  readonly shownAs: ReadonlyMap<string, string>;
  /** Closed groups by the name of their box. */
  readonly closed: ReadonlyMap<string, Group>;
  /** Open groups around each box, outermost first. */
  readonly within: ReadonlyMap<string, readonly string[]>;
}

/** Boxes that are drawn at first, at most, where groups can be closed. */
const MOST_AT_FIRST = 48;

/** A group of one layer is drawn as that layer, one that is not a step of the model not at all. */
const isDrawn = (group: Group | undefined): group is Group =>
  group?.whole === true && group.layers.length > 1;

/** By level, outermost first. */
function levelsOf(record: GraphRecord): Group[][] {
  const groups = groupsOf(record);
  const levels: Group[][] = [];
  const depths = new Map<string, number>();
  for (const group of groups.values()) {
    const depth = group.parent === null ? 0 : (depths.get(group.parent) ?? 0) + 1;
    depths.set(group.name, depth);
    if (isDrawn(group)) levels[depth] = [...(levels[depth] ?? []), group];
  }
  return levels.filter((level) => level !== undefined);
}

/**
 * As many levels as leave the drawing readable once repeated blocks are folded; a level of one group says nothing and is
 * opened in any case. Of equal groups in one group the first is opened, for all.
 */
export function openAtFirst(record: GraphRecord): ReadonlySet<string> {
  const layers = new Map(record.layers.map((layer) => [layer.name, layer]));
  let open: ReadonlySet<string> = new Set();
  for (const level of levelsOf(record)) {
    const alike = new Map<string, Group[]>();
    for (const group of level) {
      const key = JSON.stringify([group.parent, contentsOf(group, layers)]);
      alike.set(key, [...(alike.get(key) ?? []), group]);
    }
    const shown = [...alike.values()].flatMap((same) =>
      same.length < MIN_REPEATS ? same : same.slice(0, 1),
    );
    const opened = shown.filter(({ parent }) => parent === null || open.has(parent));
    const next = new Set([...open, ...opened.map(({ name }) => name)]);
    const { graph, within } = grouped(record, next);
    if (opened.length > 1 && fold(graph, within).graph.layers.length > MOST_AT_FIRST) break;
    open = next;
  }
  return open;
}

/** All that can be opened. */
export const allGroups = (record: GraphRecord): ReadonlySet<string> =>
  new Set(levelsOf(record).flatMap((level) => level.map(({ name }) => name)));

export function grouped(record: GraphRecord, open: ReadonlySet<string>): Grouped {
  const groups = groupsOf(record);
  const layers = new Map(record.layers.map((layer) => [layer.name, layer]));
  const shownAs = new Map<string, string>();
  const closed = new Map<string, Group>();
  const within = new Map<string, readonly string[]>();
  const boxes: Layer[] = [];
  for (const layer of record.layers) {
    const around = groupsAround(layer).filter((name) => isDrawn(groups.get(name)));
    const at = around.findIndex((name) => !open.has(name));
    const group = groups.get(around[at] ?? '');
    if (!group) {
      shownAs.set(layer.name, layer.name);
      within.set(layer.name, around);
      boxes.push(layer);
      continue;
    }
    shownAs.set(layer.name, group.name);
    if (closed.has(group.name)) continue;
    closed.set(group.name, group);
    within.set(group.name, around.slice(0, at));
    boxes.push(boxOf(group, layers));
  }
  const seen = new Set<string>();
  const edges = record.edges.flatMap(({ from, to }) => {
    const edge = { from: shownAs.get(from) ?? from, to: shownAs.get(to) ?? to };
    const key = JSON.stringify(edge);
    if (edge.from === edge.to || seen.has(key)) return [];
    seen.add(key);
    return [edge];
  });
  return { graph: { ...record, layers: boxes, edges }, shownAs, closed, within };
}

const contentsOf = ({ layers: names }: Group, layers: ReadonlyMap<string, Layer>) =>
  names.flatMap((name) => {
    const layer = layers.get(name);
    return layer ? [[layer.type, layer.outputShape, layer.params]] : [];
  });

function boxOf(group: Group, layers: ReadonlyMap<string, Layer>): Layer {
  const inside = group.layers.flatMap((name) => layers.get(name) ?? []);
  const [output, ...more] = group.outputs;
  const out = output !== undefined && more.length === 0 ? layers.get(output) : undefined;
  return {
    ...{ name: group.name, type: `${inside.length} layers`, outputShape: out?.outputShape ?? [] },
    ...{ params: group.params, units: out?.units ?? null, weights: [] },
    trainableParams: inside.reduce((sum, { trainableParams }) => sum + trainableParams, 0),
    // Two groups are alike where what they hold is.
    config: { contents: contentsOf(group, layers) },
  };
}

/** A name as seen from the innermost open group around it. */
export function nameWithin(name: string, around: readonly string[]): string {
  const parent = around.at(-1);
  return parent !== undefined && name.startsWith(`${parent}/`) ? name.slice(parent.length + 1) : name;
}
