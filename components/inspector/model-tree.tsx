'use client';
import { ChevronDown, ChevronRight, MessageSquare } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { Model } from '@/core/api/index.ts';
import { useBindings, useBoard, useMay } from '../state/context.tsx';
import { modelOf } from '../state/project/addresses.ts';
import { resolveStep } from '../state/project/project.ts';
import { modelColor } from '../ui/avatar.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { formatNumber } from '../ui/format.ts';
import { Select } from '../ui/select.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { UnreadableList } from '../ui/unreadable-list.tsx';
import { LayerList } from './layer-list.tsx';
import { matches, matchingLayers } from './search.ts';

/** Models with their colour and checkpoints, layers below them. */
export function ModelTree({ search }: { readonly search: string }) {
  const board = useBoard();
  const models = useStore(board.data.store, (s) => s.models);
  const unreadable = useStore(board.data.store, (s) => s.unreadable.models);
  const loaded = useStore(board.data.store, (s) => s.loaded);
  const found = models.filter((m) => matches(m.name, search) || matchingLayers(m, search).length > 0);
  if (!loaded)
    return (
      <div className="flex flex-col gap-2">
        <Skeleton className="h-6" />
        <Skeleton className="h-24" />
      </div>
    );
  const notes = <UnreadableList label="Models that cannot be read" list={unreadable} />;
  if (models.length === 0 && unreadable.length > 0) return notes;
  if (models.length === 0)
    return <EmptyState title="No models yet">Drop a model file on this window to import it.</EmptyState>;
  if (found.length === 0)
    return <EmptyState title="Nothing of that name">Try a part of a name or a layer type.</EmptyState>;
  return (
    <>
      <ul aria-label="Models" className="flex flex-col gap-1">
        {found.map((model) => (
          <ModelRow key={model.name} model={model} search={search} />
        ))}
      </ul>
      {notes}
    </>
  );
}

function ModelRow({ model, search }: { readonly model: Model; readonly search: string }) {
  const board = useBoard();
  const bindings = useBindings();
  const editable = useMay('edit');
  const badge = useStore(board.threads.store, (s) => s.badges.byAddress[model.name] ?? 0);
  const bound = bindings.f === null ? null : modelOf(bindings.f);
  const current = bound?.model === model.name;
  const [opened, setOpened] = useState<boolean | null>(null);
  const open = search.trim() !== '' || (opened ?? current);
  const step = current ? resolveStep(model, bound?.step) : resolveStep(model, undefined);
  const address = model.checkpoints.find((c) => c.step === step)?.address ?? model.name;
  const use = (to: string) => board.edits.bind('f', to);
  return (
    <li className="flex flex-col gap-1">
      <div className={`flex items-center gap-1 rounded-sm ${current ? 'bg-accent-soft' : ''}`}>
        <button
          type="button"
          aria-label={`${open ? 'Fold' : 'Unfold'} the layers of ${model.name}`}
          aria-expanded={open}
          className="p-0.5 text-faint"
          onClick={() => setOpened(!open)}
        >
          {open ? (
            <ChevronDown aria-hidden className="size-4" />
          ) : (
            <ChevronRight aria-hidden className="size-4" />
          )}
        </button>
        <span
          aria-hidden
          className="size-2.5 shrink-0 rounded-full"
          style={{ background: modelColor(model.color) }}
        />
        <button
          type="button"
          aria-pressed={current}
          disabled={!editable && !current}
          title={current ? 'The board’s model, f' : 'Use as the board’s model, f'}
          className="min-w-0 flex-1 truncate text-left font-medium"
          onClick={() => (current ? setOpened(!open) : use(address))}
        >
          {model.name}
        </button>
        {badge > 0 ? (
          <span className="flex items-center gap-0.5 text-accent text-xs">
            <MessageSquare aria-hidden className="size-3" />
            <span className="sr-only">open threads: </span>
            {badge}
          </span>
        ) : null}
        <span className="pr-1 text-muted text-xs" title={`${model.graph.params} parameters`}>
          {formatNumber(model.graph.params)}
        </span>
      </div>
      {open && model.checkpoints.length > 1 ? (
        <div className="flex items-center gap-2 pl-6">
          <Select
            size="sm"
            label={`Checkpoint of ${model.name}`}
            className="flex-1"
            value={address}
            disabled={!editable}
            options={model.checkpoints.map((c) => ({
              value: c.address,
              label: `step ${c.step}${c.step === model.bestStep ? ' (best)' : ''}`,
            }))}
            onChange={use}
          />
        </div>
      ) : null}
      {open ? <LayerList model={model} address={address} search={search} /> : null}
    </li>
  );
}
