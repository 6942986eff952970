'use client';
/** A slice is written: conditions as rows or as text, how many examples it leaves, a name to find it by. */
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { printAddress, printName } from '@/core/address/index.ts';
import type { Model } from '@/core/api/index.ts';
import { readSlice } from '@/core/board/index.ts';
import { useBindings, useBoard } from '../state/context.tsx';
import type { SliceDraft } from '../state/edits/slices.ts';
import { modelOf, readAddress } from '../state/project/addresses.ts';
import { findModel } from '../state/project/project.ts';
import { Button } from '../ui/button.tsx';
import { isComposing } from '../ui/composing.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Field, Input, TextArea } from '../ui/input.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { Select } from '../ui/select.tsx';
import { useToast } from '../ui/toast.tsx';
import { RowEditor } from './row-editor.tsx';
import { SliceCount } from './slice-count.tsx';
import { rowFor } from './subjects.ts';
import { type Condition, useCondition, withRow } from './use-condition.ts';

const JOINED = [
  { value: 'and', label: 'all of them' },
  { value: 'or', label: 'any of them' },
] as const;

export function SliceBuilder() {
  const board = useBoard();
  const draft = useStore(board.slices.store, (s) => s.draft);
  if (draft === null) return null;
  return <OpenBuilder key={`${draft.name} ${draft.address}`} draft={draft} />;
}

function OpenBuilder({ draft }: { readonly draft: SliceDraft }) {
  const board = useBoard();
  const { show } = useToast();
  const condition = useCondition(draft.address);
  const datasets = useStore(board.data.store, (s) => s.datasets);
  const [name, setName] = useState(draft.name ?? '');
  const [asked, setAsked] = useState(false);
  const close = () => board.slices.draft(null);
  const problem = board.slices.problem(
    name.trim(),
    draft.name,
    datasets.map((d) => d.name),
  );
  const use = () => {
    if (condition.address === null) return;
    board.edits.bind('data', condition.address);
    close();
  };
  const save = () => {
    setAsked(true);
    if (condition.address === null || !condition.narrowed || problem !== null) return;
    board.slices.save(name.trim(), condition.address, draft.name);
    show({ title: `Slice ${name.trim()} is saved`, description: `Write f(${name.trim()}) in a query.` });
    close();
  };
  const ready = condition.address !== null;
  return (
    <Dialog
      open
      wide
      onOpenChange={(open) => !open && close()}
      title={draft.name === null ? 'New slice' : `Edit slice ${draft.name}`}
      description="The examples of a split that satisfy a condition. A saved slice can be named in every query of this board."
      footer={
        <>
          <div className="mr-auto self-center">
            <SliceCount address={condition.address} />
          </div>
          <Button disabled={!ready} onClick={use}>
            Use once as data
          </Button>
          <Button tone="primary" disabled={!ready || !condition.narrowed} onClick={save}>
            Save slice
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <div className="grid grid-cols-2 gap-3">
          <Field
            label="Name"
            error={problem !== null && (asked || name !== '') ? problem : null}
            hint="Short, as in f(hard)"
          >
            {(control) => (
              <Input
                {...control}
                mono
                autoFocus
                maxLength={60}
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
          <Field label="Of the examples in">
            {(control) => (
              <Select
                {...control}
                value={condition.split}
                options={datasets.flatMap((d) =>
                  d.splits.map((s) => ({
                    value: printAddress({ kind: 'dataset', dataset: d.name, split: s.name }),
                    label: `${d.name}.${s.name} (${s.size})`,
                  })),
                )}
                onChange={condition.setSplit}
              />
            )}
          </Field>
        </div>
        <RowList condition={condition} />
        <Field
          label="The same as text"
          // What is wrong with one row stands below that row.
          error={
            condition.errors.some((error) => error !== null) && !condition.broken ? null : condition.error
          }
          hint="For example: label = 7 and predicted != label"
        >
          {(control) => (
            <TextArea
              {...control}
              mono
              rows={2}
              className="min-h-14"
              spellCheck={false}
              value={condition.text}
              onChange={(event) => condition.setText(event.target.value)}
              onKeyDown={(event) => {
                if (event.key !== 'Enter' || event.shiftKey || isComposing(event)) return;
                event.preventDefault();
                save();
              }}
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}

function RowList({ condition }: { readonly condition: Condition }) {
  const board = useBoard();
  const bindings = useBindings();
  const models = useStore(board.data.store, (s) => s.models);
  const datasets = useStore(board.data.store, (s) => s.datasets);
  const { rows, errors, setRows } = condition;
  const at = readAddress(condition.split);
  const dataset = datasets.find((d) => at && 'dataset' in at && d.name === at.dataset) ?? null;
  const model = findModel(models, bindings.f === null ? null : modelOf(bindings.f)?.model);
  const layer = useLayer(model);
  const example = bindings.x ?? `${condition.split}[0]`;
  const first = dataset && dataset.classes.length > 0 ? 'label' : 'index';
  return (
    <section aria-label="Conditions" className="flex flex-col gap-1.5">
      <div className="flex h-6 items-center gap-2">
        <h3 className="font-medium text-muted text-sm">Conditions</h3>
        {rows.rows.length > 1 ? (
          <Segmented
            size="sm"
            label="How conditions are joined"
            value={rows.joined}
            options={JOINED}
            onChange={(joined) => setRows({ ...rows, joined })}
          />
        ) : null}
      </div>
      <ol className="flex flex-col gap-1.5">
        {rows.rows.map((row, i) => (
          <RowEditor
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no names; their fields are controlled
            key={i}
            row={row}
            number={i + 1}
            dataset={dataset}
            model={model}
            example={example}
            layer={layer}
            error={errors[i] ?? null}
            onChange={(next) => setRows(withRow(rows, i, next))}
            onRemove={() => setRows(withRow(rows, i, null))}
          />
        ))}
      </ol>
      <Button
        size="sm"
        tone="ghost"
        className="self-start"
        onClick={() => setRows({ ...rows, rows: [...rows.rows, rowFor(first, layer, example)] })}
      >
        <Plus aria-hidden /> Add a condition
      </Button>
    </section>
  );
}

/** The selected layer, as it is printed; else the last one of the model that learnt something. */
function useLayer(model: Model | null): string {
  const board = useBoard();
  const selected = useStore(board.selection.store, (s) => s.layer);
  const at = selected === null ? null : readAddress(selected);
  if (model !== null && at?.kind === 'layer' && at.model === model.name) return printName(at.layer);
  const learnt = model?.graph.layers.findLast((layer) => layer.params > 0 && layer.units !== null);
  return printName(learnt?.name ?? model?.graph.layers.at(-1)?.name ?? 'layer');
}

/** What the builder opens with: the slice or split that `data` stands for, else the first split. */
export function draftAddress(data: string | null, splits: readonly string[]): string | null {
  if (data !== null && readSlice(data)) return data;
  const at = data === null ? null : readAddress(data);
  if (data !== null && at?.kind === 'dataset' && at.split !== undefined) return data;
  return splits[0] ?? null;
}
