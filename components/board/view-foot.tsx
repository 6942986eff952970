'use client';
import { TriangleAlert } from 'lucide-react';
import type { View } from '@/core/board/index.ts';
import type { Result } from '@/core/result/index.ts';
import { formatCount, formatDuration } from '../ui/format.ts';
import { Tooltip } from '../ui/tooltip.tsx';

/** Sample size, method, duration, and whether the picture is the answer to the query as it stands. */
export function ViewFoot({
  view,
  result,
  stale,
}: {
  readonly view: View;
  readonly result: Result;
  readonly stale: boolean;
}) {
  const { n, provenance, warnings, reading } = result.meta;
  const facts = [
    n === undefined ? null : `n = ${formatCount(n)}`,
    provenance.method,
    formatDuration(provenance.durationMs),
  ].filter((fact) => fact !== null);
  return (
    <footer className="flex h-5 shrink-0 items-center gap-2 border-t px-2 text-faint text-xs">
      <Tooltip label={reading || provenance.query} side="top">
        <button
          type="button"
          className="nodrag min-w-0 truncate text-left"
          aria-label="How to read this picture"
        >
          {facts.join(' · ')}
        </button>
      </Tooltip>
      <span className="flex-1" />
      {warnings.length > 0 ? (
        <Tooltip label={warnings.join(' ')} side="top">
          <button type="button" className="nodrag text-warning" aria-label={`Warning: ${warnings.join(' ')}`}>
            <TriangleAlert aria-hidden className="size-3" />
          </button>
        </Tooltip>
      ) : null}
      {view.pinnedResult !== null ? <span className="text-accent">pinned</span> : null}
      {stale && view.pinnedResult === null ? <span className="text-warning">stale</span> : null}
    </footer>
  );
}
