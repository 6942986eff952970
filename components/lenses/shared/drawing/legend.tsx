'use client';
import { formatNumber } from '@/components/ui/format.ts';
import type { ColorScale } from './scales.ts';

export interface ColorLegendProps {
  readonly scale: ColorScale;
  /** What the colour means, with its unit: "activation", "count". */
  readonly label: string;
  readonly width?: number;
}

/** A strip of the scale between its ends, zero marked when it is signed. */
export function ColorLegend({ scale, label, width = 72 }: ColorLegendProps) {
  const steps = 24;
  const stops = Array.from({ length: steps + 1 }, (_, i) => {
    const share = i / steps;
    return `${scale.css(scale.min + (scale.max - scale.min) * share)} ${(share * 100).toFixed(1)}%`;
  });
  return (
    <span
      className="flex shrink-0 items-center gap-1 whitespace-nowrap text-muted text-xs"
      title={`${label}: ${scale.min} to ${scale.max}`}
    >
      <span>{label}</span>
      <span>{formatNumber(scale.min)}</span>
      <span
        aria-hidden
        className="relative inline-block h-2.5 rounded-[2px] border border-line-strong/50"
        style={{ width, background: `linear-gradient(to right, ${stops.join(', ')})` }}
      >
        {scale.kind === 'diverging' && (
          <span className="absolute top-full left-1/2 h-1 w-px bg-line-strong" title="0" />
        )}
      </span>
      <span>{formatNumber(scale.max)}</span>
    </span>
  );
}
