'use client';
import type { OnResize, OnResizeEnd } from '@xyflow/react';
import { useMemo } from 'react';
import { toGrid } from '../state/edits/geometry.ts';
import type { Workspace } from '../state/workspace.ts';
import { commitFrames, showFrames } from './dragging.ts';

/** Like a drag: frames under way go to awareness, the last one to the document (rule B1). */
export function useResizing(board: Workspace, id: string): { onResize: OnResize; onResizeEnd: OnResizeEnd } {
  return useMemo(
    () => ({
      onResize: (_event, { x, y, width, height }) => {
        const left = toGrid(x);
        const top = toGrid(y);
        // The side that is not dragged stays: right and bottom edges are put on the grid by themselves.
        showFrames(board, {
          [id]: { x: left, y: top, w: toGrid(x + width) - left, h: toGrid(y + height) - top },
        });
      },
      onResizeEnd: () => commitFrames(board),
    }),
    [board, id],
  );
}
