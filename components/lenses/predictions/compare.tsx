'use client';
import { cx } from '@/components/ui/cx.ts';
import { formatExact, formatNumber } from '@/components/ui/format.ts';
import type { Result } from '@/core/result/types.ts';
import { predictionRecordSchema } from '@/core/result/types.ts';
import type { CompareProps, CompareSpec } from '../contract.ts';
import { ARROW, arrow, lostSentence, sizeOfChange } from '../shared/result/changes.ts';
import { barInRange, formatOutput, placeInRange, rangeOfOutputs } from '../shared/result/outputs.ts';
import { recordOf, tensorOf } from '../shared/result/read.ts';
import { PicturesChange } from './compared-pictures.tsx';

/** Width of the pictures beside the bars. */
const PICTURES = 104;
/** With more classes than this, those that moved most come first. */
const IN_ORDER = 12;

/** A bar for each class after the change, a hollow one for before, and an arrow from one end to the other. */
export function PredictionChange({ before, after, width, height, selectedClass, modelColor }: CompareProps) {
  const record = recordOf(after, predictionRecordSchema);
  const old = tensorOf(before, 'values').data;
  const now = tensorOf(after, 'values').data;
  const n = now.length;
  const moved = (c: number) => Math.abs((now[c] ?? 0) - (old[c] ?? 0));
  const order = Array.from({ length: n }, (_, c) => c);
  if (n > IN_ORDER) order.sort((a, b) => moved(b) - moved(a) || a - b);
  const was = recordOf(before, predictionRecordSchema).predicted ?? null;
  const is = record.predicted ?? null;
  const range = rangeOfOutputs(record.scores, old, now);
  const format = formatOutput(record.scores);
  const name = (c: number) => record.classes[c] ?? String(c);
  const color = `var(--model-${((modelColor % 8) + 8) % 8})`;
  const wide = width > 420 && height > 150 && before.tensors.image !== undefined;
  const roomy = (wide ? width - PICTURES : width) > 320;
  const list = (
    <ol
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and keys must reach that.
      tabIndex={0}
      aria-label={`${record.scores === 'probability' ? 'Probability of each class' : 'Outputs'}, before and after`}
      className="nowheel overflow-y-auto px-2 py-1"
      style={{ width: wide ? width - PICTURES : width, height }}
    >
      {order.map((c) => {
        const [a, b] = [old[c] ?? Number.NaN, now[c] ?? Number.NaN];
        const [left, right] = [Math.min(a, b), Math.max(a, b)].map((end) => placeInRange(end, range)) as [
          number,
          number,
        ];
        const role = [
          c === was && c !== is ? 'before' : null,
          c === is ? (c === was ? 'chosen' : 'now') : null,
          c === record.label ? 'true' : null,
        ]
          .filter((word) => word !== null)
          .join(', ');
        return (
          <li
            key={c}
            title={`${name(c)}: ${formatExact(a)} before, ${formatExact(b)} after`}
            className={cx(
              'flex h-6 items-center gap-2 text-sm',
              selectedClass !== null && selectedClass !== c && 'opacity-40',
            )}
          >
            <span
              className={cx(
                'shrink-0 truncate text-right',
                roomy ? 'w-14' : 'w-8',
                c === record.label ? 'font-semibold text-text' : 'text-muted',
              )}
            >
              {name(c)}
            </span>
            <span aria-hidden className="relative h-4 min-w-0 flex-1 bg-sunken">
              <span
                className="absolute inset-y-0.5"
                style={{ ...barInRange(b, range), background: color, opacity: c === is ? 1 : 0.55 }}
              />
              <span
                className="absolute inset-y-0 border border-text border-dashed"
                style={barInRange(a, range)}
              />
              {right - left > 2 && (
                <span
                  className="absolute top-1/2 h-px bg-text"
                  style={{ left: `${left}%`, width: `${right - left}%` }}
                >
                  <span
                    className={cx(
                      'absolute -top-[3px] size-0 border-y-[3.5px] border-y-transparent',
                      b > a ? 'right-0 border-l-[6px] border-l-text' : 'left-0 border-r-[6px] border-r-text',
                    )}
                  />
                </span>
              )}
            </span>
            <span className={cx('shrink-0 whitespace-nowrap text-right', roomy ? 'w-28' : 'w-12')}>
              {roomy && <span className="text-muted">{format(a)} → </span>}
              {format(b)}
            </span>
            {roomy && <span className="w-16 shrink-0 truncate text-muted text-xs">{role}</span>}
          </li>
        );
      })}
    </ol>
  );
  return wide ? (
    <div className="flex">
      <PicturesChange before={before} after={after} width={PICTURES} height={height} />
      {list}
    </div>
  ) : (
    list
  );
}

function sentence(before: Result, after: Result): string | null {
  const old = before.tensors.values?.data;
  const now = after.tensors.values?.data;
  const [a, b] = [before, after].map((side) => predictionRecordSchema.safeParse(side.meta.record).data);
  if (!old || !now || !a || !b) return null;
  const name = (c: number) => b.classes[c] ?? String(c);
  const format = formatOutput(b.scores);
  if (b.scores === 'output') {
    const { largest, at, changed, lost } = sizeOfChange(
      Array.from(now, (value, i) => value - (old[i] ?? Number.NaN)),
    );
    const told =
      changed > 0
        ? `${name(at)}: ${arrow(format(old[at]), format(now[at]))} (${largest > 0 ? '+' : ''}${formatNumber(largest)})`
        : lost > 0
          ? 'no finite output changes'
          : 'no output changes';
    return told + lostSentence(lost);
  }
  const [was, is] = [a.predicted ?? null, b.predicted ?? null];
  if (was === null || is === null)
    return was === is
      ? 'no prediction on either side: the scores are not finite'
      : was === null
        ? `no prediction before, ${name(is ?? 0)} after`
        : `${name(was)} before, no prediction after: the scores are not finite`;
  if (was === is) return `still ${name(is)}: ${arrow(format(old[is]), format(now[is]))}`;
  const label = b.label ?? null;
  const verdict = label === is ? ', now right' : label === was ? ', now wrong' : '';
  return `the prediction flips: ${name(was)} (${format(old[was])}) ${ARROW} ${name(is)} (${format(now[is])})${verdict}`;
}

export const compare: CompareSpec = { Component: PredictionChange, first: true, sentence };
