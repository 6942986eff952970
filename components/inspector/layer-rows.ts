/** The list of a model's layers as rows: groups that are closed or open, and layers with their names as seen from there. */
import { type Group, groupsAround, groupsOf } from '@/core/algebra/index.ts';
import type { Model } from '@/core/api/index.ts';
import { matchingLayers } from './search.ts';

export interface LayerRow {
  /** Of the layer or the group: what its address is made of. */
  readonly name: string;
  readonly label: string;
  /** Open groups around it. */
  readonly depth: number;
  readonly group?: Group;
  readonly layer?: Model['graph']['layers'][number];
}

/** Rows that are shown at first, at most, where groups can be closed. */
const MOST_AT_FIRST = 40;

/** A group of one layer is shown as that layer, one that is not a step of the model not at all. */
const isShown = (group: Group | undefined): group is Group =>
  group?.whole === true && group.layers.length > 1;

/** Rows while nothing is searched for; what is found by a search stands in no groups, with its whole name. */
export function rowsOf(model: Model, search: string, open: ReadonlySet<string>): LayerRow[] {
  if (search.trim() !== '')
    return matchingLayers(model, search).map((layer) => ({
      ...{ name: layer.name, label: layer.name, depth: 0, layer },
    }));
  const groups = groupsOf(model.graph);
  const rows: LayerRow[] = [];
  const begun = new Set<string>();
  for (const layer of model.graph.layers) {
    const around = groupsAround(layer).flatMap((name) => {
      const group = groups.get(name);
      return isShown(group) ? [group] : [];
    });
    const closed = around.findIndex(({ name }) => !open.has(name));
    const heads = closed < 0 ? around : around.slice(0, closed + 1);
    for (const [depth, group] of heads.entries()) {
      if (begun.has(group.name)) continue;
      begun.add(group.name);
      rows.push({ name: group.name, label: within(group.name, heads[depth - 1]), depth, group });
    }
    if (closed >= 0) continue;
    rows.push({ name: layer.name, label: within(layer.name, around.at(-1)), depth: around.length, layer });
  }
  return rows;
}

/** All groups of as many levels as leave the list short. */
export function openAtFirst(model: Model): ReadonlySet<string> {
  const groups = [...groupsOf(model.graph).values()].filter(isShown);
  const depth = (group: Group): number => group.name.split('/').length;
  let open: ReadonlySet<string> = new Set();
  for (let level = 1; ; level++) {
    const next = new Set(groups.filter((group) => depth(group) <= level).map(({ name }) => name));
    if (next.size === open.size && level > Math.max(0, ...groups.map(depth))) return open;
    if (rowsOf(model, '', next).length > MOST_AT_FIRST) return open;
    open = next;
  }
}

function within(name: string, around: Group | undefined): string {
  return around !== undefined && name.startsWith(`${around.name}/`)
    ? name.slice(around.name.length + 1)
    : name;
}
