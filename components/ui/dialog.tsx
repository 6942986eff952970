'use client';
import { X } from 'lucide-react';
import { Dialog as Base } from 'radix-ui';
import type { ReactNode } from 'react';
import { IconButton } from './button.tsx';
import { cx } from './cx.ts';

export interface DialogProps {
  readonly open: boolean;
  onOpenChange(open: boolean): void;
  readonly title: string;
  /** Read out with the title. */
  readonly description?: ReactNode;
  readonly children: ReactNode;
  /** Buttons, at the right of the foot; the main one last. */
  readonly footer?: ReactNode;
  readonly wide?: boolean;
}

/** Modal: takes the focus, gives it back, closes on Esc. */
export function Dialog({ open, onOpenChange, title, description, children, footer, wide }: DialogProps) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Overlay className="fixed inset-0 z-40 bg-black/40" />
        <Base.Content
          // The focus goes to what asks for it (autoFocus), else to the dialog itself: on the close button it would open
          // that button's hint, which then takes the first Esc.
          onOpenAutoFocus={(event) => {
            event.preventDefault();
            const content = event.currentTarget;
            if (content instanceof HTMLElement && !content.contains(document.activeElement)) content.focus();
          }}
          {...(description ? {} : { 'aria-describedby': undefined })}
          className={cx(
            'fixed top-1/2 left-1/2 z-40 flex max-h-[85vh] w-[calc(100vw-32px)] -translate-x-1/2 -translate-y-1/2 flex-col rounded-md border bg-surface shadow-float outline-none',
            wide ? 'max-w-[720px]' : 'max-w-[440px]',
          )}
        >
          <header className="flex items-start justify-between gap-2 px-4 pt-3 pb-2">
            <div>
              <Base.Title className="font-semibold text-lg">{title}</Base.Title>
              {description && (
                <Base.Description className="mt-0.5 text-muted">{description}</Base.Description>
              )}
            </div>
            <Base.Close asChild>
              <IconButton size="sm" label="Close" icon={<X />} />
            </Base.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-4">{children}</div>
          {footer && <footer className="flex justify-end gap-2 border-t px-4 py-3">{footer}</footer>}
        </Base.Content>
      </Base.Portal>
    </Base.Root>
  );
}
