import { cx } from './cx.ts';

/** Holds the place of what is coming; give it the size of that. */
export function Skeleton({ className }: { readonly className?: string }) {
  return (
    <div
      aria-hidden
      className={cx('animate-[pulse-soft_1.6s_ease-in-out_infinite] rounded-md bg-hover', className)}
    />
  );
}
