'use client';
import { Activity } from 'lucide-react';
import { type PointerEvent, useMemo, useRef, useState } from 'react';
import { formatNumber } from '@/components/ui/format.ts';
import type { LensProps, LensSpec } from '../contract.ts';
import { switchRow } from '../options.ts';
import { YAxis } from '../shared/drawing/axes.tsx';
import { BADGE, PlacedBadge } from '../shared/drawing/badge-mark.tsx';
import { NotFinite } from '../shared/drawing/not-finite.tsx';
import { placeIn } from '../shared/drawing/picture.tsx';
import { divergingScale, linear, rangeOf } from '../shared/drawing/scales.ts';
import { useTheme } from '../shared/drawing/theme.ts';
import { Frame } from '../shared/frame.tsx';
import { HoverNote } from '../shared/grids/tile-grid.tsx';
import { OptionControls } from '../shared/options/controls.tsx';
import { useOptions } from '../shared/options/use-options.ts';
import { badged, useBadges } from '../shared/result/badges.ts';
import { tensorOf } from '../shared/result/read.ts';
import { afterClick, subjectOf } from '../shared/result/subject.ts';
import { barsOf } from './bars.ts';

const LEFT = 48;
const RIGHT = 12;
const TOP = 24;
const BOTTOM = 24;

function rangeWithZero(values: ArrayLike<number>): [number, number] {
  const [low, high] = rangeOf(values);
  return [Math.min(0, low), Math.max(0, high)];
}

const SORTED = switchRow({ key: 'sorted', label: 'Sort by value', start: false });
const OPTIONS = [SORTED];

function UnitBars(props: LensProps) {
  const { result, width, height, selection, onSelect, badges, armed, onActivate } = props;
  const choice = useOptions(props, OPTIONS);
  const theme = useTheme();
  const values = tensorOf(result, 'values');
  const n = values.shape[0] ?? 0;
  const sorted = choice.value(SORTED);
  const subject = useMemo(() => subjectOf(result), [result]);
  const { badgeOf, about } = useBadges(badges, subject);
  const order = useMemo(() => {
    const all = Array.from({ length: n }, (_, i) => i);
    return sorted ? all.sort((a, b) => (values.data[b] ?? 0) - (values.data[a] ?? 0) || a - b) : all;
  }, [values, n, sorted]);
  const chosen = useMemo(() => new Set(selection.units), [selection.units]);
  const svg = useRef<SVGSVGElement>(null);
  const [at, setAt] = useState<number | null>(null);
  const domain = props.domain ?? rangeWithZero(values.data);
  const colors = divergingScale(Math.max(...domain.map(Math.abs)), theme.dark);

  const pick = (place: number, keys: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }) => {
    const address = subject.unitAddress(order[place] ?? 0);
    if (address === null) return;
    if (armed) {
      if (armed(address)) onActivate?.(address);
    } else onSelect({ units: afterClick(selection.units, address, keys), layer: subject.layerAddress() });
  };

  return (
    <Frame
      width={width}
      height={height}
      name="Unit activations"
      about={about}
      empty={n === 0 ? 'This layer has no units.' : null}
      controls={<OptionControls of={choice} />}
      foot={
        <>
          <NotFinite of={[values.data]} />
          <span>{n} units</span>
          <span>{Array.from(values.data).filter((v) => v === 0).length} at zero</span>
        </>
      }
    >
      {(w, h) => {
        const y = linear(domain[0], domain[1] === domain[0] ? 1 : domain[1], h - BOTTOM, TOP);
        const pitch = (w - LEFT - RIGHT) / Math.max(1, n);
        const gap = pitch > 4 ? 1 : 0;
        const placeOf = (event: PointerEvent | React.MouseEvent) => {
          if (!svg.current) return null;
          const place = Math.floor((placeIn(event, svg.current, w, h).x - LEFT) / pitch);
          return place >= 0 && place < n ? place : null;
        };
        const unitAt = at === null ? null : (order[at] ?? null);
        return (
          <>
            <svg
              ref={svg}
              width={w}
              height={h}
              role="application"
              aria-label={`Activations of ${n} units of ${subject.layer ?? 'a layer'}. Arrows move, Space selects, Enter opens.`}
              // biome-ignore lint/a11y/noNoninteractiveTabindex: keys act on the bars.
              tabIndex={0}
              className="nodrag block outline-offset-[-2px]"
              onPointerMove={(event) => setAt(placeOf(event))}
              onPointerLeave={() => setAt(null)}
              onClick={(event) => {
                const place = placeOf(event);
                if (place !== null) pick(place, event);
              }}
              onDoubleClick={(event) => {
                const place = placeOf(event);
                const address = place === null ? null : subject.unitAddress(order[place] ?? 0);
                if (address !== null) onActivate?.(address);
              }}
              onKeyDown={(event) => {
                if (event.key === 'ArrowRight') setAt(at === null ? 0 : Math.min(n - 1, at + 1));
                else if (event.key === 'ArrowLeft') setAt(at === null ? 0 : Math.max(0, at - 1));
                else if (event.key === ' ' && at !== null) pick(at, event);
                else if (event.key === 'Enter' && at !== null) {
                  const address = subject.unitAddress(order[at] ?? 0);
                  if (address !== null) onActivate?.(address);
                } else return;
                event.preventDefault();
                event.stopPropagation();
              }}
            >
              <YAxis scale={y} label="activation" x={LEFT} to={w - RIGHT} top={TOP} />
              {barsOf(n, w - LEFT - RIGHT, (place) => values.data[order[place] ?? 0] ?? Number.NaN).map(
                (bar) => {
                  const value = values.data[order[bar.peak] ?? 0] ?? 0;
                  const addresses = order.slice(bar.from, bar.to).map((unit) => subject.unitAddress(unit));
                  const selected = addresses.some((address) => address !== null && chosen.has(address));
                  const faded = !!armed && !addresses.some((address) => address !== null && armed(address));
                  const pointed = at !== null && at >= bar.from && at < bar.to;
                  const [a, b] = [y(0), y(Number.isFinite(value) ? value : 0)];
                  return (
                    <rect
                      key={bar.from}
                      x={LEFT + bar.from * pitch}
                      width={Math.max(0.5, (bar.to - bar.from) * pitch - gap)}
                      y={Math.min(a, b)}
                      height={Math.max(1, Math.abs(a - b))}
                      fill={selected ? theme.color.accent : colors.css(value)}
                      stroke={
                        pointed
                          ? theme.color.text
                          : selected
                            ? theme.color.accent
                            : theme.color['line-strong']
                      }
                      strokeWidth={pitch > 4 || pointed || selected ? 0.75 : 0}
                      opacity={faded ? 0.25 : 1}
                    />
                  );
                },
              )}
              <line x1={LEFT} x2={w - RIGHT} y1={y(0)} y2={y(0)} className="stroke-line-strong" />
              <text x={w - RIGHT} y={h - 7} textAnchor="end" className="fill-muted text-xs" aria-hidden>
                {sorted ? 'unit, sorted by value' : `unit 0 to ${n - 1}`}
              </text>
            </svg>
            {badged(order, subject.unitAddress, badgeOf).map(({ item, place, ...mark }) => (
              <PlacedBadge
                key={mark.address}
                {...mark}
                x={LEFT + (place + 0.5) * pitch}
                y={Math.max(BADGE.h, y(Math.max(0, values.data[item] ?? 0)) - 2)}
              />
            ))}
            {at !== null && unitAt !== null && (
              <HoverNote
                x={LEFT + (at + 0.5) * pitch}
                y={40}
                width={w}
                text={`${subject.layer ?? 'unit'}#${subject.unitIndex(unitAt)}: ${formatNumber(values.data[unitAt])}`}
              />
            )}
          </>
        );
      }}
    </Frame>
  );
}

export const unitBars: LensSpec = {
  id: 'unit-bars',
  name: 'Unit activations',
  icon: Activity,
  types: ['vector[unit]'],
  rank: 10,
  honoursClass: false,
  size: { w: 480, h: 260 },
  domainOf: (result) => rangeWithZero(tensorOf(result, 'values').data),
  options: OPTIONS,
  Component: UnitBars,
  compare: { signed: ['values'] },
};
