'use client';
import { cx } from '@/components/ui/cx.ts';
import { counted, formatCount, formatNumber, formatShape } from '@/components/ui/format.ts';
import type { GraphRecord } from '@/core/result/types.ts';
import { BADGE, BadgeShape } from '../shared/drawing/badge-mark.tsx';
import { BOX, type Box } from './layout.ts';
import { READABLE } from './view.ts';

export interface LayerBoxProps {
  readonly id: string;
  readonly layer: GraphRecord['layers'][number];
  /** Its name as seen from the group around it. */
  readonly label: string;
  /** It stands for a closed group of layers. */
  readonly group: boolean;
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
  readonly selected: boolean;
  /** Number of selected units in it. */
  readonly units: number;
  /** Open threads at it or inside it. */
  readonly badge: number;
  readonly fitting: boolean;
  readonly faded: boolean;
  onClick(): void;
  onOpen(): void;
}

/** Name and parameters above, type and output shape below. */
export function LayerBox(props: LayerBoxProps) {
  const { id, layer, label, group, x, y, zoom, selected, units, badge, fitting, faded, onClick, onOpen } =
    props;
  const details = zoom >= READABLE.details;
  const type = layer.activation ? `${layer.type} · ${layer.activation}` : layer.type;
  const shape = formatShape(layer.outputShape.slice(1));
  return (
    // biome-ignore lint/a11y/useSemanticElements: HTML buttons cannot be part of an SVG drawing.
    <g
      id={id}
      role="button"
      tabIndex={-1}
      aria-label={`${layer.name}, ${group ? 'group of ' : ''}${type}, output ${shape}, ${formatCount(layer.params)} parameters${badge > 0 ? `, ${counted(badge, 'open thread')}` : ''}`}
      aria-pressed={selected}
      transform={`translate(${x} ${y})`}
      opacity={faded ? 0.3 : 1}
      className={cx('group', faded ? 'cursor-default' : 'cursor-pointer')}
      onClick={onClick}
      onDoubleClick={onOpen}
    >
      <title>{`${layer.name}\n${type}\noutput ${shape}\n${formatCount(layer.params)} parameters, ${formatCount(layer.trainableParams)} trainable${layer.weights.map((w) => `\n${w.name} ${formatShape(w.shape)}`).join('')}`}</title>
      {/* As of a stack of cards: there is more inside. */}
      {group && (
        <path
          d={`M6 ${BOX.h + 4}H${BOX.w - 6}M12 ${BOX.h + 8}H${BOX.w - 12}`}
          className="stroke-line-strong"
          strokeLinecap="round"
        />
      )}
      <rect
        width={BOX.w}
        height={BOX.h}
        rx={6}
        className={cx(
          'fill-surface stroke-line-strong group-hover:fill-hover',
          (selected || fitting) && 'stroke-accent',
          selected && 'fill-accent-soft',
        )}
        strokeWidth={selected ? 2 : 1}
        strokeDasharray={fitting && !selected ? '4 3' : undefined}
      />
      {zoom >= READABLE.name && (
        <text
          x={10}
          y={details ? 18 : 28}
          className={cx('fill-text font-semibold', details ? 'text-sm' : 'text-xl')}
        >
          {shortened(label, details ? (layer.params > 0 ? 16 : 21) : 15)}
        </text>
      )}
      {details && (
        <>
          <text x={BOX.w - 10} y={18} textAnchor="end" className="fill-muted text-xs">
            {layer.params > 0 ? formatNumber(layer.params) : ''}
          </text>
          <text x={10} y={35} className="fill-muted text-xs">
            {shortened(type, 17)}
          </text>
          <text x={BOX.w - 10} y={35} textAnchor="end" className="fill-muted text-xs">
            {shape}
          </text>
        </>
      )}
      {units > 0 && <circle cx={BOX.w} cy={BOX.h / 2} r={4} className="fill-accent stroke-surface" />}
      {badge > 0 && (
        <g transform={`translate(${BOX.w - BADGE.w + 6} ${-BADGE.h / 2})`}>
          <BadgeShape count={badge} />
        </g>
      )}
    </g>
  );
}

/** Cut at the end; the whole text is in the title. */
const shortened = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most - 1)}…` : text;

const MARGIN = 10;
/** Around the block that stands for a stack, with how often it occurs. */
export function StackFrame({
  count,
  boxes,
  onUnfold,
}: {
  readonly count: number;
  readonly boxes: readonly Box[];
  onUnfold(): void;
}) {
  const [first] = boxes;
  if (!first) return null;
  const left = boxes.reduce((least, box) => Math.min(least, box.x), first.x) - MARGIN;
  const top = boxes.reduce((least, box) => Math.min(least, box.y), first.y) - MARGIN;
  const right = boxes.reduce((most, box) => Math.max(most, box.x), first.x) + BOX.w + MARGIN;
  const bottom = boxes.reduce((most, box) => Math.max(most, box.y), first.y) + BOX.h + MARGIN;
  return (
    <g>
      <rect
        x={left}
        y={top}
        width={right - left}
        height={bottom - top}
        rx={8}
        className="fill-none stroke-line-strong"
        strokeDasharray="5 4"
      />
      {/* biome-ignore lint/a11y/useSemanticElements: HTML buttons cannot be part of an SVG drawing. */}
      <g
        role="button"
        tabIndex={0}
        aria-label={`Unfold ${count} equal blocks`}
        transform={`translate(${right} ${bottom})`}
        className="group cursor-pointer"
        onClick={onUnfold}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' && event.key !== ' ') return;
          event.preventDefault();
          event.stopPropagation();
          onUnfold();
        }}
      >
        <title>{`${count} equal blocks, one shown. Click to unfold.`}</title>
        <rect
          x={-26}
          y={-11}
          width={34}
          height={20}
          rx={6}
          className="fill-surface stroke-line-strong group-hover:fill-hover"
        />
        <text x={-9} y={3} textAnchor="middle" className="fill-text font-semibold text-sm">
          × {count}
        </text>
      </g>
    </g>
  );
}
