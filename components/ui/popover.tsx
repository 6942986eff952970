'use client';
import { Popover as Base } from 'radix-ui';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';

export interface PopoverProps {
  /** The button that opens it: one element that takes a ref. */
  readonly trigger: ReactNode;
  readonly label: string;
  readonly children: ReactNode;
  readonly open?: boolean;
  onOpenChange?(open: boolean): void;
  readonly align?: 'start' | 'center' | 'end';
  readonly side?: 'top' | 'right' | 'bottom' | 'left';
  readonly className?: string;
  /** Where the keyboard is when it opens: on its first control, or on the whole, where a control's hint would cover the rest. */
  readonly focus?: 'first' | 'whole';
}

export function Popover({
  trigger,
  label,
  children,
  open,
  onOpenChange,
  align = 'start',
  side = 'bottom',
  className,
  focus = 'first',
}: PopoverProps) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Trigger asChild>{trigger}</Base.Trigger>
      <Base.Portal>
        <Base.Content
          aria-label={label}
          align={align}
          side={side}
          sideOffset={4}
          collisionPadding={8}
          onOpenAutoFocus={(event) => {
            if (focus === 'first' || !(event.currentTarget instanceof HTMLElement)) return;
            event.preventDefault();
            event.currentTarget.focus();
          }}
          className={cx(
            'z-40 max-h-(--radix-popper-available-height) w-72 overflow-y-auto rounded-md border bg-surface p-3 shadow-float outline-none',
            className,
          )}
        >
          {children}
        </Base.Content>
      </Base.Portal>
    </Base.Root>
  );
}
