'use client';
import { useReactFlow } from '@xyflow/react';
import { ExternalLink } from 'lucide-react';
import Link from 'next/link';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import { applyTool } from '../actions/activate.ts';
import { canvasCentre } from '../actions/place.ts';
import { useBindings, useBoard, useMay } from '../state/context.tsx';
import { readAddress, shortName } from '../state/project/addresses.ts';
import { findModel } from '../state/project/project.ts';
import { placeFor, TOOLS, toolProblem } from '../state/questions/tools.ts';
import { Button } from '../ui/button.tsx';
import { Facts } from './facts.tsx';
import { layerFacts } from './layer-facts.ts';
import { UnitStats } from './unit-stats.tsx';

/** A layer or unit: its facts, its statistics over the board's data, and what can be opened of it. */
export function PlaceFacts({ place, more }: { readonly place: string; readonly more: number }) {
  const board = useBoard();
  const flow = useReactFlow();
  const bindings = useBindings();
  const editable = useMay('edit');
  const models = useStore(board.data.store, (s) => s.models);
  const datasets = useStore(board.data.store, (s) => s.datasets);
  const chosen = useStore(board.selection.store, (s) => s.items[0] ?? null);
  const address = useMemo(() => readAddress(place), [place]);
  if (!address || !('model' in address)) return null;
  const model = findModel(models, address.model);
  const tools = TOOLS.filter(
    (t) => t.level !== 'model' && toolProblem(t, placeFor(t, place), bindings, { models, datasets }) === null,
  );
  return (
    <section aria-label="Selected place" className="flex flex-col gap-2">
      <div className="flex items-start gap-1">
        <h3 className="min-w-0 flex-1 break-words font-semibold font-mono">{shortName(address)}</h3>
        <Link
          className="flex items-center gap-1 text-accent text-sm"
          href={`/p/${board.slug}/u?at=${encodeURIComponent(place)}`}
        >
          Page <ExternalLink aria-hidden className="size-3" />
        </Link>
      </div>
      {more > 0 ? <p className="text-muted text-sm">and {more} more selected</p> : null}
      <Facts
        facts={[
          [
            'Address',
            <code key="a" className="font-mono">
              {place}
            </code>,
          ],
          ...layerFacts(address, model),
        ]}
      />
      <UnitStats place={place} />
      {editable && tools.length > 0 ? (
        <fieldset className="flex flex-wrap gap-1" aria-label="Open as a view">
          {tools.map((tool) => (
            <Button
              key={tool.id}
              size="sm"
              title={tool.hint}
              onClick={() => applyTool(board, tool, place, { from: chosen, near: canvasCentre(flow) })}
            >
              {tool.label}
            </Button>
          ))}
        </fieldset>
      ) : null}
    </section>
  );
}
