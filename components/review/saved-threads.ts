import type { Thread } from '@/core/api/index.ts';
import type { Bindings, View } from '@/core/board/index.ts';
import { layerText } from '../state/project/addresses.ts';
import { threadsAt } from '../state/project/badges.ts';
import { boundText } from '../state/questions/query-text.ts';

/** Threads on a view, and on the layer, model or example that its query speaks of. */
export function threadsOfView(threads: readonly Thread[], view: View, bindings: Bindings): Thread[] {
  const found = new Set(threads.filter((t) => t.anchor.kind === 'view' && t.anchor.viewId === view.id));
  const bound = boundText(view.query, bindings);
  if (bound.ok && bound.model !== null) {
    const { what } = bound.query;
    const layers =
      what.kind === 'layer'
        ? [what]
        : what.kind === 'call'
          ? what.args.flatMap((arg) => (arg.kind === 'layer' ? [arg] : []))
          : [];
    const places =
      layers.length === 0 ? [bound.model] : layers.map((l) => layerText(bound.model ?? '', l.layer));
    for (const place of places) for (const thread of threadsAt(threads, place)) found.add(thread);
  }
  return [...found];
}
