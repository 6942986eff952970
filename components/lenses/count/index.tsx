'use client';
import { Hash } from 'lucide-react';
import { formatCount, formatShare } from '@/components/ui/format.ts';
import { countRecordSchema } from '@/core/result/types.ts';
import type { LensProps, LensSpec } from '../contract.ts';
import { Frame } from '../shared/frame.tsx';
import { recordOf } from '../shared/result/read.ts';
import { compare } from './compare.ts';

function Count({ result, width, height }: LensProps) {
  const record = recordOf(result, countRecordSchema);
  const share = record.total > 0 ? record.count / record.total : Number.NaN;
  const [data] = result.meta.provenance.data;
  return (
    <Frame width={width} height={height} name="Count">
      {(w, h) => (
        <div
          className="flex flex-col items-center justify-center gap-1 overflow-hidden p-2 text-center"
          style={{ width: w, height: h }}
        >
          <p
            className="font-semibold leading-none"
            style={{ fontSize: Math.max(20, Math.min(56, h / 3, w / 6)) }}
            title={String(record.count)}
          >
            {formatCount(record.count)}
          </p>
          {h > 60 && (
            <p className="whitespace-nowrap text-muted">
              of {formatCount(record.total)}
              {w > 180 && ' examples'}, {formatShare(share)}
            </p>
          )}
          <span
            aria-hidden
            className="relative block h-1 max-w-full overflow-hidden rounded-sm bg-pressed"
            style={{ width: Math.min(240, w - 32) }}
          >
            <span
              className="absolute inset-y-0 left-0 bg-accent"
              style={{ width: `${Number.isFinite(share) ? Math.min(1, share) * 100 : 0}%` }}
            />
          </span>
          {h > 96 && w > 180 && record.count > 0 && record.accuracy !== null && (
            <p className="text-muted text-sm">accuracy among them {formatShare(record.accuracy)}</p>
          )}
          {h > 120 && w > 180 && data && (
            <p className="max-w-full truncate font-mono text-faint text-xs">{data.address}</p>
          )}
        </div>
      )}
    </Frame>
  );
}

export const count: LensSpec = {
  id: 'count',
  name: 'Count',
  icon: Hash,
  types: ['count'],
  rank: 10,
  honoursClass: false,
  size: { w: 260, h: 160 },
  Component: Count,
  compare,
};
