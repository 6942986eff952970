import type { ReactNode } from 'react';
import { cx } from './cx.ts';

/** A key, or keys joined by +. "Mod" is shown as what it is here: Ctrl, or Command on a Mac. */
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
      suppressHydrationWarning
    >
      {typeof children === 'string' ? written(children) : children}
    </kbd>
  );
}

const MAC = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform);

/** "Mod+Shift+Z" as people write it. */
export function written(keys: string, mac = MAC): string {
  return mac
    ? keys.replace('Mod+', '⌘').replace('Shift+', '⇧').replace('Alt+', '⌥').replace('Escape', 'Esc')
    : keys.replace('Mod+', 'Ctrl+').replace('Escape', 'Esc');
}
