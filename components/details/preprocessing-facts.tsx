'use client';
import { useState } from 'react';
import { type PreprocessingRecord, specText } from '@/core/preprocessing/index.ts';
import { PreprocessingDialog } from '../preprocessing/dialog.tsx';
import { useBoard, useMay } from '../state/context.tsx';
import type { Bound } from '../state/questions/query-text.ts';
import { Button } from '../ui/button.tsx';

/** How a view's data were given to its model, in words with the evidence; the dialog that changes it. */
export function PreprocessingFacts({
  records,
  bound,
}: {
  /** Of the result; empty while there is none, as where the two do not fit. */
  readonly records: readonly PreprocessingRecord[];
  readonly bound: Bound;
}) {
  const board = useBoard();
  const editable = useMay('import');
  const [open, setOpen] = useState(false);
  if (!bound.ok) return null;
  const { model, input } = bound.query;
  if (model.kind === 'name' || input === undefined || input.kind === 'name') return null;
  return (
    <section aria-label="Preprocessing" className="flex flex-col gap-1 text-sm">
      {records.map((record) => (
        <div key={`${record.model} ${record.dataset}`}>
          <p>
            <span className="text-faint">
              {record.dataset} for {record.model}:
            </span>{' '}
            {specText(record.spec)}
          </p>
          <ul className="text-muted">
            {record.evidence.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </div>
      ))}
      <Button size="sm" className="self-start" onClick={() => setOpen(true)}>
        Preprocessing
      </Button>
      {open ? (
        <PreprocessingDialog
          project={board.slug}
          model={model.model}
          dataset={input.dataset}
          editable={editable}
          onClose={() => setOpen(false)}
        />
      ) : null}
    </section>
  );
}
