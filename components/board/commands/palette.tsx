'use client';
/** Everything that can be done, and every place one can go to, by typing. */
import { Command as Cmdk } from 'cmdk';
import { Dialog as Base } from 'radix-ui';
import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { Model } from '@/core/api/index.ts';
import { matches } from '../../inspector/search.ts';
import { useBoard } from '../../state/context.tsx';
import { layerText } from '../../state/project/addresses.ts';
import { formatCount } from '../../ui/format.ts';
import { Kbd } from '../../ui/kbd.tsx';

const ROW =
  'flex h-7 cursor-default items-center gap-2 rounded-sm px-2 data-[disabled=true]:opacity-50 data-[selected=true]:bg-hover';
const HEADING =
  '[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-faint [&_[cmdk-group-heading]]:text-xs';
const GROUPS = ['Views', 'Edit', 'Arrange', 'Look', 'People', 'Tools', 'Help'] as const;

/** Layers that are listed at once: with thousands each letter would be waited for. */
const MOST_PLACES = 200;

interface Place {
  readonly place: string;
  readonly type: string;
}

/** Layers to go to, those of the board's model at its step. */
function placesOf(models: readonly Model[], f: string | null): readonly Place[] {
  return models.flatMap((model) => {
    const address = f?.startsWith(`${model.name}@`) ? f : model.name;
    return model.graph.layers.map(({ name, type }) => ({ place: layerText(address, name), type }));
  });
}

/** Of many only those in which every word occurs. */
function listed(all: readonly Place[], search: string) {
  if (all.length <= MOST_PLACES) return { shown: all, more: 0 };
  const found = all.filter(({ place, type }) => matches(`${place} ${type}`, search));
  return { shown: found.slice(0, MOST_PLACES), more: Math.max(0, found.length - MOST_PLACES) };
}

export function Palette() {
  const board = useBoard();
  const open = useStore(board.ui, (s) => s.palette);
  const commands = useStore(board.commands.store, (s) => s.commands);
  const models = useStore(board.data.store, (s) => s.models);
  const f = useStore(board.session.items.store, (s) => s.bindings.f);
  const [search, setSearch] = useState('');
  const all = useMemo(() => placesOf(models, f), [models, f]);
  const places = useMemo(() => listed(all, search), [all, search]);
  const close = () => {
    board.show({ palette: false });
    setSearch('');
  };
  const then = (run: () => void) => () => {
    close();
    run();
  };
  return (
    <Base.Root open={open} onOpenChange={(next) => (next ? board.show({ palette: true }) : close())}>
      <Base.Portal>
        <Base.Overlay className="fixed inset-0 z-40 bg-black/30" />
        <Base.Content
          aria-describedby={undefined}
          className="-translate-x-1/2 fixed top-[12vh] left-1/2 z-40 w-[min(560px,calc(100vw-32px))] overflow-hidden rounded-md border bg-surface shadow-float outline-none"
        >
          <Base.Title className="sr-only">Command palette</Base.Title>
          <Cmdk label="Command palette" loop>
            <Cmdk.Input
              value={search}
              onValueChange={setSearch}
              placeholder="Type a command, a layer or a query"
              className="h-10 w-full border-b bg-transparent px-3 text-lg outline-none"
            />
            <Cmdk.List className="max-h-[50vh] overflow-y-auto p-1">
              <Cmdk.Empty className="px-3 py-4 text-muted">
                Nothing of that name. <Kbd>/</Kbd> opens the query line.
              </Cmdk.Empty>
              {search.trim().toLowerCase().startsWith('select') ? (
                <Cmdk.Item
                  forceMount
                  value={search}
                  className={ROW}
                  onSelect={then(() => board.show({ queryLine: { text: search } }))}
                >
                  Ask: <span className="truncate font-mono text-sm">{search}</span>
                </Cmdk.Item>
              ) : null}
              {GROUPS.map((group) => {
                // What cannot be done now is shown to those who look for it.
                const inside = commands.filter(
                  (command) =>
                    command.group === group && (search.trim() !== '' || (command.enabled?.() ?? true)),
                );
                return inside.length === 0 ? null : (
                  <Cmdk.Group key={group} heading={group} className={HEADING}>
                    {inside.map((command) => (
                      <Cmdk.Item
                        key={command.id}
                        value={`${command.label} ${command.id}`}
                        disabled={!(command.enabled?.() ?? true)}
                        className={ROW}
                        onSelect={then(command.run)}
                      >
                        <span className="flex-1">{command.label}</span>
                        {command.keys?.[0] ? <Kbd>{command.keys[0]}</Kbd> : null}
                      </Cmdk.Item>
                    ))}
                  </Cmdk.Group>
                );
              })}
              <Cmdk.Group heading="Go to" className={HEADING}>
                {places.shown.map(({ place, type }) => (
                  <Cmdk.Item
                    key={place}
                    value={place}
                    className={ROW}
                    onSelect={then(() => board.selection.select({ layer: place, units: [] }))}
                  >
                    <span className="font-mono text-sm">{place}</span>
                    <span className="text-faint text-xs">{type}</span>
                  </Cmdk.Item>
                ))}
                {places.more > 0 ? (
                  <Cmdk.Item forceMount disabled value="more" className={`${ROW} text-faint`}>
                    {formatCount(places.more)} more layers; type more of a name
                  </Cmdk.Item>
                ) : null}
              </Cmdk.Group>
            </Cmdk.List>
          </Cmdk>
        </Base.Content>
      </Base.Portal>
    </Base.Root>
  );
}
