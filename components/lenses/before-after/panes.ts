/** What is shown of a what-if answer, and how panes share the area. */
import type { ResultType } from '@/core/result/types.ts';

export const PANE_CHOICES = ['sides', 'change', 'all'] as const;
export type PaneChoice = (typeof PANE_CHOICES)[number];

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
const WIDTH_FOR_THREE = 600;

/** The look that was chosen, where it can be had, else what suits the type and the width. */
export function paneChoice(option: unknown, type: ResultType, hasChange: boolean, width: number): PaneChoice {
  if (!hasChange) return 'sides';
  const chosen = PANE_CHOICES.find((look) => look === option);
  if (chosen) return chosen;
  if (CHANGE_FIRST.includes(type)) return 'change';
  return width >= WIDTH_FOR_THREE ? 'all' : 'sides';
}

/** Narrower panes show no controls and no foot of their own. */
export const isBare = (width: number): boolean => width < 340;
