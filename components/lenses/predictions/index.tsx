'use client';
import { CircleX, Target } from 'lucide-react';
import { useCallback, useMemo } from 'react';
import { Badge } from '@/components/ui/badge.tsx';
import { cx } from '@/components/ui/cx.ts';
import { formatExact } from '@/components/ui/format.ts';
import { predictionRecordSchema } from '@/core/result/types.ts';
import type { LensProps, LensSpec } from '../contract.ts';
import { Threads } from '../shared/drawing/badge-mark.tsx';
import { Picture } from '../shared/drawing/picture.tsx';
import { photograph, place } from '../shared/drawing/raster.ts';
import { Frame } from '../shared/frame.tsx';
import { useBadges } from '../shared/result/badges.ts';
import { barInRange, formatOutput, rangeOfOutputs } from '../shared/result/outputs.ts';
import { optionalTensor, recordOf, tensorOf } from '../shared/result/read.ts';
import { verdictOf } from '../shared/result/verdict.ts';
import { compare } from './compare.tsx';

/** With more classes than this, the likeliest come first. */
const IN_ORDER = 12;

function Predictions({
  result,
  width,
  height,
  selection,
  onSelect,
  selectedClass,
  modelColor,
  badges,
  domain,
}: LensProps) {
  const record = recordOf(result, predictionRecordSchema);
  const values = tensorOf(result, 'values');
  const n = values.shape[0] ?? 0;
  const picture = optionalTensor(result, 'image');
  const image = useMemo(() => {
    const [rows = 0, columns = 0, channels = 0] = picture?.shape ?? [];
    return picture && typeof document !== 'undefined'
      ? photograph(picture.data, 0, rows, columns, channels)
      : null;
  }, [picture]);
  const order = useMemo(() => {
    const all = Array.from({ length: n }, (_, c) => c);
    return n <= IN_ORDER ? all : all.sort((a, b) => (values.data[b] ?? 0) - (values.data[a] ?? 0));
  }, [n, values]);
  const name = (c: number | null | undefined) =>
    c === null || c === undefined ? '–' : (record.classes[c] ?? String(c));
  const { scores } = record;
  const range = useMemo(() => domain ?? rangeOfOutputs(scores, values.data), [domain, scores, values]);
  const format = formatOutput(scores);
  /** -1: none, since the scores are not finite, or no class is scored. */
  const predicted = record.predicted ?? -1;
  const missing = predicted < 0 && scores !== 'output';
  const label = record.label ?? null;
  const verdict = verdictOf(label ?? undefined, predicted);
  const wrong = verdict === 'wrong';
  const { example } = record;
  const { badgeOf } = useBadges(badges, { model: null, about: null });
  const selected = example !== undefined && selection.examples.includes(example);
  const square = picture && width > 280 ? side(height) : 0;
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      context.clearRect(0, 0, 400, 400);
      place(context, image, 0, 0, side(height), side(height));
    },
    [image, height],
  );
  const color = `var(--model-${((modelColor % 8) + 8) % 8})`;

  return (
    <Frame
      width={width}
      height={height}
      name="Prediction"
      {...(square > 0 ? {} : { about: { address: example ?? null, count: badgeOf(example ?? null) } })}
      empty={n === 0 ? 'This model gives no classes.' : null}
      foot={
        <span>
          {label === null || scores === 'output' ? 'no label' : `true class ${name(label)}`},{' '}
          {scores === 'probability' ? `${n} classes` : WORDS[scores](n)}
          {missing ? ', no prediction: the scores are not finite' : ''}
        </span>
      }
    >
      {(w, h) => {
        return (
          <div className="flex" style={{ width: w, height: h }}>
            {square > 0 && (
              <div className="flex shrink-0 flex-col gap-2 p-2">
                <button
                  type="button"
                  disabled={example === undefined}
                  aria-pressed={selected}
                  onClick={() => example !== undefined && onSelect({ examples: selected ? [] : [example] })}
                  className={cx(
                    'nodrag outline-offset-2',
                    selected && 'outline-2 outline-accent outline-solid',
                  )}
                >
                  <Picture
                    width={square}
                    height={square}
                    label={`Picture of ${example ?? 'the example'}`}
                    draw={draw}
                  />
                </button>
                <div className="flex flex-col items-start gap-1 text-sm">
                  {example !== undefined && (
                    <span className="flex items-center gap-1 font-mono text-muted text-xs">
                      {example}
                      <Threads address={example} badgeOf={badgeOf} />
                    </span>
                  )}
                  {wrong ? (
                    <Badge tone="fault">
                      {name(label)} taken for {name(predicted)}
                    </Badge>
                  ) : (
                    verdict === 'right' && <Badge tone="good">{name(predicted)}, right</Badge>
                  )}
                  {missing && <Badge tone="warning">no prediction</Badge>}
                </div>
              </div>
            )}
            <ol
              // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and keys must reach that.
              tabIndex={0}
              aria-label={LISTS[scores]}
              className="nowheel min-w-0 flex-1 overflow-y-auto py-2 pr-2 pl-2"
            >
              {order.map((c) => {
                const p = values.data[c] ?? Number.NaN;
                return (
                  <li
                    key={c}
                    title={`${name(c)}: ${formatExact(p)}`}
                    className={cx(
                      'flex h-5 items-center gap-2 text-sm',
                      selectedClass !== null && selectedClass !== c && 'opacity-40',
                    )}
                  >
                    <span
                      className={cx(
                        'w-14 shrink-0 truncate text-right',
                        c === label ? 'font-semibold text-text' : 'text-muted',
                      )}
                    >
                      {name(c)}
                    </span>
                    <span className="relative h-3 min-w-0 flex-1 bg-sunken">
                      <span
                        aria-hidden
                        className="absolute inset-y-0"
                        style={{
                          ...barInRange(p, range),
                          background: color,
                          opacity: c === predicted ? 1 : 0.55,
                        }}
                      />
                      {c === label && <span aria-hidden className="absolute inset-0 border border-text" />}
                    </span>
                    <span className="w-12 shrink-0 text-right">{format(p)}</span>
                    <span className="w-14 shrink-0 text-xs">
                      {c === predicted && wrong ? (
                        <span className="flex items-center gap-0.5 text-fault">
                          <CircleX aria-hidden className="size-3" />
                          chosen
                        </span>
                      ) : c === predicted ? (
                        'chosen'
                      ) : c === label ? (
                        'true'
                      ) : null}
                    </span>
                  </li>
                );
              })}
            </ol>
          </div>
        );
      }}
    </Frame>
  );
}
const LISTS = {
  probability: 'Probability of each class',
  score: 'Score of each class, which is no probability',
  output: 'Outputs of the model',
} as const;
const WORDS = {
  score: (n: number) => `${n} classes, scores that are no probabilities`,
  output: (n: number) => `${n} outputs, of no class`,
} as const;

/** Side of the picture in a view of this height. */
const side = (height: number): number => Math.max(48, Math.min(160, height - 100));

export const predictions: LensSpec = {
  id: 'predictions',
  name: 'Prediction',
  icon: Target,
  types: ['vector[class]'],
  rank: 10,
  honoursClass: true,
  size: { w: 440, h: 250 },
  domainOf: (result) =>
    rangeOfOutputs(recordOf(result, predictionRecordSchema).scores, tensorOf(result, 'values').data),
  Component: Predictions,
  compare,
};
