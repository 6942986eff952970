'use client';
import { calibrationBins } from '../../calibration/index.tsx';
import { Reliability } from '../../calibration/reliability.tsx';
import type { ChangeProps } from './types.ts';

/** Both reliability diagrams in one: bars after the change, a line before it. */
export function CalibrationChange({ before, after, width, height, modelColor }: ChangeProps) {
  return (
    <Reliability
      width={width}
      height={height}
      label="Accuracy by confidence: bars after, line before"
      series={[
        { name: 'after', bins: calibrationBins(after), color: `var(--model-${((modelColor % 8) + 8) % 8})` },
        { name: 'before', bins: calibrationBins(before), color: 'var(--text)', line: true },
      ]}
    />
  );
}
