'use client';
import { Boxes, Upload } from 'lucide-react';
import { useStore } from 'zustand';
import { MODELS_IN_WORDS } from '@/core/formats/index.ts';
import { openView } from '../actions/activate.ts';
import { useBoard, useMay } from '../state/context.tsx';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Kbd } from '../ui/kbd.tsx';

/** No board is empty without saying what to do next. */
export function EmptyBoard() {
  const board = useBoard();
  const editable = useMay('edit');
  const models = useStore(board.data.store, (s) => s.models);
  const f = useStore(board.session.items.store, (s) => s.bindings.f);
  const first = models[0];
  if (!editable)
    return (
      <div className="pointer-events-none absolute inset-0 grid place-items-center">
        <EmptyState title="Nothing is on this board yet">
          Views appear here as soon as an editor makes them.
        </EmptyState>
      </div>
    );
  return (
    <div className="pointer-events-none absolute inset-0 grid place-items-center">
      <EmptyState
        className="pointer-events-auto"
        icon={first ? <Boxes /> : <Upload />}
        title={first ? 'Nothing is on this board yet' : 'Start with a model'}
        action={
          first ? (
            <Button
              tone="primary"
              onClick={() => {
                if (f === null) board.edits.bind('f', first.checkpoints.at(-1)?.address ?? first.name);
                openView(board, 'select graph() from f', { near: { x: 0, y: 0 } });
              }}
            >
              Open the architecture of {first.name}
            </Button>
          ) : null
        }
      >
        {first ? (
          <>
            Press <Kbd>/</Kbd> to write a query, take a tool from the toolbox on the left, or drop a model
            file here.
          </>
        ) : (
          `Drop a model on this window: ${MODELS_IN_WORDS}.`
        )}
      </EmptyState>
    </div>
  );
}
