'use client';
/** How well the marked examples agree with what a column of the data set says. */
import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { printAddress } from '@/core/address/index.ts';
import type { Mark } from '@/core/board/index.ts';
import { useBindings, useBoard } from '../state/context.tsx';
import { readAddress } from '../state/project/addresses.ts';
import { Button } from '../ui/button.tsx';
import { Checkbox } from '../ui/checkbox.tsx';
import { ErrorNote } from '../ui/error-note.tsx';
import { formatCount, formatShare } from '../ui/format.ts';
import { Segmented } from '../ui/segmented.tsx';
import { Select } from '../ui/select.tsx';
import { predictQuery } from './mark-all.ts';
import { markedRows } from './rows.ts';
import { type Score, score, truthOf, truthsOf } from './score.ts';
import { usePredictions } from './use-predictions.ts';

/** Shown one by one; all of them can be selected. */
const MAX_SHOWN = 300;

export interface ScorePanelProps {
  readonly marks: ReadonlyMap<string, Mark>;
  /** Number of marked examples by split. */
  readonly counts: ReadonlyMap<string, number>;
}

export function ScorePanel({ marks, counts }: ScorePanelProps) {
  const board = useBoard();
  const bindings = useBindings();
  const datasets = useStore(board.data.store, (s) => s.datasets);
  const splits = datasets.flatMap((d) =>
    d.splits.map((s) => printAddress({ kind: 'dataset', dataset: d.name, split: s.name })),
  );
  const most = [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
  const [picked, setPicked] = useState<string | null>(null);
  const split = picked ?? most ?? splits[0] ?? '';
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const asked = useMemo(() => [[split, predictQuery(split)] as const], [split]);
  const { predictions, errors, loading } = usePredictions(asked);
  const table = predictions.get(split);
  const truths = table ? truthsOf(table) : [];
  const wanted = chosen.filter((name) => truths.includes(name));
  const marked = useMemo(
    () => new Set(markedRows(marks).flatMap((row) => (row.split === split ? [row.index] : []))),
    [marks, split],
  );
  const result = table && wanted.length > 0 ? score(table.index, truthOf(table, wanted), marked) : null;
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-2 overflow-y-auto">
      <Select
        size="sm"
        label="Split that is scored"
        className="self-start"
        value={split}
        options={splits.map((value) => ({ value, label: `${value} (${counts.get(value) ?? 0} marked)` }))}
        onChange={setPicked}
      />
      {bindings.f === null ? (
        <p className="text-muted text-sm">Choose a model first: the columns come with its predictions.</p>
      ) : null}
      {errors.map((message) => (
        <ErrorNote key={message}>{message}</ErrorNote>
      ))}
      {loading && !table ? <p className="text-muted text-sm">Reading the columns</p> : null}
      {table ? (
        <fieldset className="flex flex-col gap-1">
          <legend className="mb-1 font-medium text-muted text-sm">Score against column</legend>
          {truths.map((name) => (
            <Checkbox
              key={name}
              label={<span className={table.columns.has(name) ? 'font-mono text-sm' : ''}>{name}</span>}
              checked={wanted.includes(name)}
              onChange={(on) => setChosen(on ? [...wanted, name] : wanted.filter((n) => n !== name))}
            />
          ))}
          {table.columns.size === 0 ? (
            <p className="text-faint text-sm">
              {readAddress(split)?.kind === 'dataset' ? `${split} has no columns of its own.` : null}
            </p>
          ) : null}
        </fieldset>
      ) : null}
      {result ? (
        <ScoreTable result={result} split={split} truth={wanted.join(' or ')} />
      ) : table ? (
        <p className="text-muted text-sm">
          Choose what says which examples are the right ones to mark: where any of the chosen is not zero.
        </p>
      ) : null}
    </div>
  );
}

const KINDS = ['missed', 'false', 'found'] as const;
type Kind = (typeof KINDS)[number];
const WORDS: Record<Kind, { readonly name: string; readonly meaning: string }> = {
  missed: { name: 'Missed', meaning: 'True, and nobody marked them' },
  false: { name: 'False', meaning: 'Marked, and not true' },
  found: { name: 'Found', meaning: 'True, and marked' },
};

function ScoreTable({
  result,
  split,
  truth,
}: {
  readonly result: Score;
  readonly split: string;
  readonly truth: string;
}) {
  const [kind, setKind] = useState<Kind>('missed');
  const numbers = [
    ['Precision', result.precision, 'Share of the marked that are true'],
    ['Recall', result.recall, 'Share of the true that are marked'],
    ['F1', result.f1, 'Harmonic mean of both'],
  ] as const;
  return (
    <section aria-label={`Score against ${truth}`} className="flex flex-col gap-2">
      <dl className="grid grid-cols-3 overflow-hidden rounded-md border text-center">
        {numbers.map(([name, value, title]) => (
          <div key={name} title={title} className="flex flex-col-reverse border-l py-1 first:border-l-0">
            <dt className="text-muted text-xs">{name}</dt>
            <dd className="font-semibold">{value === null ? '–' : formatShare(value)}</dd>
          </div>
        ))}
      </dl>
      <Segmented
        size="sm"
        label="Which examples"
        className="self-start"
        value={kind}
        options={KINDS.map((value) => ({
          value,
          label: `${WORDS[value].name} ${formatCount(result[value].length)}`,
        }))}
        onChange={setKind}
      />
      <Indices split={split} indices={result[kind]} meaning={WORDS[kind].meaning} />
      <p className="text-faint text-xs">
        {formatCount(result.rest)} neither marked nor true. True: {truth} is not zero.
      </p>
    </section>
  );
}

function Indices({
  split,
  indices,
  meaning,
}: {
  readonly split: string;
  readonly indices: readonly number[];
  readonly meaning: string;
}) {
  const board = useBoard();
  const examples = useStore(board.selection.store, (s) => s.examples);
  const chosen = useMemo(() => new Set(examples), [examples]);
  const address = (index: number) => `${split}[${index}]`;
  return (
    <div className="flex flex-col gap-1">
      <div className="flex items-center gap-2">
        <span className="flex-1 text-muted text-sm">{meaning}</span>
        <Button
          size="sm"
          disabled={indices.length === 0}
          onClick={() => board.selection.select({ examples: indices.map(address) })}
        >
          Select all
        </Button>
      </div>
      {indices.length === 0 ? <p className="text-faint text-sm">None.</p> : null}
      <ul className="flex flex-wrap gap-1">
        {indices.slice(0, MAX_SHOWN).map((index) => (
          <li key={index}>
            <Button
              size="sm"
              aria-pressed={chosen.has(address(index))}
              aria-label={`Select ${address(index)}`}
              className={`px-1.5! font-mono ${chosen.has(address(index)) ? 'border-accent! bg-accent-soft! text-accent!' : ''}`}
              onClick={() => board.selectExamples([address(index)])}
            >
              {index}
            </Button>
          </li>
        ))}
      </ul>
      {indices.length > MAX_SHOWN ? (
        <p className="text-faint text-sm">and {formatCount(indices.length - MAX_SHOWN)} more</p>
      ) : null}
    </div>
  );
}
