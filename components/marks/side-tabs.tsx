'use client';
/** The right panel: the details of what is selected with the threads, or the marked examples. */
import { type ReactNode, useEffect } from 'react';
import { useStore } from 'zustand';
import { useBoard } from '../state/context.tsx';
import { formatCount } from '../ui/format.ts';
import { Tabs } from '../ui/tabs.tsx';
import { MarksPanel } from './marks-panel.tsx';

export function SideTabs({ details }: { readonly details: ReactNode }) {
  const board = useBoard();
  const marked = useStore(board.marks.store, (s) => s.marks.size);
  const shown = useStore(board.marks.panel, (s) => s.shown);
  const opened = useStore(board.threads.store, (s) => s.open);
  const draft = useStore(board.threads.store, (s) => s.draft);
  useEffect(() => {
    // A thread that is opened or begun stands among the details.
    if (opened !== null || draft !== null) board.marks.panel.setState({ shown: false });
  }, [board, opened, draft]);
  return (
    <Tabs
      label="Details and marks"
      className="min-h-0 flex-1 [&>[role=tablist]]:pr-9 [&>[role=tablist]]:pl-2"
      panelClassName="flex flex-col"
      value={shown ? 'marks' : 'details'}
      onChange={(id) => board.marks.panel.setState({ shown: id === 'marks' })}
      tabs={[
        { id: 'details', label: 'Details', content: details },
        {
          id: 'marks',
          label: (
            <>
              Marks
              {marked > 0 ? (
                <span className="rounded-full bg-hover px-1.5 text-muted text-xs">{formatCount(marked)}</span>
              ) : null}
            </>
          ),
          content: <MarksPanel />,
        },
      ]}
    />
  );
}
