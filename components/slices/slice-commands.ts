'use client';
/** What can be done with slices by the palette. */
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { printAddress } from '@/core/address/index.ts';
import type { Command } from '../state/commands.ts';
import { useMay } from '../state/context.tsx';
import type { Workspace } from '../state/workspace.ts';
import { draftAddress } from './slice-builder.tsx';

export function useSliceCommands(board: Workspace): void {
  const editable = useMay('edit');
  const slices = useStore(board.slices.store, (s) => s.slices);
  useEffect(() => {
    const start = () => {
      const splits = board.data.store
        .getState()
        .datasets.flatMap((d) =>
          d.splits.map((s) => printAddress({ kind: 'dataset', dataset: d.name, split: s.name })),
        );
      return draftAddress(board.session.items.store.getState().bindings.data, splits);
    };
    const commands: Command[] = [
      {
        id: 'slice-new',
        group: 'Edit',
        label: 'New slice of the data',
        enabled: () => editable && start() !== null,
        run: () => {
          const address = start();
          if (address !== null) board.slices.draft({ name: null, address });
        },
      },
      ...Object.entries(slices).flatMap(([name, address]): Command[] => [
        {
          id: `slice-use-${name}`,
          group: 'Edit',
          label: `Use slice ${name} as data`,
          enabled: () => editable,
          run: () => board.edits.bind('data', address),
        },
        {
          id: `slice-edit-${name}`,
          group: 'Edit',
          label: `Edit slice ${name}`,
          enabled: () => editable,
          run: () => board.slices.draft({ name, address }),
        },
      ]),
    ];
    return board.commands.add(commands);
  }, [board, editable, slices]);
}
