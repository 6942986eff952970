'use client';
import { LoaderCircle } from 'lucide-react';
import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import { cx } from './cx.ts';
import { Tooltip } from './tooltip.tsx';

export type ButtonTone = 'primary' | 'plain' | 'ghost' | 'danger';
export type ButtonSize = 'sm' | 'md';

const BASE =
  'inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-md border font-medium transition-colors disabled:cursor-not-allowed disabled:opacity-50';
const TONES: Record<ButtonTone, string> = {
  primary: 'border-transparent bg-accent text-on-accent enabled:hover:bg-accent-hover',
  plain: 'border-line bg-surface text-text enabled:hover:bg-hover enabled:active:bg-pressed',
  ghost:
    'border-transparent bg-transparent text-muted enabled:hover:bg-hover enabled:hover:text-text enabled:active:bg-pressed',
  danger: 'border-line bg-surface text-fault enabled:hover:border-fault enabled:hover:bg-fault-soft',
};
const SIZES: Record<ButtonSize, string> = {
  sm: 'h-6 px-2 text-sm [&_svg]:size-3.5',
  md: 'h-8 px-3 text-base [&_svg]:size-4',
};

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly tone?: ButtonTone;
  readonly size?: ButtonSize;
  /** Shows a turning mark and refuses clicks. */
  readonly busy?: boolean;
  readonly ref?: Ref<HTMLButtonElement>;
}

export function Button({
  tone = 'plain',
  size = 'md',
  busy = false,
  className,
  children,
  disabled,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      aria-busy={busy || undefined}
      disabled={disabled || busy}
      {...rest}
      className={cx(BASE, TONES[tone], SIZES[size], className)}
    >
      {busy && <LoaderCircle aria-hidden className="animate-spin motion-reduce:animate-none" />}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'children'> {
  /** Accessible name, shown on hover and focus. */
  readonly label: string;
  readonly icon: ReactNode;
  readonly shortcut?: string;
  readonly tone?: ButtonTone;
  readonly size?: ButtonSize;
  /** Makes it a toggle. */
  readonly pressed?: boolean;
  readonly side?: 'top' | 'right' | 'bottom' | 'left';
  readonly ref?: Ref<HTMLButtonElement>;
}

export function IconButton({
  label,
  icon,
  shortcut,
  tone = 'ghost',
  size = 'md',
  pressed,
  side,
  className,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip label={label} shortcut={shortcut} side={side}>
      <button
        type="button"
        aria-label={label}
        aria-pressed={pressed}
        {...rest}
        className={cx(
          BASE,
          TONES[tone],
          SIZES[size],
          size === 'sm' ? 'w-6 px-0' : 'w-8 px-0',
          pressed && 'bg-accent-soft text-accent enabled:hover:bg-accent-soft enabled:hover:text-accent',
          className,
        )}
      >
        {icon}
      </button>
    </Tooltip>
  );
}
