/** What is shown of a what-if answer, and how panes share the area. */
import type { ResultType } from '@/core/result/types.ts';

export const LOOKS = ['sides', 'change', 'all'] as const;
export type Look = (typeof LOOKS)[number];

/** Types whose change says more at once than both answers side by side. */
const CHANGE_FIRST: readonly ResultType[] = [
  'vector[class]',
  'matrix[class,class]',
  'table[example]',
  'table[class]',
  'histogram',
  'stats[unit]',
  'calibration',
];
/** Three panes need so much width. */
const ROOM = 600;

/** The look that was chosen, where it can be had, else what suits the type and the width. */
export function lookFor(option: unknown, type: ResultType, hasChange: boolean, width: number): Look {
  if (!hasChange) return 'sides';
  const chosen = LOOKS.find((look) => look === option);
  if (chosen) return chosen;
  if (CHANGE_FIRST.includes(type)) return 'change';
  return width >= ROOM ? 'all' : 'sides';
}

/** Narrower panes show no controls and no foot of their own. */
export const isBare = (width: number): boolean => width < 340;
