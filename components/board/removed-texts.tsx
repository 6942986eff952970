'use client';
import { useStore } from 'zustand';
import { useBoard, useMay } from '../state/context.tsx';
import { Button } from '../ui/button.tsx';
import { ErrorNote } from '../ui/error-note.tsx';
import { useToast } from '../ui/toast.tsx';

/** Texts that this person wrote in while somebody else removed them: kept and offered back (rule S8). */
export function RemovedTexts() {
  const board = useBoard();
  const editable = useMay('edit');
  const toast = useToast();
  const { removedTexts } = board.session;
  const removed = useStore(removedTexts.store, (s) => s.removed);
  if (removed.length === 0) return null;
  return (
    <section aria-label="Removed while you wrote" className="flex flex-col gap-2">
      {removed.map((item) => {
        const text = item.kind === 'note' ? item.text : item.query;
        return (
          <ErrorNote key={item.id} tone="warning" className="shadow-float">
            Somebody removed this {item.kind} while you wrote in it, and what you wrote was not saved yet:
            <q className="mt-1 line-clamp-3 block whitespace-pre-wrap font-mono text-xs">{text}</q>
            <span className="mt-2 flex flex-wrap gap-1">
              {editable ? (
                <Button
                  size="sm"
                  onClick={() => {
                    board.edits.putBack(item);
                    removedTexts.settle(item.id);
                  }}
                >
                  Put it back
                </Button>
              ) : null}
              <Button
                size="sm"
                onClick={() =>
                  void navigator.clipboard.writeText(text).then(
                    () => toast.show({ title: 'Its text is copied' }),
                    () =>
                      toast.show({ title: 'The browser does not let the text be copied', tone: 'warning' }),
                  )
                }
              >
                Copy its text
              </Button>
              <Button size="sm" onClick={() => removedTexts.settle(item.id)}>
                Let it go
              </Button>
            </span>
          </ErrorNote>
        );
      })}
    </section>
  );
}
