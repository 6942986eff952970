'use client';
import { Info, TriangleAlert } from 'lucide-react';
import type { View } from '@/core/board/index.ts';
import type { Result } from '@/core/result/index.ts';
import { formatCount, formatDuration } from '../ui/format.ts';
import { Tooltip } from '../ui/tooltip.tsx';

/**
 * Marks of the whole result, at the end of the lens's own foot: how it is read and was made, what it warns of, and
 * whether it is the answer to the query as it stands.
 */
export function ViewFoot({
  view,
  result,
  stale,
}: {
  readonly view: View;
  readonly result: Result;
  readonly stale: boolean;
}) {
  const { n, provenance, reading, superseded } = result.meta;
  const warnings = superseded === undefined ? result.meta.warnings : [superseded, ...result.meta.warnings];
  const facts = [
    n === undefined ? null : `n = ${formatCount(n)}`,
    provenance.method,
    formatDuration(provenance.durationMs),
  ].filter((fact) => fact !== null);
  const how = (
    <span>
      {reading || provenance.query}
      <span className="mt-1 block opacity-75">{facts.join(' · ')}</span>
    </span>
  );
  return (
    <footer className="absolute right-0 bottom-0 flex h-[19px] items-center gap-1 bg-surface pr-2 pl-1 text-faint text-xs">
      {view.pinnedResult !== null ? <span className="text-accent">pinned</span> : null}
      {stale && view.pinnedResult === null ? <span className="text-warning">stale</span> : null}
      {warnings.length > 0 ? (
        <Tooltip
          label={
            <ul className="flex max-h-80 flex-col gap-1 overflow-hidden">
              {warnings.map((warning) => (
                <li key={warning}>{warning}</li>
              ))}
            </ul>
          }
          side="top"
        >
          <button
            type="button"
            className={`${MARK} text-warning`}
            aria-label={`Warning: ${warnings.join(' ')}`}
          >
            <TriangleAlert aria-hidden className="size-3" />
          </button>
        </Tooltip>
      ) : null}
      <Tooltip label={how} side="top">
        <button type="button" className={`${MARK} hover:text-text`} aria-label="How to read this picture">
          <Info aria-hidden className="size-3" />
        </button>
      </Tooltip>
    </footer>
  );
}
const MARK = 'nodrag flex size-4 items-center justify-center rounded-sm transition-colors';
