import type { Thread } from '@/core/api/index.ts';
import type { Bindings } from '@/core/board/index.ts';
import { layerText } from '../state/project/addresses.ts';
import { threadsAt } from '../state/project/badges.ts';
import { boundText } from '../state/questions/query-text.ts';
import type { ReviewStep } from './content.ts';

/** Threads on a view and on what is shown beside it, and on the layer, model or example that its query speaks of. */
export function threadsOfStep(
  threads: readonly Thread[],
  { view, notes, unreadable }: ReviewStep,
  bindings: Bindings,
): Thread[] {
  const shown = new Set([view, ...notes, ...unreadable].map(({ id }) => id));
  const found = new Set(threads.filter(({ anchor }) => anchor.kind === 'view' && shown.has(anchor.viewId)));
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
