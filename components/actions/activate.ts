/** Opening a unit of analysis: with a tool in hand, the tool is applied to it; without, one goes a level deeper. */
import type { BoardItem } from '@/core/board/index.ts';
import type { ResultType } from '@/core/result/index.ts';
import { viewSize } from '../lenses/index.ts';
import { GAP } from '../state/edits/geometry.ts';
import { readAddress } from '../state/project/addresses.ts';
import { checkedType, isWhatIf } from '../state/questions/query-text.ts';
import { placeFor, type Tool, toolById, toolProblem, toolQuery } from '../state/questions/tools.ts';
import type { Workspace } from '../state/workspace.ts';

export const VIEW_SIZE = { w: 360, h: 280 } as const;

/** Board points that a view of this query wants. */
export function sizeFor(board: Workspace, query: string): { w: number; h: number } {
  const { models, datasets } = board.data.store.getState();
  const { bindings } = board.session.items.store.getState();
  const type: ResultType | null = checkedType(query, bindings, { models, datasets });
  return type ? (viewSize(type, isWhatIf(query)) ?? VIEW_SIZE) : VIEW_SIZE;
}

/** Makes a view beside `from` (an item's id), or where `near` says; selects it. */
export function openView(
  board: Workspace,
  query: string,
  where: { readonly from?: string | null; readonly near?: { x: number; y: number } },
): string | null {
  const item: BoardItem | undefined = where.from
    ? board.session.items.store.getState().byId.get(where.from)
    : undefined;
  const near = item
    ? { x: item.frame.x + item.frame.w + GAP, y: item.frame.y }
    : (where.near ?? { x: 0, y: 0 });
  const id = board.edits.addView({ query, near, size: sizeFor(board, query) });
  if (id !== null) board.selection.select({ items: [id] });
  board.show({ reveal: id });
  return id;
}

/** Applies a tool to a place; says why not when it does not fit. */
export function applyTool(
  board: Workspace,
  tool: Tool,
  place: string,
  where: { readonly from?: string | null; readonly near?: { x: number; y: number } },
): { readonly view: string | null; readonly why: string | null } {
  const target = placeFor(tool, place);
  const { bindings } = board.session.items.store.getState();
  const { models, datasets } = board.data.store.getState();
  const why = toolProblem(tool, target, bindings, { models, datasets });
  if (why !== null) return { view: null, why };
  return { view: openView(board, toolQuery(tool, target, bindings, models), where), why: null };
}

/** What opening a place shows when no tool is armed. */
function drillDownTool(kind: string, hasExample: boolean): Tool | null {
  if (kind === 'model') return toolById('graph');
  if (kind === 'layer') return toolById(hasExample ? 'activation' : 'stats');
  if (kind === 'unit') return toolById('histogram');
  return null;
}

export function activate(board: Workspace, place: string, from: string | null): void {
  const address = readAddress(place);
  if (!address) return;
  if (address.kind === 'example') {
    board.selectExamples([place]);
    return;
  }
  const armed = toolById(board.selection.current.armed);
  const { bindings } = board.session.items.store.getState();
  const tool = armed ?? drillDownTool(address.kind, bindings.x !== null);
  if (!tool) return;
  const { view } = applyTool(board, tool, place, { from });
  if (view !== null) board.selection.arm(null);
}
