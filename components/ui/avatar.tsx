import type { CSSProperties } from 'react';
import { cx } from './cx.ts';

export const PERSON_COLORS = 8;
/** CSS colour of a person's index. */
export const personColor = (index: number): string =>
  `var(--person-${((index % PERSON_COLORS) + PERSON_COLORS) % PERSON_COLORS})`;
export const MODEL_COLORS = 8;
/** CSS colour of a model's index. */
export const modelColor = (index: number): string =>
  `var(--model-${((index % MODEL_COLORS) + MODEL_COLORS) % MODEL_COLORS})`;

/** First letters of the first and the last word, at most two; what stands in parentheses is left out. */
export function initials(name: string): string {
  const words = name
    .replace(/\(.*?\)/g, '')
    .trim()
    .split(/\s+/)
    .filter(Boolean);
  const first = words[0] ?? '?';
  const last = words.length > 1 ? (words[words.length - 1] ?? '') : '';
  return ([...first][0] ?? '?').concat([...last][0] ?? '').toUpperCase();
}

export interface AvatarProps {
  readonly name: string;
  /** Index of the person's colour. */
  readonly color: number;
  readonly size?: 16 | 20 | 24 | 28;
  /** A ring in the accent: followed, or following. */
  readonly ring?: boolean;
  readonly className?: string;
}
export function Avatar({ name, color, size = 24, ring, className }: AvatarProps) {
  const style: CSSProperties = {
    width: size,
    height: size,
    fontSize: Math.max(9, Math.round(size * 0.42)),
    background: personColor(color),
  };
  return (
    <span
      role="img"
      aria-label={name}
      title={name}
      style={style}
      className={cx(
        'inline-flex shrink-0 select-none items-center justify-center rounded-full font-semibold text-on-person leading-none',
        ring && 'outline-2 outline-accent outline-offset-1',
        className,
      )}
    >
      {initials(name)}
    </span>
  );
}
