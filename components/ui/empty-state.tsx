import type { ReactNode } from 'react';
import { cx } from './cx.ts';

export interface EmptyStateProps {
  readonly icon?: ReactNode;
  readonly title: string;
  /** What to do next. */
  readonly children?: ReactNode;
  readonly action?: ReactNode;
  readonly className?: string;
  /** The page has nothing else: its title is the page's heading. */
  readonly whole?: boolean;
}
export function EmptyState({ icon, title, children, action, className, whole = false }: EmptyStateProps) {
  return (
    <div className={cx('flex flex-col items-center justify-center gap-1 p-4 text-center', className)}>
      {icon && <span className="mb-1 text-faint [&_svg]:size-5">{icon}</span>}
      {whole ? <h1 className="font-medium">{title}</h1> : <p className="font-medium">{title}</p>}
      {children && <div className="max-w-96 text-muted text-sm">{children}</div>}
      {action && <div className="mt-2">{action}</div>}
    </div>
  );
}
