'use client';
import { cx } from '@/components/ui/cx.ts';
import { formatCount } from '@/components/ui/format.ts';
import type { LegendItem } from './columns.ts';

export interface PointsLegendProps {
  readonly label: string;
  readonly items: readonly LegendItem[];
  /** The value that stands alone; null: all. */
  readonly isolated: number | null;
  onIsolate(value: number | null): void;
  /** CSS pixels that the picture has; where they are few the points need them all. */
  readonly width: number;
  readonly height: number;
}

/** Names, colours and counts over the picture's right edge. A click isolates one, a second click shows all. */
export function PointsLegend({ label, items, isolated, onIsolate, width, height }: PointsLegendProps) {
  if (items.length === 0 || width < 280 || height < 80) return null;
  return (
    <ul
      aria-label={`Legend: ${label}`}
      className="nodrag nowheel absolute top-1 right-1 overflow-y-auto rounded-sm bg-surface/85 text-muted text-xs"
      style={{ maxHeight: height - 8 }}
    >
      {items.map((item) => {
        const on = isolated === item.value;
        return (
          <li key={item.value}>
            <button
              type="button"
              aria-pressed={on}
              title={on ? 'Show all' : `Show ${item.name} alone`}
              onClick={() => onIsolate(on ? null : item.value)}
              className={cx(
                'flex h-6 w-full items-center gap-1.5 rounded-sm px-1 transition-colors hover:bg-hover hover:text-text',
                on && 'bg-accent-soft font-medium text-text',
                isolated !== null && !on && 'opacity-60',
              )}
            >
              <span aria-hidden className="size-2 shrink-0 rounded-full" style={{ background: item.color }} />
              <span className="max-w-24 flex-1 truncate text-left">{item.name}</span>
              <span className="text-right text-faint">{formatCount(item.count)}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
