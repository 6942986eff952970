'use client';
import { FlaskConical } from 'lucide-react';
import { useMemo } from 'react';
import { formatNumber } from '@/components/ui/format.ts';
import { RESULT_TYPE_NAMES, type Result } from '@/core/result/types.ts';
import type { CompareSpec, LensProps, LensSpec } from '../contract.ts';
import { choiceRow } from '../options.ts';
import { ordinaryOf } from '../ordinary.ts';
import { BareFrames, Frame } from '../shared/frame.tsx';
import { OptionControls } from '../shared/options/controls.tsx';
import { useOptions } from '../shared/options/use-options.ts';
import { LensError } from '../shared/result/read.ts';
import { isBare, PANE_CHOICES, paneChoice } from './panes.ts';
import { differenceOf, sideOf, unionOf } from './sides.ts';
import { sentenceOf, wordsOf } from './words.ts';

const NOTHING: CompareSpec = {};

const HEAD = 18;

/** While nobody has chosen, as suits the lens and the width. */
const LOOK = choiceRow({
  key: 'look',
  label: 'What is shown',
  choices({ result }) {
    const { titles } = wordsOf(result.meta.other);
    return PANE_CHOICES.map((value) => ({ value, label: titles[value] }));
  },
  start: null,
});
const OPTIONS = [LOOK];

function BeforeAfter(props: LensProps) {
  const { result, width, height } = props;
  const choice = useOptions(props, OPTIONS);
  const { type } = result.meta;
  const lens = ordinaryOf(type);
  const before = useMemo(() => sideOf(result, 'before'), [result]);
  const after = useMemo(() => sideOf(result, 'after'), [result]);
  const compare = lens?.compare ?? NOTHING;
  const difference = useMemo(() => differenceOf(result, compare.signed), [result, compare]);
  const sentence = useMemo(() => sentenceOf(result, compare), [result, compare]);
  const domain = useMemo(() => commonDomain(lens, before, after), [lens, before, after]);
  if (!lens) throw new LensError(`No lens draws a result of type ${type}.`);
  const Change = compare.Component;
  const hasChange = Change !== undefined || difference !== null;
  const look = paneChoice(choice.value(LOOK), compare.first ?? false, hasChange, width);
  const { names, changes } = wordsOf(result.meta.other);

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
          {hasChange && <OptionControls of={choice} shown={{ look }} />}
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
  fits: (meta) => meta.other !== undefined,
  rank: 20,
  honoursClass: true,
  size: { w: 640, h: 360 },
  options: OPTIONS,
  Component: BeforeAfter,
};
