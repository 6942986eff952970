'use client';
/** Marking by key and palette. */
import { useEffect } from 'react';
import { shownResults } from '../actions/shown-results.ts';
import type { Command } from '../state/commands.ts';
import { useMay } from '../state/context.tsx';
import type { Workspace } from '../state/workspace.ts';
import { counted } from '../ui/format.ts';
import { type ToastMessage, useToast } from '../ui/toast.tsx';
import { examplesIn, markThese } from './mark-all.ts';

/** The list of marked examples instead of the details. */
export function showMarks(board: Workspace): void {
  board.marks.panel.setState({ shown: true });
  board.show({ layout: { ...board.ui.getState().layout, details: true } });
}

/** Marks what is selected; where all of it is marked, takes the marks away. Says what it did. */
export function toggleSelected(board: Workspace): ToastMessage {
  const { examples } = board.selection.current;
  const { marks } = board.marks.store.getState();
  if (!examples.every((address) => marks.has(address))) {
    const fresh = board.marks.mark(examples);
    return { title: `${counted(fresh, 'example')} marked`, duration: 2500 };
  }
  board.marks.unmark(examples);
  return { title: `${counted(examples.length, 'example')} unmarked`, duration: 2500 };
}

export function useMarkCommands(board: Workspace): void {
  const editable = useMay('edit');
  const { show } = useToast();
  useEffect(() => {
    const chosen = () => board.selection.current.examples;
    const { store } = board.marks;
    const ofView = () => {
      const [item, ...others] = board.selection.current.items;
      const result = item === undefined || others.length > 0 ? null : shownResults(board).get(item);
      return result === null ? [] : examplesIn(result);
    };
    const commands: Command[] = [
      {
        id: 'mark',
        group: 'Edit',
        label: 'Mark selected examples, or unmark them',
        keys: ['M'],
        enabled: () => editable && chosen().length > 0,
        run: () => show(toggleSelected(board)),
      },
      {
        id: 'mark-view',
        group: 'Edit',
        label: 'Mark all examples of the selected view',
        enabled: () => editable && ofView().length > 0,
        run: () => show(markThese(board, ofView(), 'of this view')),
      },
      {
        id: 'marks-show',
        group: 'Look',
        label: 'Show marked examples',
        keys: ['Shift+M'],
        run: () => showMarks(board),
      },
      {
        id: 'marks-select',
        group: 'Edit',
        label: 'Select all marked examples',
        enabled: () => store.getState().marks.size > 0,
        run: () => board.selection.select({ examples: [...store.getState().marked] }),
      },
    ];
    return board.commands.add(commands);
  }, [board, editable, show]);
}
