'use client';
import { useReactFlow } from '@xyflow/react';
import { MessageSquare } from 'lucide-react';
import { useStore } from 'zustand';
import type { Model } from '@/core/api/index.ts';
import { activate, applyTool } from '../actions/activate.ts';
import { canvasCentre } from '../actions/place.ts';
import { useBindings, useBoard } from '../state/context.tsx';
import { layerText, steplessText } from '../state/project/addresses.ts';
import { toolById, toolFits } from '../state/questions/tools.ts';
import { counted, formatShape } from '../ui/format.ts';
import { useToast } from '../ui/toast.tsx';
import { matchingLayers } from './search.ts';

/** Layers in the order of computation. A click selects, or applies the armed tool; Enter twice opens. */
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
  return (
    <ul aria-label={`Layers of ${model.name}`} className="flex flex-col pl-6">
      {matchingLayers(model, search).map((layer) => {
        const place = layerText(address, layer.name);
        const plain = steplessText(place);
        const fits = armed && armed.level !== 'model' ? toolFits(armed, place, models, bindings) : null;
        const badge = badges[plain] ?? 0;
        const current = chosen === plain;
        return (
          <li key={layer.name}>
            <button
              type="button"
              aria-label={`${layer.name}, ${layer.type}${badge > 0 ? `, ${counted(badge, 'open thread')}` : ''}`}
              aria-pressed={current}
              aria-disabled={fits !== null && !fits.fits ? true : undefined}
              title={
                fits !== null && !fits.fits
                  ? `${armed?.label}: ${fits.why}`
                  : `${layer.type}, ${layer.params} parameters`
              }
              className={`relative flex h-6 w-full items-center gap-2 rounded-sm px-1.5 text-left hover:bg-hover ${current ? 'bg-accent-soft' : ''} ${fits !== null && !fits.fits ? 'opacity-40' : ''} ${fits?.fits ? 'outline outline-accent/50' : ''}`}
              onClick={() => {
                if (armed && fits) {
                  if (!fits.fits) return;
                  const { why } = applyTool(board, armed, place, { near: canvasCentre(flow) });
                  if (why !== null)
                    toast.show({
                      title: `${armed.label} cannot be applied`,
                      description: why,
                      tone: 'warning',
                    });
                  else board.selection.arm(null);
                  return;
                }
                board.selection.select({ layer: place, units: [] });
              }}
              onDoubleClick={() => activate(board, place, null)}
            >
              {/* Share of the largest layer's parameters: where the weight of the model sits. */}
              <span
                aria-hidden
                className="absolute bottom-0 left-1.5 h-px bg-line-strong"
                style={{ width: `calc((100% - 12px) * ${layer.params / widest})` }}
              />
              <span className="min-w-0 flex-1 truncate font-mono text-sm">{layer.name}</span>
              {badge > 0 ? (
                <span className="flex items-center gap-0.5 text-accent text-xs">
                  <MessageSquare aria-hidden className="size-3" />
                  {badge}
                </span>
              ) : null}
              <span className="truncate text-muted text-xs">{formatShape(layer.outputShape.slice(1))}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
