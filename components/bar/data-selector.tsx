'use client';
import { Filter } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { parsePredicate, printAddress, printPredicate } from '@/core/address/index.ts';
import { UserError } from '@/core/errors/index.ts';
import { markAll } from '../marks/mark-all.ts';
import { draftAddress } from '../slices/slice-builder.tsx';
import { SliceList } from '../slices/slice-list.tsx';
import { useBindings, useBoard, useMay } from '../state/context.tsx';
import { readAddress } from '../state/project/addresses.ts';
import { Button } from '../ui/button.tsx';
import { Field, Input } from '../ui/input.tsx';
import { Popover } from '../ui/popover.tsx';
import { Select } from '../ui/select.tsx';
import { useToast } from '../ui/toast.tsx';

/** The split that `data` stands for, and what narrows it: a saved slice, or a condition. */
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
      <SlicePopover
        split={current}
        where={where}
        start={draftAddress(
          bindings.data,
          splits.map((s) => s.value),
        )}
      />
    </div>
  );
}

function SlicePopover({
  split,
  where,
  start,
}: {
  readonly split: string | undefined;
  readonly where: string;
  readonly start: string | null;
}) {
  const board = useBoard();
  const bindings = useBindings();
  const editable = useMay('edit');
  const { show } = useToast();
  const [open, setOpen] = useState(false);
  const slices = useStore(board.slices.store, (s) => s.slices);
  const name = Object.entries(slices).find(([, address]) => address === bindings.data)?.[0];
  const close = () => setOpen(false);
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      label="Slice"
      side="top"
      className="flex w-80 flex-col gap-3"
      trigger={
        <Button
          size="sm"
          tone="ghost"
          className="min-w-0 max-w-64 shrink"
          aria-label={`Slice: ${name ?? (where === '' ? 'all' : where)}`}
          title={where === '' ? undefined : where}
        >
          <Filter aria-hidden />
          <span className="truncate font-mono">{name ?? (where === '' ? 'all' : where)}</span>
        </Button>
      }
    >
      {split !== undefined && editable ? (
        <ConditionField key={bindings.data} split={split} where={where} onDone={close} />
      ) : null}
      <SliceList
        start={start}
        onDone={close}
        onMark={(name, of) => void markAll(board, name, of).then(show)}
      />
    </Popover>
  );
}

/** One condition, quickly. */
function ConditionField({
  split,
  where,
  onDone,
}: {
  readonly split: string;
  readonly where: string;
  onDone(): void;
}) {
  const board = useBoard();
  const [text, setText] = useState(where);
  const [error, setError] = useState<string | null>(null);
  const apply = () => {
    const base = readAddress(split);
    if (base?.kind !== 'dataset' || base.split === undefined) return;
    try {
      const { dataset, split: part } = base;
      const next =
        text.trim() === ''
          ? split
          : printAddress({ kind: 'slice', dataset, split: part, where: parsePredicate(text) });
      board.edits.bind('data', next);
      onDone();
    } catch (e) {
      if (!(e instanceof UserError)) throw e;
      setError(e.message);
    }
  };
  return (
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
  );
}
