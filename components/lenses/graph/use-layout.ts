'use client';
/** The layout of an architecture: a plain one at once, ELK's when its worker answers. */
import ELK from 'elkjs/lib/elk-api.js';
import { LRUCache } from 'lru-cache';
import { useEffect, useMemo, useState } from 'react';
import type { GraphRecord } from '@/core/result/types.ts';
import { type Direction, fromElk, type Layout, type Nesting, plainLayout, toElk } from './layout.ts';

let elk: InstanceType<typeof ELK> | null = null;
function engine(): InstanceType<typeof ELK> {
  elk ??= new ELK({
    workerFactory: () => new Worker(new URL('./layout.worker.ts', import.meta.url), { type: 'module' }),
  });
  return elk;
}
/** Layouts by architecture: the same one is drawn in the inspector and in several views. */
const known = new LRUCache<string, Promise<Layout>>({ max: 40 });

function layoutOf(graph: GraphRecord, direction: Direction, nesting: Nesting): Promise<Layout> {
  const places = graph.layers.map(({ name }) => [name, nesting.get(name) ?? []]);
  const key = JSON.stringify([direction, places, graph.edges]);
  let layout = known.get(key);
  if (!layout) {
    layout = engine()
      .layout(toElk(graph, direction, nesting))
      .then(fromElk);
    known.set(key, layout);
  }
  return layout;
}

export function useLayout(
  graph: GraphRecord,
  direction: Direction,
  nesting: Nesting,
): { layout: Layout; settled: boolean } {
  const plain = useMemo(() => plainLayout(graph, direction), [graph, direction]);
  const [found, setFound] = useState<{ for: Layout; layout: Layout } | null>(null);
  useEffect(() => {
    let wanted = true;
    layoutOf(graph, direction, nesting).then(
      (layout) => wanted && setFound({ for: plain, layout }),
      // Without a worker the plain layout stays; it is complete, only less tidy.
      () => wanted && setFound({ for: plain, layout: plain }),
    );
    return () => {
      wanted = false;
    };
  }, [graph, direction, nesting, plain]);
  return found?.for === plain ? { layout: found.layout, settled: true } : { layout: plain, settled: false };
}
