'use client';
import { cx } from '@/components/ui/cx.ts';
import { FRAME, type GroupFrame } from './layout.ts';

/** Around what an open group holds: its name selects it, the mark beside it closes it. */
export function OpenGroup({
  frame,
  label,
  from,
  selected,
  faded,
  onClick,
  onClose,
}: {
  readonly frame: GroupFrame;
  readonly label: string;
  /** Where what is in sight begins: its name stays in sight while any of it is. */
  readonly from: number;
  readonly selected: boolean;
  readonly faded: boolean;
  onClick(): void;
  onClose(): void;
}) {
  const { x, y, width, height } = frame;
  const left = Math.min(Math.max(0, from - x), Math.max(0, width - 90));
  const most = Math.max(4, Math.floor((width - left - 44) / 7));
  const text = label.length > most ? `${label.slice(0, most - 1)}…` : label;
  return (
    <g transform={`translate(${x} ${y})`} opacity={faded ? 0.4 : 1}>
      <rect
        width={width}
        height={height}
        rx={8}
        className={cx('fill-muted/5', selected ? 'stroke-accent' : 'stroke-line')}
        strokeWidth={selected ? 2 : 1}
      />
      {/* biome-ignore lint/a11y/useSemanticElements: HTML buttons cannot be part of an SVG drawing. */}
      <g
        role="button"
        tabIndex={-1}
        aria-label={`Group ${frame.name}`}
        aria-pressed={selected}
        className="group cursor-pointer"
        onClick={onClick}
        onDoubleClick={onClose}
      >
        <title>{frame.name}</title>
        <rect width={width - 24} height={FRAME.title} className="fill-transparent" />
        <text x={left + 10} y={17} className="fill-muted text-sm group-hover:fill-text">
          {text}
        </text>
      </g>
      {/* biome-ignore lint/a11y/useSemanticElements: HTML buttons cannot be part of an SVG drawing. */}
      <g
        role="button"
        tabIndex={0}
        aria-label={`Close the group ${frame.name}`}
        transform={`translate(${width - 22} 4)`}
        className="group cursor-pointer"
        onClick={onClose}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' && event.key !== ' ') return;
          event.preventDefault();
          event.stopPropagation();
          onClose();
        }}
      >
        <title>Close the group</title>
        <rect width={16} height={16} rx={4} className="fill-surface stroke-line group-hover:fill-hover" />
        <path d="M4.500 8H11.500" className="stroke-text" strokeWidth={1.5} strokeLinecap="round" />
      </g>
    </g>
  );
}
