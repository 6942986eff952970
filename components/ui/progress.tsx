import { cx } from './cx.ts';

export interface ProgressProps {
  readonly label: string;
  /** Share done, 0 to 1; null when it is not known. */
  readonly value: number | null;
  readonly className?: string;
}
export function Progress({ label, value, className }: ProgressProps) {
  const percent = value === null ? null : Math.round(Math.min(1, Math.max(0, value)) * 100);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent ?? undefined}
      className={cx('h-1 w-full overflow-hidden rounded-sm bg-pressed', className)}
    >
      <div
        className={cx(
          'h-full bg-accent transition-[width]',
          percent === null && 'w-full animate-[pulse-soft_1.6s_ease-in-out_infinite]',
        )}
        style={percent === null ? undefined : { width: `${percent}%` }}
      />
    </div>
  );
}
