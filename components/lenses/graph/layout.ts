/** Where the boxes and edges of an architecture go. Board points; boxes have one size, whatever they hold. */
import type { ElkNode } from 'elkjs/lib/elk-api.js';
import type { GraphRecord } from '@/core/result/types.ts';

export const BOX = { w: 184, h: 44 };
export type Direction = 'down' | 'right';
export interface Box {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}
export interface Edge {
  readonly from: string;
  readonly to: string;
  /** Corners, ends included. */
  readonly points: readonly (readonly [number, number])[];
}
/** Around what an open group holds. */
export interface GroupFrame extends Box {
  readonly width: number;
  readonly height: number;
}
export interface Layout {
  readonly boxes: readonly Box[];
  readonly edges: readonly Edge[];
  /** Outer ones before inner ones. */
  readonly frames: readonly GroupFrame[];
  readonly width: number;
  readonly height: number;
}
/** Open groups around each box, outermost first. */
export type Nesting = ReadonlyMap<string, readonly string[]>;

/** Room for the name of an open group above what is in it. */
export const FRAME = { title: 24, side: 12 };

/** The architecture as ELK takes it: layered (Sugiyama et al. 1981), edges at right angles, open groups as nodes with nodes in them. */
export function toElk(graph: GraphRecord, direction: Direction, nesting: Nesting = new Map()): ElkNode {
  const known = new Set(graph.layers.map((l) => l.name));
  const root: ElkNode = {
    id: 'graph',
    layoutOptions: {
      'elk.algorithm': 'layered',
      'elk.direction': direction === 'down' ? 'DOWN' : 'RIGHT',
      'elk.edgeRouting': 'ORTHOGONAL',
      'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
      'elk.json.shapeCoords': 'ROOT',
      'elk.json.edgeCoords': 'ROOT',
      'elk.layered.spacing.nodeNodeBetweenLayers': '28',
      'elk.spacing.nodeNode': '24',
      'elk.spacing.edgeNode': '16',
      'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
      'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
      'elk.layered.nodePlacement.bk.fixedAlignment': 'BALANCED',
      'elk.padding': '[top=16,left=16,bottom=16,right=16]',
    },
    children: [],
  };
  const groups = new Map<string, ElkNode>();
  const inside = (around: readonly string[]): ElkNode => {
    let parent = root;
    for (const name of around) {
      const group = groups.get(name) ?? {
        id: GROUP + name,
        layoutOptions: {
          'elk.padding': `[top=${FRAME.title + 8},left=${FRAME.side},bottom=${FRAME.side},right=${FRAME.side}]`,
        },
        children: [],
      };
      if (!groups.has(name)) parent.children?.push(group);
      groups.set(name, group);
      parent = group;
    }
    return parent;
  };
  for (const { name } of graph.layers)
    inside(nesting.get(name) ?? []).children?.push({ id: name, width: BOX.w, height: BOX.h });
  const edges = graph.edges
    .filter((e) => known.has(e.from) && known.has(e.to) && e.from !== e.to)
    .map((e, i) => ({ id: `edge${i}`, sources: [e.from], targets: [e.to] }));
  return { ...root, edges };
}

/** Ids of open groups, apart from those of layers. */
const GROUP = '\0';

export function fromElk(root: ElkNode): Layout {
  const boxes: Box[] = [];
  const frames: GroupFrame[] = [];
  const read = (children: readonly ElkNode[]) => {
    for (const { id, x = 0, y = 0, width = 0, height = 0, children: inner } of children) {
      if (!inner || inner.length === 0) boxes.push({ name: id, x, y });
      else {
        frames.push({ name: id.slice(GROUP.length), x, y, width, height });
        read(inner);
      }
    }
  };
  read(root.children ?? []);
  return {
    ...{ boxes, frames },
    edges: (root.edges ?? []).map((edge) => ({
      from: edge.sources[0] ?? '',
      to: edge.targets[0] ?? '',
      points: (edge.sections ?? []).flatMap((section) =>
        [section.startPoint, ...(section.bendPoints ?? []), section.endPoint].map((p): [number, number] => [
          p.x,
          p.y,
        ]),
      ),
    })),
    width: root.width ?? 0,
    height: root.height ?? 0,
  };
}

const PITCH = { along: 28, across: 24, pad: 16 };
/**
 * Rows by longest path from the inputs: at once there, drawn until ELK answers, and when it cannot (a worker that the
 * browser refuses). A cycle, which no feed-forward network has, is broken where it is met.
 */
export function plainLayout(graph: GraphRecord, direction: Direction): Layout {
  const ranks = ranksOf(graph);
  const rows = new Map<number, string[]>();
  for (const { name } of graph.layers) {
    const rank = ranks.get(name) ?? 0;
    rows.set(rank, [...(rows.get(rank) ?? []), name]);
  }
  const down = direction === 'down';
  const [along, across] = down ? [BOX.h, BOX.w] : [BOX.w, BOX.h];
  const widest = Math.max(1, ...[...rows.values()].map((row) => row.length));
  const breadth = widest * across + (widest - 1) * PITCH.across;
  const boxes: Box[] = [];
  for (const [rank, names] of rows) {
    const used = names.length * across + (names.length - 1) * PITCH.across;
    for (const [i, name] of names.entries()) {
      const u = PITCH.pad + rank * (along + PITCH.along);
      const v = PITCH.pad + (breadth - used) / 2 + i * (across + PITCH.across);
      boxes.push(down ? { name, x: v, y: u } : { name, x: u, y: v });
    }
  }
  const byName = new Map(boxes.map((b) => [b.name, b]));
  const edges = graph.edges.flatMap((edge): Edge[] => {
    const [a, b] = [byName.get(edge.from), byName.get(edge.to)];
    if (!a || !b || a === b) return [];
    const start: [number, number] = down ? [a.x + BOX.w / 2, a.y + BOX.h] : [a.x + BOX.w, a.y + BOX.h / 2];
    const end: [number, number] = down ? [b.x + BOX.w / 2, b.y] : [b.x, b.y + BOX.h / 2];
    const middle = down ? end[1] - PITCH.along / 2 : end[0] - PITCH.along / 2;
    const bends: [number, number][] = down
      ? [
          [start[0], middle],
          [end[0], middle],
        ]
      : [
          [middle, start[1]],
          [middle, end[1]],
        ];
    const straight = down ? start[0] === end[0] : start[1] === end[1];
    return [{ from: edge.from, to: edge.to, points: straight ? [start, end] : [start, ...bends, end] }];
  });
  const depth = Math.max(0, ...rows.keys()) + 1;
  const length = depth * along + (depth - 1) * PITCH.along + 2 * PITCH.pad;
  const side = breadth + 2 * PITCH.pad;
  return { boxes, edges, frames: [], width: down ? side : length, height: down ? length : side };
}

function ranksOf(graph: GraphRecord): Map<string, number> {
  const before = new Map<string, string[]>();
  for (const { from, to } of graph.edges) before.set(to, [...(before.get(to) ?? []), from]);
  const ranks = new Map<string, number>();
  const open = new Set<string>();
  // By hand rather than by recursion: some models are thousands of layers deep.
  for (const { name } of graph.layers) {
    const stack = [name];
    while (stack.length > 0) {
      const at = stack.at(-1) ?? '';
      if (ranks.has(at)) {
        stack.pop();
        continue;
      }
      open.add(at);
      const inputs = before.get(at) ?? [];
      const waiting = inputs.filter((input) => !ranks.has(input) && !open.has(input));
      if (waiting.length > 0) {
        stack.push(...waiting);
        continue;
      }
      ranks.set(
        at,
        inputs.reduce((most, input) => Math.max(most, (ranks.get(input) ?? -1) + 1), 0),
      );
      open.delete(at);
      stack.pop();
    }
  }
  return ranks;
}

/** The box that an arrow key leads to: the nearest in a cone of 45° on that side, in boxes; null when there is none. */
export function boxBeside(boxes: readonly Box[], from: string, key: string): string | null {
  const here = boxes.find((b) => b.name === from);
  const ways: Readonly<Record<string, readonly [number, number]>> = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, -1],
    ArrowDown: [0, 1],
  };
  const way = ways[key];
  if (!here || !way) return null;
  let best: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const box of boxes) {
    if (box.name === from) continue;
    const [dx, dy] = [(box.x - here.x) / BOX.w, (box.y - here.y) / BOX.h];
    const ahead = dx * way[0] + dy * way[1];
    const aside = Math.abs(dx * way[1]) + Math.abs(dy * way[0]);
    if (ahead < 0.05 || aside > ahead) continue;
    const cost = ahead + aside / 2;
    if (cost < least) [best, least] = [box.name, cost];
  }
  return best;
}

/** Where the drawing begins: its first box. */
export function beginning({ boxes }: Layout, direction: Direction): Omit<GroupFrame, 'name'> {
  const along = ({ x, y }: Box) => (direction === 'down' ? y : x);
  const first = boxes.reduce<Box | null>((a, b) => (a === null || along(b) < along(a) ? b : a), null);
  return { x: first?.x ?? 0, y: first?.y ?? 0, width: BOX.w, height: BOX.h };
}

/** The least area that holds all the points. */
export function around(points: Edge['points']): Pick<GroupFrame, 'x' | 'y' | 'width' | 'height'> {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(1, Math.max(...xs) - x), height: Math.max(1, Math.max(...ys) - y) };
}

/** A path with rounded corners. */
export function edgePath(points: Edge['points'], radius = 5): string {
  const [first] = points;
  if (!first) return '';
  let path = `M${first[0]} ${first[1]}`;
  for (let i = 1; i < points.length; i++) {
    const [x, y] = points[i] ?? [0, 0];
    const next = points[i + 1];
    if (!next) {
      path += `L${x} ${y}`;
      continue;
    }
    const [px, py] = points[i - 1] ?? [0, 0];
    const r = Math.min(radius, Math.hypot(x - px, y - py) / 2, Math.hypot(next[0] - x, next[1] - y) / 2);
    const toward = (tx: number, ty: number): [number, number] => {
      const length = Math.hypot(tx - x, ty - y) || 1;
      return [x + ((tx - x) / length) * r, y + ((ty - y) / length) * r];
    };
    const [a, b] = [toward(px, py), toward(next[0], next[1])];
    path += `L${a[0]} ${a[1]}Q${x} ${y} ${b[0]} ${b[1]}`;
  }
  return path;
}
