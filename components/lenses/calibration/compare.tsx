'use client';
import { formatShare } from '@/components/ui/format.ts';
import { calibrationRecordSchema, type Result } from '@/core/result/types.ts';
import type { CompareProps, CompareSpec } from '../contract.ts';
import { accuracies, arrow } from '../shared/result/changes.ts';
import { calibrationBins } from './bins.ts';
import { Reliability } from './reliability.tsx';

/** Both reliability diagrams in one: bars after the change, a line before it. */
export function CalibrationChange({ before, after, width, height, modelColor }: CompareProps) {
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

function sentence(before: Result, after: Result): string | null {
  const [a, b] = [before, after].map((side) => calibrationRecordSchema.safeParse(side.meta.record).data);
  return a && b
    ? `ECE ${arrow(formatShare(a.ece), formatShare(b.ece))}, ${accuracies(a.accuracy, b.accuracy)}`
    : null;
}

export const compare: CompareSpec = { Component: CalibrationChange, first: true, sentence };
