import { formatCount } from '@/components/ui/format.ts';

/** Counted once an array: pictures are drawn anew whenever a pointer moves. */
const counts = new WeakMap<object, number>();
function lostOf(values: ArrayLike<number>): number {
  const held = counts.get(values);
  if (held !== undefined) return held;
  let lost = 0;
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) lost += 1;
  counts.set(values, lost);
  return lost;
}

/** How many of the numbers that a picture shows are none, for its foot; nothing where all are finite. */
export function NotFinite({ of }: { readonly of: readonly (ArrayLike<number> | null | undefined)[] }) {
  const lost = of.reduce((sum, values) => sum + (values ? lostOf(values) : 0), 0);
  return lost === 0 ? null : (
    <span className="text-warning" title="Not a number, or infinite: grey in the picture, or left out of it.">
      {formatCount(lost)} not finite
    </span>
  );
}
