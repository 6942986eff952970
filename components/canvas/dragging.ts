/** From the canvas's changes to frames: the drag under way snaps, goes to awareness, and ends in the document (rule B1). */
import type { NodeChange } from '@xyflow/react';
import type { BoardItem, Frame } from '@/core/board/index.ts';
import { bounds, snap } from '../state/edits/geometry.ts';
import type { Workspace } from '../state/workspace.ts';
import type { BoardNode } from './nodes.ts';

/** Screen points within which edges attract each other. */
const SNAP_DISTANCE = 6;

/** Applies position and selection changes; sizes are set by the resizer, everything else by commands. */
export function applyChanges(
  board: Workspace,
  changes: readonly NodeChange<BoardNode>[],
  zoom: number,
  free: boolean,
): void {
  const { byId, list } = board.session.items.store.getState();
  select(board, changes);
  const moved: Record<string, Frame> = {};
  let ended = false;
  for (const change of changes) {
    if (change.type !== 'position') continue;
    const item = byId.get(change.id);
    if (change.position && item)
      moved[change.id] = { ...item.frame, x: change.position.x, y: change.position.y };
    if (change.dragging === false) ended = true;
  }
  if (Object.keys(moved).length > 0) dragTo(board, list, moved, zoom, free);
  if (ended) commitFrames(board);
}

function dragTo(
  board: Workspace,
  list: readonly BoardItem[],
  moved: Record<string, Frame>,
  zoom: number,
  free: boolean,
): void {
  const around = bounds(Object.values(moved));
  if (!around) return;
  const others = list.filter((item) => !(item.id in moved)).map((item) => item.frame);
  const { dx, dy, guides } = free ? { dx: 0, dy: 0, guides: [] } : snap(around, others, SNAP_DISTANCE / zoom);
  const frames = Object.fromEntries(
    Object.entries(moved).map(([id, f]) => [id, { ...f, x: f.x + dx, y: f.y + dy }]),
  );
  showFrames(board, frames, guides);
}

export function showFrames(
  board: Workspace,
  frames: Readonly<Record<string, Frame>>,
  guides: ReturnType<typeof snap>['guides'] = [],
): void {
  if (cancelled.has(board)) return;
  board.frames.setState({ frames, guides });
  board.session.presence.patch({ dragging: frames });
}

/** The frames under way become the document's. */
export function commitFrames(board: Workspace): void {
  const { frames } = board.frames.getState();
  if (Object.keys(frames).length === 0) return;
  board.edits.move(frames);
  dropFrames(board);
}

/** Boards on which the hand still holds what Escape has put back: its movements count for nothing until it lets go. */
const cancelled = new WeakSet<Workspace>();

/** Escape during a drag or a resize. */
export function cancelFrames(board: Workspace): void {
  dropFrames(board);
  cancelled.add(board);
  const onRelease = () => {
    removeEventListener('pointerup', onRelease);
    removeEventListener('pointercancel', onRelease);
    // The canvas hears of the same release after this.
    setTimeout(() => cancelled.delete(board));
  };
  addEventListener('pointerup', onRelease);
  addEventListener('pointercancel', onRelease);
}

/** Back to where the document has them. */
export function dropFrames(board: Workspace): void {
  board.frames.setState({ frames: {}, guides: [] });
  board.session.presence.patch({ dragging: null });
}

function select(board: Workspace, changes: readonly NodeChange<BoardNode>[]): void {
  const before = board.selection.current.items;
  const items = new Set(before);
  let touched = false;
  for (const change of changes) {
    if (change.type !== 'select') continue;
    touched = true;
    if (change.selected) items.add(change.id);
    else items.delete(change.id);
  }
  if (!touched) return;
  // Taking one of a group away takes the group away; adding one adds it.
  const { byId } = board.session.items.store.getState();
  const dropped = new Set(
    before.flatMap((id) => {
      const group = byId.get(id)?.group ?? null;
      return items.has(id) || group === null ? [] : [group];
    }),
  );
  const kept = [...items].filter((id) => {
    const group = byId.get(id)?.group ?? null;
    return group === null || !dropped.has(group);
  });
  board.selection.select({ items: board.edits.withGroups(kept) });
}
