'use client';
/** The examples that people marked: a list that everyone on the board shares, and how well it agrees with a truth. */
import { Ellipsis, Flag } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { useBoard, useMay } from '../state/context.tsx';
import { IconButton } from '../ui/button.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorNote } from '../ui/error-note.tsx';
import { counted, formatCount } from '../ui/format.ts';
import { Menu } from '../ui/menu.tsx';
import { Segmented } from '../ui/segmented.tsx';
import type { Listed } from './files.ts';
import { MarkSelected } from './mark-selected.tsx';
import { MarksTable } from './marks-table.tsx';
import { countsBySplit, markedRows, predictionOf } from './rows.ts';
import { ScorePanel } from './score-panel.tsx';
import { useMarksMenu } from './use-marks-menu.tsx';
import { useMarkedPredictions } from './use-predictions.ts';

const PARTS = [
  { value: 'list', label: 'List' },
  { value: 'score', label: 'Score' },
] as const;

export function MarksPanel() {
  const board = useBoard();
  const marks = useStore(board.marks.store, (s) => s.marks);
  const members = useStore(board.data.store, (s) => s.members);
  const [part, setPart] = useState<'list' | 'score'>('list');
  const [clearing, setClearing] = useState(false);
  const editable = useMay('edit');
  const rows = useMemo(() => markedRows(marks), [marks]);
  const counts = useMemo(() => countsBySplit(rows), [rows]);
  const { predictions, errors } = useMarkedPredictions(rows);
  const listed = useMemo((): Listed[] => {
    const people = new Map(members.map((member) => [member.id, member]));
    return rows.map((row) => {
      const person = people.get(row.mark.by);
      return {
        ...row,
        prediction: predictionOf(predictions.get(row.split), row.index),
        by: person?.name ?? 'someone who left',
        color: person?.color ?? 0,
      };
    });
  }, [rows, members, predictions]);
  const menu = useMarksMenu(listed, counts, () => setClearing(true));
  return (
    <section aria-label="Marked examples" className="flex min-h-0 flex-1 flex-col gap-2 px-3 pb-3">
      <h2 className="sr-only">Marked examples</h2>
      <div className="flex items-center gap-1">
        <MarkSelected />
        <span className="flex-1" />
        {marks.size > 0 ? (
          <>
            <Segmented size="sm" label="What is shown" value={part} options={PARTS} onChange={setPart} />
            <Menu items={menu} label="Marked examples" align="end">
              <IconButton size="sm" label="More about marked examples" icon={<Ellipsis />} />
            </Menu>
          </>
        ) : null}
      </div>
      {marks.size > 0 ? (
        <p role="status" aria-label="Number of marked examples" className="text-muted text-sm">
          {counted(marks.size, 'example')} marked
          {counts.size > 0
            ? `: ${[...counts].map(([split, n]) => `${split} ${formatCount(n)}`).join(', ')}`
            : null}
        </p>
      ) : null}
      {errors.map((message) => (
        <ErrorNote key={message} tone="warning">
          {message}
        </ErrorNote>
      ))}
      {marks.size === 0 ? (
        <EmptyState icon={<Flag />} title="No example is marked">
          {editable
            ? 'Select examples in any view and press M. Everyone on this board sees the same list.'
            : 'Who may edit this board can mark examples; they are listed here.'}
        </EmptyState>
      ) : part === 'list' ? (
        <MarksTable rows={listed} />
      ) : (
        <ScorePanel counts={counts} marks={marks} />
      )}
      {clearing ? (
        <Confirm
          title={`Unmark all ${counted(marks.size, 'example')}?`}
          description="The list is emptied for everyone on this board. Undo brings it back."
          action="Unmark all"
          keep="Keep them"
          onClose={() => setClearing(false)}
          onConfirm={async () => {
            board.marks.clear();
            return null;
          }}
        />
      ) : null}
    </section>
  );
}
