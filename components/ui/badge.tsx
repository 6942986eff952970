import { CircleX, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';

export type BadgeTone = 'neutral' | 'accent' | 'info' | 'warning' | 'fault' | 'good';
const TONES: Record<BadgeTone, string> = {
  neutral: 'bg-hover text-muted',
  accent: 'bg-accent-soft text-accent',
  info: 'bg-info-soft text-info',
  warning: 'bg-warning-soft text-warning',
  fault: 'bg-fault-soft text-fault',
  good: 'bg-good-soft text-good',
};
/** Faults are told by shape as well as by colour. */
const SHAPES: Partial<Record<BadgeTone, ReactNode>> = {
  info: <Info aria-hidden />,
  warning: <TriangleAlert aria-hidden />,
  fault: <CircleX aria-hidden />,
};

export interface BadgeProps {
  readonly tone?: BadgeTone;
  readonly children: ReactNode;
  readonly title?: string;
  readonly className?: string;
}
export function Badge({ tone = 'neutral', children, title, className }: BadgeProps) {
  return (
    <span
      title={title}
      className={cx(
        'inline-flex h-4 shrink-0 items-center gap-1 whitespace-nowrap rounded-sm px-1 font-medium text-xs [&_svg]:size-3',
        TONES[tone],
        className,
      )}
    >
      {SHAPES[tone]}
      {children}
    </span>
  );
}
