'use client';
import { FlaskConical } from 'lucide-react';
import { type ComponentType, useMemo } from 'react';
import { formatNumber } from '@/components/ui/format.ts';
import { Segmented } from '@/components/ui/segmented.tsx';
import { RESULT_TYPE_NAMES, type Result, type ResultType } from '@/core/result/types.ts';
import type { LensProps, LensSpec } from '../contract.ts';
import { ORDINARY } from '../ordinary.ts';
import { BareFrames, Frame } from '../shared/frame.tsx';
import { LensError } from '../shared/result/read.ts';
import { CalibrationChange } from './change/calibration.tsx';
import { ClassesChange } from './change/classes.tsx';
import { ConfusionChange } from './change/confusion.tsx';
import { ExamplesChange } from './change/examples.tsx';
import { HistogramChange } from './change/histogram.tsx';
import { ImagesChange } from './change/images.tsx';
import { PredictionChange } from './change/prediction.tsx';
import { StatsChange } from './change/stats.tsx';
import type { ChangeProps } from './change/types.ts';
import { isBare, type PaneChoice, paneChoice } from './panes.ts';
import { differenceOf, sideOf, unionOf } from './sides.ts';
import { sentenceOf } from './words.ts';

/** Changes that are drawn in their own way; signed numbers are drawn by their ordinary lens. */
const CHANGES: Partial<Record<ResultType, ComponentType<ChangeProps>>> = {
  'vector[class]': PredictionChange,
  'matrix[class,class]': ConfusionChange,
  histogram: HistogramChange,
  'stats[unit]': StatsChange,
  images: ImagesChange,
  'table[example]': ExamplesChange,
  'table[class]': ClassesChange,
  calibration: CalibrationChange,
};
/** The best lens of one answer. */
const ordinaryOf = (type: ResultType): LensSpec | undefined =>
  ORDINARY.filter((lens) => lens.types.includes(type)).sort((a, b) => b.rank - a.rank)[0];

const HEAD = 18;
const TITLES: Record<PaneChoice, string> = { sides: 'Before | after', change: 'Change', all: 'All' };
const SIDES: Record<PaneChoice, string> = { sides: 'Both', change: 'Difference', all: 'All' };

function BeforeAfter(props: LensProps) {
  const { result, width, height, options, onOption } = props;
  const { type } = result.meta;
  const lens = ordinaryOf(type);
  const before = useMemo(() => sideOf(result, 'before'), [result]);
  const after = useMemo(() => sideOf(result, 'after'), [result]);
  const difference = useMemo(() => differenceOf(result), [result]);
  const sentence = useMemo(() => sentenceOf(result), [result]);
  const domain = useMemo(() => commonDomain(lens, before, after), [lens, before, after]);
  if (!lens) throw new LensError(`No lens draws a result of type ${type}.`);
  const Change = CHANGES[type];
  const hasChange = Change !== undefined || difference !== null;
  const look = paneChoice(options.look, type, hasChange, width);
  const against = result.meta.before?.against;
  const changes = against
    ? `${against.left} against ${against.right}`
    : `with ${result.meta.before?.changes.join(', ') ?? ''}`;
  const names = against
    ? { before: against.right, after: against.left, change: `${against.left} − ${against.right}` }
    : { before: 'before', after: 'after', change: 'after − before' };

  const drawn = (side: Result, w: number, h: number, range: readonly [number, number] | undefined) => (
    <lens.Component {...props} result={side} width={w} height={h} domain={range} />
  );
  const changed = (w: number, h: number) =>
    Change ? (
      <Change {...props} before={before} after={after} width={w} height={h} />
    ) : (
      difference && drawn(difference, w, h, undefined)
    );
  const panes: { readonly title: string; readonly draw: (w: number, h: number) => React.ReactNode }[] = [
    ...(look === 'change'
      ? []
      : [
          { title: names.before, draw: (w: number, h: number) => drawn(before, w, h, domain) },
          { title: names.after, draw: (w: number, h: number) => drawn(after, w, h, domain) },
        ]),
    ...(look === 'sides' ? [] : [{ title: names.change, draw: changed }]),
  ];

  return (
    <Frame
      width={width}
      height={height}
      name="Before and after"
      controls={
        <>
          {hasChange && (
            <Segmented
              size="sm"
              label="What is shown"
              value={look}
              options={(['sides', 'change', 'all'] as const).map((value) => ({
                value,
                label: (against ? SIDES : TITLES)[value],
              }))}
              onChange={(value) => onOption('look', value)}
            />
          )}
          <span className="truncate" title={sentence ?? changes}>
            {sentence ?? changes}
          </span>
        </>
      }
      foot={
        <>
          {height < 160 && sentence !== null && <span>{sentence}</span>}
          {(sentence !== null || height < 160) && <span title={changes}>{changes}</span>}
          {domain && look !== 'change' && (
            <span>
              common scale {formatNumber(domain[0])} to {formatNumber(domain[1])}
            </span>
          )}
        </>
      }
    >
      {(w, h) => {
        const row = w >= h || panes.length === 1;
        const pw = row ? Math.floor(w / panes.length) : w;
        const ph = row ? h : Math.floor(h / panes.length);
        const head = panes.length > 1 ? HEAD : 0;
        return (
          <BareFrames value={panes.length > 1 && isBare(pw)}>
            <div className={row ? 'flex h-full' : 'flex h-full flex-col'}>
              {panes.map(({ title, draw }, p) => (
                <section
                  key={title}
                  aria-label={title}
                  className={p === 0 ? '' : row ? 'border-l' : 'border-t'}
                  style={{ width: pw, height: ph }}
                >
                  {head > 0 && (
                    <h4
                      className="truncate text-center text-muted text-xs"
                      style={{ height: HEAD, lineHeight: `${HEAD}px` }}
                    >
                      {title}
                    </h4>
                  )}
                  <div className="relative overflow-hidden" style={{ height: ph - head }}>
                    {draw(pw - (p === 0 ? 0 : 1), ph - head)}
                  </div>
                </section>
              ))}
            </div>
          </BareFrames>
        );
      }}
    </Frame>
  );
}

/** One range for both sides, where the lens has a scale to be given it. */
function commonDomain(
  lens: LensSpec | undefined,
  before: Result,
  after: Result,
): readonly [number, number] | undefined {
  if (!lens?.domainOf) return undefined;
  try {
    return unionOf(lens.domainOf(before), lens.domainOf(after));
  } catch (error) {
    // A side that lacks its numbers says so where it is drawn.
    if (error instanceof LensError) return undefined;
    throw error;
  }
}

export const beforeAfter: LensSpec = {
  id: 'before-after',
  name: 'Before and after',
  icon: FlaskConical,
  types: RESULT_TYPE_NAMES.filter((type) => type !== 'graph' && type !== 'series[step]'),
  fits: (meta) => meta.before !== undefined,
  rank: 20,
  honoursClass: true,
  size: { w: 640, h: 360 },
  Component: BeforeAfter,
};
