'use client';
import { Slider as Base } from 'radix-ui';
import { cx } from './cx.ts';

export interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  onChange(value: number): void;
  /** The thumb was let go, or a key was pressed. */
  onCommit?(value: number): void;
  /** What a screen reader says for a value. */
  readonly valueText?: string;
  readonly disabled?: boolean;
  readonly className?: string;
}

export function Slider({
  label,
  value,
  min,
  max,
  step = 1,
  onChange,
  onCommit,
  valueText,
  disabled,
  className,
}: SliderProps) {
  return (
    <Base.Root
      value={[value]}
      min={min}
      max={max}
      step={step}
      disabled={disabled}
      onValueChange={([next]) => next !== undefined && onChange(next)}
      onValueCommit={([next]) => next !== undefined && onCommit?.(next)}
      className={cx('relative flex h-5 w-full touch-none select-none items-center', className)}
    >
      <Base.Track className="relative h-1 grow rounded-sm bg-pressed">
        <Base.Range className="absolute h-full rounded-sm bg-accent data-disabled:bg-line-strong" />
      </Base.Track>
      <Base.Thumb
        aria-label={label}
        aria-valuetext={valueText}
        aria-disabled={disabled ? true : undefined}
        className="block size-3.5 rounded-full border-2 border-accent bg-surface transition-transform hover:scale-110 data-disabled:border-line-strong"
      />
    </Base.Root>
  );
}
