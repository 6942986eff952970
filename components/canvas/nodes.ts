/** Board items as nodes of the canvas. A node whose inputs did not change is the same object, so it is not drawn again. */
import type { Node } from '@xyflow/react';
import type { BoardItem, Frame, Note, Unreadable, View } from '@/core/board/index.ts';

export type ViewNodeType = Node<{ item: View }, 'view'>;
export type NoteNodeType = Node<{ item: Note }, 'note'>;
export type UnreadableNodeType = Node<{ unreadable: Unreadable }, 'unreadable'>;
export type BoardNode = ViewNodeType | NoteNodeType | UnreadableNodeType;

export interface NodeInputs {
  readonly items: readonly BoardItem[];
  readonly selected: ReadonlySet<string>;
  /** Mine under way. */
  readonly local: Readonly<Record<string, Frame>>;
  /** Others' under way. */
  readonly remote: Readonly<Record<string, Frame>>;
  readonly editable: boolean;
  /** Name for assistive technology. */
  label(item: BoardItem): string;
}

interface CachedNode {
  readonly item: BoardItem;
  readonly frame: Frame;
  readonly selected: boolean;
  readonly editable: boolean;
  readonly remote: boolean;
  readonly label: string;
  readonly z: number;
  readonly node: BoardNode;
}

/** A maker remembers what it made. */
export function nodeMaker(): (inputs: NodeInputs) => BoardNode[] {
  let cached = new Map<string, CachedNode>();
  return ({ items, selected, local, remote, editable, label }) => {
    const next = new Map<string, CachedNode>();
    for (const [z, item] of items.entries()) {
      const frame = local[item.id] ?? remote[item.id] ?? item.frame;
      const inputs = {
        item,
        frame,
        selected: selected.has(item.id),
        editable,
        remote: local[item.id] === undefined && remote[item.id] !== undefined,
        label: label(item),
        z,
      };
      const old = cached.get(item.id);
      next.set(item.id, old && same(old, inputs) ? old : { ...inputs, node: makeNode(inputs) });
    }
    cached = next;
    return [...next.values()].map((made) => made.node);
  };
}

/** Of items that cannot be shown and lie on the canvas: nobody can choose or move them, only read what they hold. */
export function unreadableNodes(items: readonly Unreadable[]): UnreadableNodeType[] {
  return items.flatMap((unreadable): UnreadableNodeType[] => {
    const { id, frame } = unreadable;
    if (frame === null) return [];
    return [
      {
        ...{ id, type: 'unreadable', data: { unreadable } },
        ...{ position: { x: frame.x, y: frame.y }, width: frame.w, height: frame.h },
        ...{ selectable: false, draggable: false, connectable: false, deletable: false, focusable: false },
      },
    ];
  });
}

function same(old: CachedNode, now: Omit<CachedNode, 'node'>): boolean {
  return (
    old.item === now.item &&
    old.frame === now.frame &&
    old.selected === now.selected &&
    old.editable === now.editable &&
    old.remote === now.remote &&
    old.label === now.label &&
    old.z === now.z
  );
}

function makeNode({
  item,
  frame,
  selected,
  editable,
  remote,
  label,
  z,
}: Omit<CachedNode, 'node'>): BoardNode {
  const base = {
    id: item.id,
    position: { x: frame.x, y: frame.y },
    width: frame.w,
    height: frame.h,
    selected,
    draggable: editable && !item.locked,
    connectable: false,
    deletable: false,
    dragHandle: '.board-handle',
    ariaLabel: label,
    ariaRole: 'group' as const,
    zIndex: z,
    ...(remote ? { className: 'moved-by-other' } : {}),
  };
  return item.kind === 'view'
    ? { ...base, type: 'view', data: { item } }
    : { ...base, type: 'note', data: { item } };
}
