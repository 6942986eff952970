'use client';
import { TrendingUp } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { formatNumber, formatTick } from '@/components/ui/format.ts';
import { seriesRecordSchema } from '@/core/result/types.ts';
import type { LensProps, LensSpec } from '../contract.ts';
import { choiceRow } from '../options.ts';
import { XAxis, YAxis } from '../shared/drawing/axes.tsx';
import { placeIn } from '../shared/drawing/picture.tsx';
import { type Linear, linear, niceRange } from '../shared/drawing/scales.ts';
import { Frame } from '../shared/frame.tsx';
import { OptionControls } from '../shared/options/controls.tsx';
import { useOptions } from '../shared/options/use-options.ts';
import { recordOf } from '../shared/result/read.ts';
import { gapsOf, nearestStep, type Panel, panelsOf, pathOf, valueAt } from './panels.ts';

const LEFT = 46;
const RIGHT = 12;
const TOP = 24;
const BOTTOM = 32;
const META = 150;

const Y_SCALE = choiceRow({
  key: 'y',
  label: 'Vertical scale',
  choices: [
    { value: 'linear', label: 'Linear' },
    { value: 'log', label: 'Log' },
  ],
  start: 'linear',
});
const OPTIONS = [Y_SCALE];

function Metrics(props: LensProps) {
  const { result, width, height, modelColor } = props;
  const chosen = useOptions(props, OPTIONS);
  const record = recordOf(result, seriesRecordSchema);
  const panels = useMemo(() => panelsOf(record.series), [record]);
  const steps = useMemo(
    () => [...new Set(panels.flatMap((p) => p.lines.flatMap((l) => l.steps)))].sort((a, b) => a - b),
    [panels],
  );
  const [step, setStep] = useState<number | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const log = chosen.value(Y_SCALE) === 'log';
  const unit = result.meta.axes.find((a) => a.name === 'step')?.unit ?? 'step';
  const meta = Object.entries(record.metaParameters);
  const missing = panels
    .flatMap((panel) => panel.lines.flatMap(gapsOf))
    .reduce((sum, { count }) => sum + count, 0);

  return (
    <Frame
      width={width}
      height={height}
      name="Metrics"
      empty={steps.length === 0 ? 'No metrics were logged. Log them with the training script.' : null}
      controls={
        <>
          <OptionControls of={chosen} />
          <span className="flex-1" />
          <LineLegend />
        </>
      }
      foot={
        <>
          <span>
            {steps.length} {unit}s
          </span>
          {record.best !== null && (
            <span>
              best: {unit} {record.best}
            </span>
          )}
          {missing > 0 && (
            <span className="text-fault">
              <span aria-hidden>×</span> {missing} {missing === 1 ? 'value is' : 'values are'} not a number
            </span>
          )}
        </>
      }
    >
      {(w, h) => {
        const aside = meta.length > 0 && w >= 420 ? META : 0;
        const plot = w - aside;
        // Side by side where each panel stays wider than high.
        const columns = plot / panels.length > 260 ? panels.length : 1;
        const rows = Math.ceil(panels.length / columns);
        const [pw, ph] = [plot / columns, Math.max(90, h / rows)];
        const domain: readonly [number, number] = [steps[0] ?? 0, steps.at(-1) ?? 1];
        const x = linear(domain[0], domain[1], LEFT, pw - RIGHT);
        return (
          // biome-ignore lint/a11y/useSemanticElements: panels are no form fields.
          <div
            role="group"
            aria-label="Panels"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where panels do not fit, and keys must reach that.
            tabIndex={0}
            className="nowheel flex h-full overflow-y-auto outline-offset-[-2px]"
          >
            <div
              ref={box}
              className="flex shrink-0 flex-wrap content-start"
              style={{ width: plot }}
              onPointerMove={(event) => {
                if (!box.current) return;
                const at = placeIn(event, box.current, plot, rows * ph);
                setStep(nearestStep(steps, x.invert(at.x % pw)));
              }}
              onPointerLeave={() => setStep(null)}
            >
              {panels.map((panel) => (
                <MetricPanel
                  key={panel.name}
                  panel={panel}
                  width={pw}
                  height={ph}
                  x={x}
                  domain={domain}
                  unit={unit}
                  log={log}
                  best={record.best}
                  step={step}
                  color={`var(--model-${((modelColor % 8) + 8) % 8})`}
                />
              ))}
            </div>
            {aside > 0 && (
              <dl
                aria-label="Meta-parameters"
                className="grid content-start gap-x-2 gap-y-0.5 self-stretch overflow-hidden border-l p-2 text-xs"
                style={{ width: aside, gridTemplateColumns: 'auto 1fr' }}
              >
                {meta.map(([name, value]) => (
                  <div key={name} className="contents">
                    <dt className="truncate text-muted">{name.replaceAll('_', ' ')}</dt>
                    <dd className="truncate text-right" title={String(value)}>
                      {typeof value === 'number' ? formatNumber(value) : String(value)}
                    </dd>
                  </div>
                ))}
              </dl>
            )}
          </div>
        );
      }}
    </Frame>
  );
}

function ending({ values }: Panel['lines'][number]): string {
  const last = values.at(-1);
  return last === null ? 'ends without a number' : `ends at ${formatNumber(last)}`;
}

function LineLegend() {
  return (
    <span className="flex items-center gap-2 text-muted text-xs">
      <svg width={18} height={8} aria-hidden>
        <line x1={0} x2={18} y1={4} y2={4} className="stroke-muted" strokeWidth={1.5} strokeDasharray="3 2" />
      </svg>
      training
      <svg width={18} height={8} aria-hidden>
        <line x1={0} x2={18} y1={4} y2={4} className="stroke-muted" strokeWidth={2} />
      </svg>
      validation
    </span>
  );
}

interface PanelProps {
  readonly panel: Panel;
  readonly width: number;
  readonly height: number;
  readonly x: Linear;
  readonly domain: readonly [number, number];
  readonly unit: string;
  readonly log: boolean;
  readonly best: number | null;
  readonly step: number | null;
  readonly color: string;
}
function MetricPanel({ panel, width, height, x, unit, log, best, step, color }: PanelProps) {
  const positive = panel.range[0] > 0;
  const asLog = log && positive;
  const map = (value: number) => (asLog ? Math.log10(value) : value);
  const range = asLog ? ([map(panel.range[0]), map(panel.range[1])] as const) : niceRange(...panel.range);
  const y = linear(range[0], range[1] === range[0] ? range[0] + 1 : range[1], height - BOTTOM, TOP);
  const only = panel.lines.length === 1;
  return (
    <svg
      width={width}
      height={height}
      role="img"
      aria-label={`${panel.name} over ${unit}s: ${panel.lines.map((l) => `${l.name} ${ending(l)}`).join(', ')}`}
      className="block"
    >
      <YAxis
        scale={y}
        label={asLog ? `${panel.name} (log)` : panel.name}
        x={LEFT}
        to={width - RIGHT}
        top={TOP}
        count={height > 160 ? 4 : 2}
        format={asLog ? (value) => formatTick(10 ** value) : formatTick}
      />
      <XAxis
        scale={x}
        label={unit}
        y={height - BOTTOM}
        from={LEFT}
        to={width - RIGHT}
        count={Math.max(2, Math.floor(width / 90))}
      />
      {best !== null && (
        <g aria-hidden>
          <line
            x1={x(best)}
            x2={x(best)}
            y1={TOP}
            y2={height - BOTTOM}
            className="stroke-text"
            strokeDasharray="4 3"
          />
          <text
            x={x(best)}
            y={TOP - 6}
            textAnchor={x(best) > width - 40 ? 'end' : 'middle'}
            className="fill-text text-xs"
          >
            best
          </text>
        </g>
      )}
      {panel.lines.map((line) => (
        <path
          key={line.name}
          d={pathOf(line, x, (value) => y(map(value)))}
          fill="none"
          stroke={color}
          strokeLinecap="round"
          strokeLinejoin="round"
          strokeWidth={line.validation || only ? 2 : 1.5}
          strokeDasharray={line.validation || only ? undefined : '3 3'}
        />
      ))}
      {panel.lines.map((line) => (
        <Gaps key={line.name} line={line} x={x} y={height - BOTTOM} />
      ))}
      {step !== null && (
        <g aria-hidden>
          <line x1={x(step)} x2={x(step)} y1={TOP} y2={height - BOTTOM} className="stroke-line-strong" />
          {panel.lines.map((line, i) => {
            const value = valueAt(line, step);
            const none = value === null && line.steps.includes(step);
            if (value === null && !none) return null;
            const end = x(step) > width / 2;
            return (
              <g key={line.name}>
                {value === null ? null : (
                  <circle cx={x(step)} cy={y(map(value))} r={3} fill={color} className="stroke-surface" />
                )}
                <text
                  x={x(step) + (end ? -6 : 6)}
                  y={TOP + 12 + i * 14}
                  textAnchor={end ? 'end' : 'start'}
                  className="fill-text text-xs"
                  style={{ paintOrder: 'stroke', stroke: 'var(--surface)', strokeWidth: 3 }}
                >
                  {line.name} {value === null ? 'is not a number' : formatNumber(value)}
                  {i === 0 ? ` at ${step}` : ''}
                </text>
              </g>
            );
          })}
        </g>
      )}
    </svg>
  );
}

const CROSS = 3;
/** Crosses on the axis where the line has no number, joined where that lasts. */
function Gaps({
  line,
  x,
  y,
}: {
  readonly line: Panel['lines'][number];
  readonly x: Linear;
  readonly y: number;
}) {
  return (
    <g className="stroke-fault" strokeWidth={1.5}>
      {gapsOf(line).map(({ from, to, count }) => (
        <g key={from}>
          <title>
            {count === 1
              ? `${line.name} is not a number at ${from}`
              : `${line.name} is not a number ${count} times from ${from} to ${to}`}
          </title>
          <path
            d={`M${x(from) - CROSS} ${y - CROSS}l${2 * CROSS} ${2 * CROSS}m0 ${-2 * CROSS}l${-2 * CROSS} ${2 * CROSS}`}
          />
          {to > from && <line x1={x(from)} x2={x(to)} y1={y} y2={y} />}
        </g>
      ))}
    </g>
  );
}

export const metrics: LensSpec = {
  id: 'metrics',
  name: 'Metrics',
  icon: TrendingUp,
  types: ['series[step]'],
  rank: 10,
  honoursClass: false,
  size: { w: 560, h: 320 },
  options: OPTIONS,
  Component: Metrics,
};
