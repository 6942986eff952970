'use client';
import { useMemo } from 'react';
import { type PythonScript, python } from '@/core/algebra/export/python/index.ts';
import { useBindings, useBoard } from '../state/context.tsx';
import { boundText } from '../state/questions/query-text.ts';
import { Button } from '../ui/button.tsx';
import { ErrorNote } from '../ui/error-note.tsx';
import { useToast } from '../ui/toast.tsx';
import { useKnown } from './known.ts';

/** The program and the button that copies it, or why there is none. */
export function PythonProgram({ query }: { readonly query: string }) {
  const { slug } = useBoard();
  const bindings = useBindings();
  const { catalog } = useKnown();
  const toast = useToast();
  const program = useMemo((): PythonScript => {
    const bound = boundText(query, bindings);
    if (!bound.ok) return { reason: bound.message };
    return python(bound.query, catalog, { origin: location.origin, project: slug });
  }, [query, bindings, catalog, slug]);
  if ('reason' in program)
    return <ErrorNote tone="info">There is no Python program for this query: {program.reason}</ErrorNote>;
  const copy = () =>
    navigator.clipboard.writeText(program.code).then(
      () => toast.show({ title: 'Copied' }),
      () => toast.show({ title: 'Copying failed', description: 'Mark the text and copy it.', tone: 'fault' }),
    );
  return (
    <div className="flex flex-col gap-3">
      <section
        aria-label="Python program"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        tabIndex={0}
        className="max-h-[55vh] overflow-auto rounded-md bg-sunken p-3"
      >
        <pre className="font-mono text-sm">{program.code}</pre>
      </section>
      <Button tone="primary" className="self-end" onClick={() => void copy()}>
        Copy
      </Button>
    </div>
  );
}
