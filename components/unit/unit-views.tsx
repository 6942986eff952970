'use client';
import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { Address } from '@/core/address/index.ts';
import { useBindings, useProject, useQuery } from '../state/context.tsx';
import { printAddress } from '../state/project/addresses.ts';
import { titleOf } from '../state/questions/query-text.ts';
import { placeFor, TOOLS, type ToolId, toolFits, toolQuery } from '../state/questions/tools.ts';
import { StillView } from '../view/still-view.tsx';

/** What is worth seeing at each level, most telling first. */
const SHOWN: Readonly<Record<Address['kind'], readonly ToolId[]>> = {
  model: ['graph', 'metrics', 'confusion'],
  layer: ['activation', 'stats', 'histogram', 'classmeans', 'units'],
  unit: ['histogram', 'classmeans', 'activation'],
  weight: ['stats', 'histogram'],
  example: ['predict', 'images'],
  slice: ['images', 'confusion'],
  dataset: ['images', 'confusion'],
};

/** Views of an address, each with the query behind it. */
export function UnitViews({ address }: { readonly address: Address }) {
  const { data, selection } = useProject();
  const bindings = useBindings();
  const models = useStore(data.store, (s) => s.models);
  const text = printAddress(address);
  useEffect(() => {
    selection.select(
      address.kind === 'unit'
        ? { units: [text] }
        : address.kind === 'layer'
          ? { layer: text }
          : address.kind === 'example'
            ? { examples: [text] }
            : {},
    );
  }, [selection, address, text]);
  const place = 'model' in address ? text : bindings.f;
  const queries =
    place === null
      ? []
      : SHOWN[address.kind].flatMap((id) => {
          const tool = TOOLS.find((t) => t.id === id);
          if (!tool) return [];
          const at = placeFor(tool, place);
          return toolFits(tool, at, models, bindings).fits ? [toolQuery(tool, at, bindings, models)] : [];
        });
  if (queries.length === 0)
    return (
      <p className="text-muted">
        Nothing can be computed here yet: the project lacks this model, or data for it.
      </p>
    );
  return (
    <div className="flex flex-col gap-4">
      {queries.map((query) => (
        <UnitView key={query} query={query} />
      ))}
    </div>
  );
}

const HEIGHT = 320;

function UnitView({ query }: { readonly query: string }) {
  const { slug } = useProject();
  const bindings = useBindings();
  const router = useRouter();
  const { bound, state } = useQuery(query, bindings);
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(640);
  useEffect(() => {
    if (!box.current) return;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.round(entry.contentRect.width)));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  return (
    <article className="overflow-hidden rounded-md border bg-surface">
      <header className="border-b px-3 py-1.5">
        <h2 className="font-medium">{titleOf(query, bindings)}</h2>
        <code className="block truncate font-mono text-faint text-xs">{bound.ok ? bound.text : query}</code>
      </header>
      <div ref={box} style={{ height: HEIGHT }}>
        <StillView
          state={bound.ok ? state : { status: 'error', code: 'invalid', message: bound.message }}
          lens="auto"
          options={{}}
          width={width}
          height={HEIGHT}
          onActivate={(place) => router.push(`/p/${slug}/u?at=${encodeURIComponent(place)}`)}
        />
      </div>
      {state?.status === 'done' ? (
        <p className="border-t px-3 py-1 text-muted text-sm">{state.result.meta.reading}</p>
      ) : null}
    </article>
  );
}
