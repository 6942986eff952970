'use client';
import type { ComponentType } from 'react';
import type { BoardItem } from '@/core/board/index.ts';
import { Boundary } from '../ui/boundary.tsx';
import { ErrorNote } from '../ui/error-note.tsx';

/** A node that fails to draw is shown as the text it holds, and can still be moved and removed; the board stays. */
export function bounded<P extends { readonly data: { readonly item: BoardItem } }>(
  Drawn: ComponentType<P>,
): ComponentType<P> {
  return function BoundedNode(props: P) {
    const { item } = props.data;
    return (
      <Boundary
        of={item}
        fallback={() => (
          <div className="flex h-full w-full flex-col overflow-hidden rounded-md border bg-surface">
            <ErrorNote className="board-handle cursor-grab rounded-none">
              This {item.kind} could not be drawn. Here is its text:
            </ErrorNote>
            <pre className="nowheel min-h-0 flex-1 overflow-auto whitespace-pre-wrap p-2 text-xs">
              {item.kind === 'note' ? item.text : item.query}
            </pre>
          </div>
        )}
      >
        <Drawn {...props} />
      </Boundary>
    );
  };
}
