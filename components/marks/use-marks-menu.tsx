'use client';
/** What can be done with the whole list of marked examples. */
import { Braces, FileDown, Filter, FlagOff, SquareDashedMousePointer } from 'lucide-react';
import { useStore } from 'zustand';
import { fileName, save } from '../actions/export.ts';
import { useBoard, useMay } from '../state/context.tsx';
import { readAddress } from '../state/project/addresses.ts';
import type { MenuItem } from '../ui/menu.tsx';
import { useToast } from '../ui/toast.tsx';
import { type Listed, marksCsv, marksJson } from './files.ts';
import { sliceOf } from './rows.ts';

/** A query is read up to 20,000 characters; the rest of it needs room beside the list. */
const MAX_LETTERS = 18_000;

export function useMarksMenu(
  rows: readonly Listed[],
  counts: ReadonlyMap<string, number>,
  clear: () => void,
): MenuItem[] {
  const board = useBoard();
  const editable = useMay('edit');
  const datasets = useStore(board.data.store, (s) => s.datasets);
  const { show } = useToast();
  const none = rows.length === 0;
  const file = (text: string, type: string, extension: string) =>
    save(
      new Blob([text], { type }),
      fileName(`marked examples of ${board.title.getState().text}`, extension),
    );
  const slices = () => {
    const made: Record<string, string> = {};
    const taken = datasets.map((d) => d.name);
    for (const split of counts.keys()) {
      const indices = rows.filter((row) => row.split === split).map((row) => row.index);
      const address = sliceOf(split, indices);
      if (address === null) continue;
      if (address.length > MAX_LETTERS) {
        show({
          title: `${indices.length} examples of ${split} are too many to list in a slice`,
          description: 'Write a condition that finds them instead.',
          tone: 'warning',
        });
        return;
      }
      const at = readAddress(split);
      const wish =
        counts.size === 1 || at?.kind !== 'dataset' ? 'marked' : `marked-${at.dataset}-${at.split}`;
      made[
        board.slices.freeName(/^[A-Za-z][\w-]{0,34}$/.test(wish) ? wish : 'marked', [
          ...taken,
          ...Object.keys(made),
        ])
      ] = address;
    }
    board.slices.saveAll(made);
    const names = Object.keys(made);
    show({
      title: names.length === 1 ? `Slice ${names[0]} is saved` : `Slices ${names.join(', ')} are saved`,
      description: `Write f(${names[0]}) in a query.`,
    });
  };
  return [
    {
      id: 'select',
      label: 'Select all marked',
      icon: <SquareDashedMousePointer />,
      disabled: none,
      onSelect: () => board.selection.select({ examples: rows.map((row) => row.address) }),
    },
    {
      id: 'slice',
      label: counts.size > 1 ? 'Make a slice of each split' : 'Make a slice',
      icon: <Filter />,
      disabled: none || !editable,
      onSelect: slices,
    },
    { kind: 'separator', id: 's1' },
    {
      id: 'csv',
      label: 'Export CSV',
      icon: <FileDown />,
      disabled: none,
      onSelect: () => file(marksCsv(rows), 'text/csv', 'csv'),
    },
    {
      id: 'json',
      label: 'Export JSON',
      icon: <Braces />,
      disabled: none,
      onSelect: () => file(marksJson(rows), 'application/json', 'json'),
    },
    { kind: 'separator', id: 's2' },
    {
      id: 'clear',
      label: 'Unmark all…',
      icon: <FlagOff />,
      danger: true,
      disabled: none || !editable,
      onSelect: clear,
    },
  ];
}
