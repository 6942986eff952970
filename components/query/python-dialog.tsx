'use client';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import { useBindings, useBoard } from '../state/context.tsx';
import { boundText } from '../state/query-text.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ErrorNote } from '../ui/error-note.tsx';
import { useToast } from '../ui/toast.tsx';
import { type Program, pythonOf } from './language.ts';

/** A query as a Python program, to be copied; or why there is none. */
export function PythonDialog() {
  const board = useBoard();
  const query = useStore(board.ui, (s) => s.python);
  const close = () => board.show({ python: null });
  return query === null ? null : <Open query={query} onClose={close} />;
}

function Open({ query, onClose }: { readonly query: string; onClose(): void }) {
  const board = useBoard();
  const bindings = useBindings();
  const toast = useToast();
  const models = useStore(board.data.store, (s) => s.models);
  const datasets = useStore(board.data.store, (s) => s.datasets);
  const program = useMemo((): Program => {
    const bound = boundText(query, bindings);
    return bound.ok
      ? pythonOf(bound.query, { catalog: { models, datasets }, bindings })
      : { why: bound.message };
  }, [query, bindings, models, datasets]);
  const copy = (code: string) =>
    navigator.clipboard.writeText(code).then(
      () => toast.show({ title: 'Copied' }),
      () => toast.show({ title: 'Copying failed', description: 'Mark the text and copy it.', tone: 'fault' }),
    );
  return (
    <Dialog
      open
      wide
      title="The same in Python"
      description={<code className="font-mono text-sm">{query}</code>}
      onOpenChange={(open) => !open && onClose()}
      footer={
        'code' in program ? (
          <Button tone="primary" onClick={() => void copy(program.code)}>
            Copy
          </Button>
        ) : undefined
      }
    >
      {'code' in program ? (
        <section
          aria-label="Python program"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
          tabIndex={0}
          className="max-h-[50vh] overflow-auto rounded-md bg-sunken p-3"
        >
          <pre className="font-mono text-sm">{program.code}</pre>
        </section>
      ) : (
        <ErrorNote tone="info">There is no Python program for this query: {program.why}</ErrorNote>
      )}
    </Dialog>
  );
}
