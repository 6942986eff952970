'use client';
import { Check, ChevronDown } from 'lucide-react';
import { Select as Base } from 'radix-ui';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';

export interface SelectOption<T extends string = string> {
  readonly value: T;
  readonly label: ReactNode;
  readonly disabled?: boolean;
}
export interface SelectProps<T extends string = string> {
  /** Accessible name. Not needed inside a Field (then pass its control's id). */
  readonly label?: string;
  readonly id?: string;
  readonly value: T | undefined;
  readonly options: readonly SelectOption<NoInfer<T>>[];
  onChange(value: NoInfer<T>): void;
  readonly placeholder?: string;
  readonly disabled?: boolean;
  readonly size?: 'sm' | 'md';
  readonly className?: string;
  readonly 'aria-describedby'?: string;
  readonly 'aria-invalid'?: true;
}

export function Select<T extends string>({
  label,
  value,
  options,
  onChange,
  placeholder,
  disabled,
  size = 'md',
  className,
  ...control
}: SelectProps<T>) {
  return (
    <Base.Root
      value={value ?? ''}
      onValueChange={(next) => {
        const option = options.find((o) => o.value === next);
        if (option) onChange(option.value);
      }}
      disabled={disabled}
    >
      <Base.Trigger
        aria-label={label}
        {...control}
        className={cx(
          'inline-flex min-w-0 items-center justify-between gap-1 rounded-md border border-line bg-surface text-text transition-colors enabled:hover:border-line-strong disabled:cursor-not-allowed disabled:opacity-50 aria-invalid:border-fault data-placeholder:text-faint',
          size === 'sm' ? 'h-6 px-1.5 text-sm' : 'h-8 px-2 text-base',
          className,
        )}
      >
        <span className="truncate">
          <Base.Value placeholder={placeholder} />
        </span>
        <Base.Icon>
          <ChevronDown aria-hidden className="size-3.5 shrink-0 text-faint" />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Content
          position="popper"
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width) overflow-hidden rounded-md border bg-surface p-1 shadow-float"
        >
          <Base.Viewport>
            {options.map((option) => (
              <Base.Item
                key={option.value}
                value={option.value}
                disabled={option.disabled}
                className="flex h-7 cursor-default select-none items-center gap-2 rounded-sm pr-2 pl-1 text-base outline-none data-disabled:opacity-50 data-highlighted:bg-hover"
              >
                <span className="size-4">
                  <Base.ItemIndicator>
                    <Check aria-hidden className="size-4 text-accent" />
                  </Base.ItemIndicator>
                </span>
                <Base.ItemText>{option.label}</Base.ItemText>
              </Base.Item>
            ))}
          </Base.Viewport>
        </Base.Content>
      </Base.Portal>
    </Base.Root>
  );
}
