'use client';
import { useReactFlow } from '@xyflow/react';
import { useStore } from 'zustand';
import { canvasCentre } from '../actions/place.ts';
import { asWritten } from '../notes/plain.ts';
import { useBoard, useMay } from '../state/context.tsx';
import { Button } from '../ui/button.tsx';
import { ErrorNote } from '../ui/error-note.tsx';

/**
 * Items of the board that cannot be shown: how many, why, and what can be done; the text of those that have no place on the
 * canvas. The rest of the board is as it was.
 */
export function UnreadableItems() {
  const board = useBoard();
  const flow = useReactFlow();
  const editable = useMay('edit');
  const unreadable = useStore(board.session.items.store, (s) => s.unreadable);
  if (unreadable.length === 0) return null;
  const misplaced = unreadable.filter((item) => item.misplaced).map(({ id }) => id);
  const reasons = [...new Set(unreadable.map(({ why }) => why))];
  return (
    <section aria-label="Items that cannot be shown" className="shadow-float">
      <ErrorNote tone="warning">
        {unreadable.length === 1
          ? `An item of this board cannot be shown: ${reasons[0]}.`
          : `${unreadable.length} items of this board cannot be shown: ${reasons.join('; ')}.`}
        {unreadable.flatMap(({ id, frame, text }) =>
          frame === null && text !== '' ? (
            <q key={id} className="mt-1 line-clamp-3 block select-text whitespace-pre-wrap font-mono text-xs">
              {asWritten(text)}
            </q>
          ) : (
            []
          ),
        )}
        {editable ? (
          <span className="mt-2 flex flex-wrap gap-1">
            {misplaced.length > 0 ? (
              <Button size="sm" onClick={() => board.edits.bringBack(misplaced, canvasCentre(flow))}>
                Bring {misplaced.length === 1 && unreadable.length === 1 ? 'it' : misplaced.length} here
              </Button>
            ) : null}
            <Button size="sm" onClick={() => board.edits.removeUnreadable(unreadable.map(({ id }) => id))}>
              Remove {unreadable.length === 1 ? 'it' : 'all'}
            </Button>
          </span>
        ) : null}
      </ErrorNote>
    </section>
  );
}
