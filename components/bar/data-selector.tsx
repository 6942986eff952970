'use client';
import { Filter } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { parsePredicate, printAddress, printPredicate } from '@/core/address/index.ts';
import { UserError } from '@/core/errors/index.ts';
import { readAddress } from '../state/addresses.ts';
import { useBindings, useBoard, useMay } from '../state/context.tsx';
import { Button } from '../ui/button.tsx';
import { Field, Input } from '../ui/input.tsx';
import { Popover } from '../ui/popover.tsx';
import { Select } from '../ui/select.tsx';

/** The split that `data` stands for, and a condition that narrows it to a slice. */
export function DataSelector() {
  const board = useBoard();
  const bindings = useBindings();
  const editable = useMay('edit');
  const datasets = useStore(board.data.store, (s) => s.datasets);
  const address = bindings.data === null ? null : readAddress(bindings.data);
  const splits = datasets.flatMap((d) =>
    d.splits.map((s) => ({
      value: printAddress({ kind: 'dataset', dataset: d.name, split: s.name }),
      label: `${d.name}.${s.name} (${s.size})`,
    })),
  );
  const current =
    address && 'dataset' in address && address.split !== undefined
      ? printAddress({ kind: 'dataset', dataset: address.dataset, split: address.split })
      : undefined;
  const where = address?.kind === 'slice' ? printPredicate(address.where) : '';
  if (splits.length === 0)
    return <span className="text-faint text-sm">No data sets: drop one on the window</span>;
  return (
    <div className="flex min-w-0 items-center gap-1">
      <Select
        size="sm"
        label="Data set"
        className="max-w-52"
        placeholder="Choose data"
        disabled={!editable}
        value={current}
        options={splits}
        onChange={(value) => board.edits.bind('data', value)}
      />
      {current !== undefined ? (
        <SliceField key={bindings.data} split={current} where={where} editable={editable} />
      ) : null}
    </div>
  );
}

function SliceField({
  split,
  where,
  editable,
}: {
  readonly split: string;
  readonly where: string;
  readonly editable: boolean;
}) {
  const board = useBoard();
  const [open, setOpen] = useState(false);
  const [text, setText] = useState(where);
  const [error, setError] = useState<string | null>(null);
  const apply = () => {
    const base = readAddress(split);
    if (base?.kind !== 'dataset' || base.split === undefined) return;
    try {
      const next =
        text.trim() === ''
          ? split
          : printAddress({
              kind: 'slice',
              dataset: base.dataset,
              split: base.split,
              where: parsePredicate(text),
            });
      board.edits.bind('data', next);
      setOpen(false);
    } catch (e) {
      if (!(e instanceof UserError)) throw e;
      setError(e.message);
    }
  };
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      label="Slice"
      side="top"
      trigger={
        <Button size="sm" tone="ghost" disabled={!editable} className="max-w-64">
          <Filter aria-hidden /> <span className="truncate font-mono">{where === '' ? 'all' : where}</span>
        </Button>
      }
    >
      <form
        className="flex flex-col gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          apply();
        }}
      >
        <Field
          label="Only examples that satisfy"
          error={error}
          hint="For example: label = 7 and predicted != label. Empty means all."
        >
          {(control) => (
            <Input
              {...control}
              mono
              autoFocus
              value={text}
              onChange={(event) => {
                setText(event.target.value);
                setError(null);
              }}
            />
          )}
        </Field>
        <Button tone="primary" size="sm" type="submit" className="self-end">
          Apply
        </Button>
      </form>
    </Popover>
  );
}
