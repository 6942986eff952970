'use client';
import { ToggleGroup } from 'radix-ui';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';

export interface SegmentedOption<T extends string> {
  readonly value: T;
  readonly label: ReactNode;
  /** Accessible name when the label is an icon. */
  readonly name?: string;
  readonly disabled?: boolean;
}
export interface SegmentedProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly SegmentedOption<NoInfer<T>>[];
  onChange(value: NoInfer<T>): void;
  readonly size?: 'sm' | 'md';
  readonly className?: string;
}

/** One of a few: always exactly one is chosen. */
export function Segmented<T extends string>({
  label,
  value,
  options,
  onChange,
  size = 'md',
  className,
}: SegmentedProps<T>) {
  return (
    <ToggleGroup.Root
      type="single"
      aria-label={label}
      value={value}
      onValueChange={(next) => {
        const option = options.find((o) => o.value === next);
        if (option) onChange(option.value);
      }}
      className={cx('inline-flex shrink-0 gap-px rounded-md border bg-sunken p-px', className)}
    >
      {options.map((option) => (
        <ToggleGroup.Item
          key={option.value}
          value={option.value}
          disabled={option.disabled}
          aria-label={option.name}
          title={option.name}
          className={cx(
            'inline-flex items-center justify-center gap-1 rounded-[5px] text-muted transition-colors enabled:hover:text-text disabled:opacity-50 data-[state=on]:bg-surface data-[state=on]:text-text data-[state=on]:outline data-[state=on]:outline-line focus-visible:outline-2! focus-visible:outline-accent! [&_svg]:size-4',
            size === 'sm' ? 'h-5 px-1.5 text-sm' : 'h-7 px-2 text-base',
          )}
        >
          {option.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
