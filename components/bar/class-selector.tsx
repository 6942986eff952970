'use client';
import { useStore } from 'zustand';
import { useBindings, useBoard, useMay } from '../state/context.tsx';
import { readAddress } from '../state/project/addresses.ts';
import { Select } from '../ui/select.tsx';

/** One class for every view that honours it; `null` is all. */
export function ClassSelector() {
  const board = useBoard();
  const bindings = useBindings();
  const editable = useMay('edit');
  const datasets = useStore(board.data.store, (s) => s.datasets);
  const address = bindings.data === null ? null : readAddress(bindings.data);
  const name = address && 'dataset' in address ? address.dataset : null;
  const classes = (datasets.find((d) => d.name === name) ?? datasets[0])?.classes ?? [];
  if (classes.length === 0) return <span className="text-faint text-sm">No classes</span>;
  return (
    <Select
      size="sm"
      label="Class"
      className="w-36"
      disabled={!editable}
      value={bindings.class === null ? 'all' : String(bindings.class)}
      options={[
        { value: 'all', label: 'All classes' },
        ...classes.map((label, index) => ({
          value: String(index),
          label: (
            <span className="flex items-center gap-1.5">
              <span
                aria-hidden
                className="size-2 rounded-full"
                style={{ background: `var(--class-${index % 10})` }}
              />
              {label}
            </span>
          ),
        })),
      ]}
      onChange={(value) => board.edits.bind('class', value === 'all' ? null : Number(value))}
    />
  );
}
