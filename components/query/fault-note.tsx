'use client';
import type { Splice } from '@/core/board/index.ts';
import { Button } from '../ui/button.tsx';
import { type Fault, sentences } from './text/faults.ts';

/** One fault in words: what and where, the suggestion below, and the edit that mends it. */
export function FaultNote({
  fault,
  onFix,
}: {
  readonly fault: Fault;
  onFix: ((splice: Splice) => void) | null;
}) {
  const { what, hint } = sentences(fault.message);
  const { place, fix, unfinished } = fault;
  return (
    <div className="text-sm">
      <p className={unfinished ? 'text-faint' : 'text-fault'}>
        {what}
        {place ? (
          <span className={unfinished ? '' : 'text-muted'}>
            {' '}
            {`(line ${place.line}, column ${place.column})`}
          </span>
        ) : null}
      </p>
      {hint !== null ? (
        <p className="flex flex-wrap items-center gap-2 text-muted">
          {hint}
          {fix && onFix ? (
            <Button size="sm" className="h-5" onClick={() => onFix(fix.splice)}>
              {fix.label}
            </Button>
          ) : null}
        </p>
      ) : null}
    </div>
  );
}
