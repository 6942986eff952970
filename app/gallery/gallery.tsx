'use client';
import { useState } from 'react';
import type { LensOption, LensProps, LensSpec } from '@/components/lenses/contract.ts';
import type { Fixture } from '@/components/lenses/fixtures/make.ts';
import { FIXTURES } from '@/components/lenses/fixtures.ts';
import { LensBoundary, lensesFor, optionsOf } from '@/components/lenses/index.ts';
import { endsOf } from '@/components/lenses/options.ts';
import { Segmented } from '@/components/ui/segmented.tsx';
import { Select } from '@/components/ui/select.tsx';
import { Primitives } from './primitives.tsx';

type LensSelection = LensProps['selection'];
const NOTHING: LensSelection = { layer: null, units: [], examples: [] };
/** What a lens must bear: little room, each of its options at its ends, and a result that lacks its numbers. */
const STATES = [
  { value: 'whole', label: 'Whole' },
  { value: 'small', label: 'Small' },
  { value: 'tiny', label: 'Tiny' },
  { value: 'options', label: 'Options' },
  { value: 'broken', label: 'Broken' },
] as const;
type State = (typeof STATES)[number]['value'];
const SIZES: Partial<Record<State, { w: number; h: number }>> = {
  small: { w: 240, h: 150 },
  tiny: { w: 110, h: 64 },
};
const THEMES = [
  { value: 'system', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const;
const CLASSES = ['all', ...Array.from({ length: 10 }, (_, i) => String(i))].map((value) => ({
  value,
  label: value === 'all' ? 'All classes' : `Class ${value}`,
}));

/** Selection is common to all cards, as on a board. */
export function Gallery() {
  const [selection, setSelection] = useState(NOTHING);
  const [theme, setTheme] = useState<'system' | 'light' | 'dark'>('system');
  const [selectedClass, setSelectedClass] = useState('all');
  const [state, setState] = useState<State>('whole');
  const [page, setPage] = useState<'lenses' | 'primitives'>('lenses');
  return (
    <div className="flex h-full flex-col">
      <header className="flex h-11 shrink-0 items-center gap-3 border-b bg-surface px-4">
        <h1 className="font-semibold text-lg">Gallery</h1>
        <Segmented
          label="What is shown"
          size="sm"
          value={page}
          options={[
            { value: 'lenses', label: 'Lenses' },
            { value: 'primitives', label: 'Primitives' },
          ]}
          onChange={setPage}
        />
        <p className="min-w-0 truncate text-muted">
          {page === 'lenses'
            ? 'Each lens with the query that it draws, on fixed data.'
            : 'What the rest is made of.'}
        </p>
        <span className="flex-1" />
        <Segmented label="State" size="sm" value={state} options={STATES} onChange={setState} />
        <Select
          label="Class selector"
          size="sm"
          value={selectedClass}
          options={CLASSES}
          onChange={setSelectedClass}
          className="w-28"
        />
        <Segmented
          label="Theme"
          size="sm"
          value={theme}
          options={THEMES}
          onChange={(next) => {
            setTheme(next);
            if (next === 'system') delete document.documentElement.dataset.theme;
            else document.documentElement.dataset.theme = next;
          }}
        />
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and keys must reach that where no card takes them. */}
      <main tabIndex={0} className="min-h-0 flex-1 overflow-y-auto p-4 outline-offset-[-2px]">
        {page === 'primitives' ? (
          <Primitives />
        ) : (
          <div className="flex flex-wrap items-start gap-4">
            {FIXTURES.flatMap((fixture) =>
              lensesFor(fixture.result.meta).flatMap((lens) =>
                (state === 'options' ? endsAt(fixture, lens) : [NO_OPTIONS]).map((options) => (
                  <Card
                    key={`${fixture.name}:${lens.id}:${state}:${JSON.stringify(options)}`}
                    fixture={fixture}
                    lens={lens}
                    chosen={options}
                    state={state}
                    selection={selection}
                    onSelect={(change) => setSelection((now) => ({ ...now, ...change }))}
                    selectedClass={selectedClass === 'all' ? null : Number(selectedClass)}
                  />
                )),
              ),
            )}
          </div>
        )}
      </main>
    </div>
  );
}

const NO_OPTIONS: LensProps['options'] = {};
/** Every option of a lens at its ends, at the first fixture where it means anything. */
function endsAt({ result }: Fixture, lens: LensSpec): readonly LensProps['options'][] {
  const earlier = FIXTURES.slice(
    0,
    FIXTURES.findIndex((fixture) => fixture.result === result),
  ).filter((fixture) => lensesFor(fixture.result.meta).includes(lens));
  const endsOn = (of: Fixture['result']) =>
    endsOf(optionsOf(lens, of.meta), { result: of, options: NO_OPTIONS });
  const seen = new Set(earlier.flatMap((fixture) => endsOn(fixture.result).flatMap(Object.keys)));
  return endsOn(result).filter((ends) => !Object.keys(ends).some((key) => seen.has(key)));
}

interface CardProps extends Pick<LensProps, 'selection' | 'onSelect' | 'selectedClass'> {
  readonly fixture: Fixture;
  readonly lens: LensSpec;
  readonly state: State;
  readonly chosen: LensProps['options'];
}
function Card({ fixture, lens, state, chosen, selection, onSelect, selectedClass }: CardProps) {
  const [options, setOptions] = useState<Readonly<Record<string, LensOption>>>(chosen);
  const { meta } = fixture.result;
  const result = state === 'broken' ? { meta: { ...meta, record: undefined }, tensors: {} } : fixture.result;
  const size = SIZES[state] ?? lens.size;
  return (
    <article
      data-lens={lens.id}
      data-fixture={fixture.name}
      className="flex flex-col rounded-md border bg-surface"
      style={{ width: size.w + 2 }}
    >
      <header className="border-b px-2 py-1">
        <h2 className="truncate font-medium" title={meta.reading}>
          <lens.icon className="mr-1.5 inline size-3.5 align-[-2px] text-faint" />
          {fixture.name}
          {lens.name !== fixture.name && <span className="font-normal text-muted"> · {lens.name}</span>}
          {Object.entries(chosen).map(([key, option]) => (
            <span key={key} className="font-normal text-muted">
              {' '}
              · {key} {String(option)}
            </span>
          ))}
          {selectedClass !== null && !lens.honoursClass && (
            <span className="font-normal text-faint"> · shows all classes</span>
          )}
        </h2>
        <p className="truncate font-mono text-muted text-xs" title={meta.provenance.query}>
          {meta.provenance.query}
        </p>
      </header>
      <LensBoundary key={lens.id} of={meta.id}>
        <lens.Component
          result={result}
          width={size.w}
          height={size.h}
          selection={selection}
          onSelect={onSelect}
          selectedClass={selectedClass}
          options={options}
          onOption={(key, value) => setOptions((now) => ({ ...now, [key]: value }))}
          modelColor={0}
          badges={BADGES}
        />
      </LensBoundary>
    </article>
  );
}
const BADGES: LensProps['badges'] = {
  'digits-cnn@12/conv2d_1': 2,
  'digits-cnn@12/conv2d_1#5': 1,
  'digits-cnn/dense_1': 3,
  'digits-cnn/dense_1#3': 2,
  'digits.test[4]': 1,
  'digits.test[42]': 12,
};
