'use client';
import { lazy, Suspense } from 'react';
import { useStore } from 'zustand';
import { useBoard } from '../state/context.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Skeleton } from '../ui/skeleton.tsx';

const Program = lazy(() =>
  import('./python-program.tsx').then(({ PythonProgram }) => ({ default: PythonProgram })),
);

/** A query as a Python program, to be copied; what writes it is fetched when it is asked for. */
export function PythonDialog() {
  const board = useBoard();
  const query = useStore(board.ui, (s) => s.python);
  if (query === null) return null;
  return (
    <Dialog
      open
      wide
      title="The same in Python"
      description={<code className="font-mono text-sm">{query}</code>}
      onOpenChange={(open) => !open && board.show({ python: null })}
    >
      <Suspense fallback={<Skeleton className="h-40" />}>
        <Program query={query} />
      </Suspense>
    </Dialog>
  );
}
