'use client';
import { Scale } from 'lucide-react';
import { useMemo } from 'react';
import { formatCount, formatShare } from '@/components/ui/format.ts';
import { calibrationRecordSchema } from '@/core/result/types.ts';
import type { LensProps, LensSpec } from '../contract.ts';
import { Frame } from '../shared/frame.tsx';
import { recordOf } from '../shared/result/read.ts';
import { calibrationBins, calibrationVerdict, gapOf } from './bins.ts';
import { compare } from './compare.tsx';
import { Reliability } from './reliability.tsx';

function Calibration({ result, width, height, modelColor }: LensProps) {
  const record = recordOf(result, calibrationRecordSchema);
  const bins = useMemo(() => calibrationBins(result), [result]);
  const total = bins.reduce((sum, bin) => sum + bin.count, 0);
  const verdict = calibrationVerdict(record.ece, gapOf(bins));
  return (
    <Frame
      width={width}
      height={height}
      name="Calibration"
      empty={total === 0 ? 'No labelled examples here. Widen the slice.' : null}
      controls={
        <>
          <span className="shrink-0 font-medium" title={`accuracy ${record.accuracy}`}>
            {verdict}, accuracy {formatShare(record.accuracy)}
          </span>
          <span className="truncate text-muted">bars below the line: more confident than right</span>
        </>
      }
      foot={
        <>
          <span>n = {formatCount(total)} examples</span>
          <span
            title={`Expected calibration error, the mean distance of confidence from accuracy: ${record.ece}`}
          >
            ECE {formatShare(record.ece)}
          </span>
          <span title={`Maximum calibration error, the largest distance of a bin: ${record.mce}`}>
            MCE {formatShare(record.mce)}
          </span>
          <span title={`Mean squared error of all class probabilities (0 is best): ${record.brier}`}>
            Brier {record.brier.toFixed(3)}
          </span>
        </>
      }
    >
      {(w, h) => (
        <Reliability
          width={w}
          height={h}
          label={`Accuracy by confidence in ${bins.length} bins: ${verdict}, expected calibration error ${formatShare(record.ece)}`}
          series={[{ name: '', bins, color: `var(--model-${((modelColor % 8) + 8) % 8})` }]}
        />
      )}
    </Frame>
  );
}

export const calibration: LensSpec = {
  id: 'calibration',
  name: 'Calibration',
  icon: Scale,
  types: ['calibration'],
  rank: 10,
  honoursClass: false,
  size: { w: 420, h: 380 },
  Component: Calibration,
  compare,
};
