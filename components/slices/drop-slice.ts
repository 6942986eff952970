'use client';
/** A saved slice dropped on the board: on a view, the view asks about it; beside, its examples are shown. */
import { useReactFlow } from '@xyflow/react';
import { type DragEvent, useMemo } from 'react';
import { print, printInput, read } from '@/core/algebra/index.ts';
import { openView } from '../actions/activate.ts';
import type { Workspace } from '../state/workspace.ts';

export const SLICE_TYPE = 'application/x-interlayer-slice';

/** The query asked about the slice instead; null where it has no data to be exchanged, or one example. */
export function askedOf(query: string, slice: string): string | null {
  const asked = read(query).query;
  const input = asked?.input;
  if (asked === null || input === undefined || input.kind === 'example') return null;
  if (input.kind === 'name' && input.name !== 'data') return null;
  return print({ ...asked, input: { kind: 'dataset', dataset: slice } });
}

/** A name that is no bare word stands in quotes. */
export const imagesOf = (slice: string): string =>
  `select images() from f(${printInput({ kind: 'dataset', dataset: slice })}) limit 100`;

export function useSliceDrop(board: Workspace) {
  const flow = useReactFlow();
  return useMemo(
    () => ({
      onDragOver: (event: DragEvent) => {
        if (!event.dataTransfer.types.includes(SLICE_TYPE) || !board.edits.allowed) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
      },
      onDrop: (event: DragEvent) => {
        const name = event.dataTransfer.getData(SLICE_TYPE);
        if (name === '' || !board.edits.allowed) return;
        event.preventDefault();
        const over = event.target instanceof Element ? event.target.closest('.react-flow__node') : null;
        const item = board.session.items.store.getState().byId.get(over?.getAttribute('data-id') ?? '');
        const query = item?.kind === 'view' && !item.locked ? askedOf(item.query, name) : null;
        if (item && query !== null) board.edits.setQuery(item.id, query);
        else
          openView(board, imagesOf(name), {
            near: flow.screenToFlowPosition({ x: event.clientX, y: event.clientY }),
          });
      },
    }),
    [board, flow],
  );
}
