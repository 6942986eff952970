import type { ReactNode } from 'react';
import { cx } from './cx.ts';

export function Kbd({
  children,
  inverse = false,
}: {
  readonly children: ReactNode;
  readonly inverse?: boolean;
}) {
  return (
    <kbd
      className={cx(
        'inline-flex h-4 min-w-4 items-center justify-center rounded-sm border px-1 font-mono text-xs',
        inverse ? 'border-current/40' : 'border-line bg-sunken text-muted',
      )}
    >
      {children}
    </kbd>
  );
}
