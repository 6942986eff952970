import { CircleX, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';

export interface ErrorNoteProps {
  readonly tone?: 'fault' | 'warning' | 'info';
  /** What happened, why, and what to do: one sentence. */
  readonly children: ReactNode;
  /** The one button that helps. */
  readonly action?: ReactNode;
  readonly className?: string;
}
const LOOK = {
  fault: { icon: CircleX, color: 'text-fault', box: 'bg-fault-soft' },
  warning: { icon: TriangleAlert, color: 'text-warning', box: 'bg-warning-soft' },
  info: { icon: Info, color: 'text-info', box: 'bg-info-soft' },
} as const;

export function ErrorNote({ tone = 'fault', children, action, className }: ErrorNoteProps) {
  const { icon: Icon, color, box } = LOOK[tone];
  return (
    <div
      role={tone === 'fault' ? 'alert' : 'status'}
      className={cx('flex items-start gap-2 rounded-md px-3 py-2', box, className)}
    >
      <Icon aria-hidden className={cx('mt-0.5 size-4 shrink-0', color)} />
      <div className="min-w-0 flex-1 break-words">{children}</div>
      {action}
    </div>
  );
}
