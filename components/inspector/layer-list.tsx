'use client';
import { useReactFlow } from '@xyflow/react';
import { ChevronDown, ChevronRight, MessageSquare } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { Model } from '@/core/api/index.ts';
import { activate, applyTool } from '../actions/activate.ts';
import { canvasCentre } from '../actions/place.ts';
import { useBindings, useBoard } from '../state/context.tsx';
import { layerText, steplessText } from '../state/project/addresses.ts';
import { type Fit, toolById, toolFits } from '../state/questions/tools.ts';
import { counted, formatShape } from '../ui/format.ts';
import { useToast } from '../ui/toast.tsx';
import { openAtFirst, rowsOf } from './layer-rows.ts';

/** Layers in the order of computation, in the groups that they lie in. A click selects, or applies the armed tool; Enter twice opens. */
export function LayerList({
  model,
  address,
  search,
}: {
  readonly model: Model;
  readonly address: string;
  readonly search: string;
}) {
  const board = useBoard();
  const flow = useReactFlow();
  const toast = useToast();
  const bindings = useBindings();
  const models = useStore(board.data.store, (s) => s.models);
  const badges = useStore(board.threads.store, (s) => s.badges.byAddress);
  const selected = useStore(board.selection.store, (s) => s.layer);
  const armed = toolById(useStore(board.selection.store, (s) => s.armed));
  const chosen = selected === null ? null : steplessText(selected);
  const widest = Math.max(1, ...model.graph.layers.map((l) => l.params));
  const first = useMemo(() => openAtFirst(model), [model]);
  /** Null until a person has opened or closed one. */
  const [opened, setOpened] = useState<ReadonlySet<string> | null>(null);
  const [most, setMost] = useState(MOST_ROWS);
  const open = opened ?? first;
  const rows = useMemo(() => rowsOf(model, search, open), [model, search, open]);
  const select = (place: string, fits: Fit | null) => {
    if (!armed || !fits) return board.selection.select({ layer: place, units: [] });
    if (!fits.fits) return;
    const { why } = applyTool(board, armed, place, { near: canvasCentre(flow) });
    if (why === null) return board.selection.arm(null);
    toast.show({ title: `${armed.label} cannot be applied`, description: why, tone: 'warning' });
  };
  return (
    <ul aria-label={`Layers of ${model.name}`} className="flex flex-col pl-6">
      {rows.slice(0, most).map((row) => {
        const { name, label, depth, group, layer } = row;
        const place = layerText(address, name);
        const plain = steplessText(place);
        const fits = armed && armed.level !== 'model' ? toolFits(armed, place, models, bindings) : null;
        const badge = badges[plain] ?? 0;
        const current = chosen === plain;
        const type = group ? `group of ${group.layers.length} layers` : (layer?.type ?? '');
        const params = group?.params ?? layer?.params ?? 0;
        const isOpen = group !== undefined && open.has(name);
        return (
          <li key={name} className="flex items-center" style={{ paddingLeft: depth * 10 }}>
            {group ? (
              <button
                type="button"
                aria-label={`${isOpen ? 'Close' : 'Open'} ${name}`}
                aria-expanded={isOpen}
                className="-ml-4 size-4 shrink-0 text-faint"
                onClick={() => setOpened(toggled(open, name))}
              >
                {isOpen ? (
                  <ChevronDown aria-hidden className="size-3.5" />
                ) : (
                  <ChevronRight aria-hidden className="size-3.5" />
                )}
              </button>
            ) : null}
            <button
              type="button"
              aria-label={`${name}, ${type}${badge > 0 ? `, ${counted(badge, 'open thread')}` : ''}`}
              aria-pressed={current}
              aria-disabled={fits !== null && !fits.fits ? true : undefined}
              title={
                fits !== null && !fits.fits
                  ? `${armed?.label}: ${fits.why}`
                  : `${label === name ? '' : `${name}\n`}${type}, ${params} parameters`
              }
              className={`relative flex h-6 w-full min-w-0 items-center gap-2 rounded-sm px-1.5 text-left hover:bg-hover ${current ? 'bg-accent-soft' : ''} ${fits !== null && !fits.fits ? 'opacity-40' : ''} ${fits?.fits ? 'outline outline-accent/50' : ''}`}
              onClick={() => select(place, fits)}
              onDoubleClick={() => (group ? setOpened(toggled(open, name)) : activate(board, place, null))}
            >
              {/* Share of the largest layer's parameters: where the weight of the model sits. */}
              {layer ? (
                <span
                  aria-hidden
                  className="absolute bottom-0 left-1.5 h-px bg-line-strong"
                  style={{ width: `calc((100% - 12px) * ${params / widest})` }}
                />
              ) : null}
              <span className="min-w-0 flex-1 truncate font-mono text-sm">{label}</span>
              {badge > 0 ? (
                <span className="flex items-center gap-0.5 text-accent text-xs">
                  <MessageSquare aria-hidden className="size-3" />
                  {badge}
                </span>
              ) : null}
              <span className="truncate text-muted text-xs">
                {layer
                  ? formatShape(layer.outputShape.slice(1))
                  : counted(group?.layers.length ?? 0, 'layer')}
              </span>
            </button>
          </li>
        );
      })}
      {rows.length > most ? (
        <li>
          <button type="button" className="px-1.5 text-accent text-sm" onClick={() => setMost(most * 4)}>
            {rows.length - most} more
          </button>
        </li>
      ) : null}
    </ul>
  );
}

/** Rows that are drawn at once: a page with thousands of them answers late. */
const MOST_ROWS = 400;

const toggled = (open: ReadonlySet<string>, name: string): ReadonlySet<string> =>
  new Set(open.has(name) ? [...open].filter((other) => other !== name) : [...open, name]);
