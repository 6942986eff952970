'use client';
import { Tooltip as Base } from 'radix-ui';
import type { ReactNode } from 'react';
import { Kbd } from './kbd.tsx';

export function TooltipProvider({ children }: { readonly children: ReactNode }) {
  return (
    <Base.Provider delayDuration={400} skipDelayDuration={200}>
      {children}
    </Base.Provider>
  );
}

export interface TooltipProps {
  readonly label: ReactNode;
  readonly shortcut?: string;
  readonly side?: 'top' | 'right' | 'bottom' | 'left';
  /** One element that takes a ref. */
  readonly children: ReactNode;
}

export function Tooltip({ label, shortcut, side = 'bottom', children }: TooltipProps) {
  return (
    <Base.Root>
      <Base.Trigger asChild>{children}</Base.Trigger>
      <Base.Portal>
        <Base.Content
          side={side}
          sideOffset={4}
          collisionPadding={8}
          className="z-50 flex max-w-80 items-center gap-2 rounded-md bg-text px-2 py-1 text-bg text-sm shadow-float"
        >
          {label}
          {shortcut && <Kbd inverse>{shortcut}</Kbd>}
        </Base.Content>
      </Base.Portal>
    </Base.Root>
  );
}
