/** What is shown of a what-if answer, and how panes share the area. */

export const PANE_CHOICES = ['sides', 'change', 'all'] as const;
export type PaneChoice = (typeof PANE_CHOICES)[number];

/** Three panes need so much width. */
const WIDTH_FOR_THREE = 600;

/** The choice that was made, where it can be had, else what suits the lens and the width. */
export function paneChoice(
  chosen: PaneChoice | null,
  changeFirst: boolean,
  hasChange: boolean,
  width: number,
): PaneChoice {
  if (!hasChange) return 'sides';
  if (chosen !== null) return chosen;
  if (changeFirst) return 'change';
  return width >= WIDTH_FOR_THREE ? 'all' : 'sides';
}

/** Narrower panes show no controls and no foot of their own. */
export const isBare = (width: number): boolean => width < 340;
