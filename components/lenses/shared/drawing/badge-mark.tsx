/** The one look of a badge: how many open threads there are, in a speech bubble. */
import type { CSSProperties } from 'react';
import { cx } from '@/components/ui/cx.ts';
import { counted } from '@/components/ui/format.ts';
import type { BadgeOf } from '../result/badges.ts';

/** CSS pixels, tail included. */
export const BADGE = { w: 18, h: 16 };
const BUBBLE =
  'M4 .5h10a3.5 3.5 0 0 1 3.5 3.5v5a3.5 3.5 0 0 1-3.5 3.5H8l-3.5 3v-3H4A3.5 3.5 0 0 1 .5 9V4A3.5 3.5 0 0 1 4 .5z';

/** What a badge is called, and what is added to the name of a thing that bears one. */
export const badgeName = (count: number, address: string): string =>
  `${counted(count, 'open thread')} on ${address}`;

/** Inside a drawing, its upper left corner at the origin. */
export function BadgeShape({ count }: { readonly count: number }) {
  return (
    <g aria-hidden>
      <path d={BUBBLE} className="fill-accent stroke-surface" />
      <text
        x={BADGE.w / 2}
        y={10}
        textAnchor="middle"
        className="fill-on-accent font-semibold"
        style={{ fontSize: count > 99 ? 8 : 10 }}
      >
        {count > 99 ? '99+' : count}
      </text>
    </g>
  );
}

export interface BadgeMarkProps {
  readonly count: number;
  readonly address: string;
  readonly className?: string;
  readonly style?: CSSProperties;
}
/** Nothing when there are no threads. It lets the pointer through to what it marks. */
export function BadgeMark({ count, address, className, style }: BadgeMarkProps) {
  if (count === 0) return null;
  return (
    <svg
      width={BADGE.w}
      height={BADGE.h}
      role="img"
      aria-label={badgeName(count, address)}
      className={cx('pointer-events-none inline-block shrink-0', className)}
      style={style}
    >
      <BadgeShape count={count} />
    </svg>
  );
}

/** The badge of an address in a row or a cell. */
export function Threads({
  address,
  badgeOf,
}: {
  readonly address: string | null;
  readonly badgeOf: BadgeOf;
}) {
  return address === null ? null : <BadgeMark count={badgeOf(address)} address={address} />;
}

/** Over a canvas, which cannot name what it paints: the middle of its foot at (x, y) of the area around. */
export function PlacedBadge({ x, y, ...mark }: BadgeMarkProps & { readonly x: number; readonly y: number }) {
  return <BadgeMark {...mark} className="absolute" style={{ left: x - BADGE.w / 2, top: y - BADGE.h }} />;
}
