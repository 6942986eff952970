'use client';
/** A query's parameters as sliders and menus: what is moved is written into the text, and asked. */
import { useEffect, useMemo, useRef, useState } from 'react';
import { useBoard } from '../../state/context.tsx';
import { isComposing } from '../../ui/composing.ts';
import { Select } from '../../ui/select.tsx';
import { Slider } from '../../ui/slider.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import { useKnown } from '../known.ts';
import { diagnose } from '../text/diagnosis.ts';
import type { EditorContext } from '../text/language.ts';
import {
  type ChoiceControl,
  type Control,
  type NumberControl,
  SLIDER_STEPS,
  slideTo,
  toTrack,
} from './control.ts';
import { controlsOf } from './controls.ts';
import { Sliding, setControl } from './sliding.ts';

interface StripProps {
  readonly view: string;
  readonly text: string;
  readonly readOnly: boolean;
}

export function ControlStrip({ view, text, readOnly }: StripProps) {
  const known = useKnown();
  const controls = useMemo(() => controlsOf(text), [text]);
  if (controls.length === 0)
    return <p className="px-2 py-1 text-faint text-sm">This query has no parameters to set.</p>;
  return (
    <fieldset
      aria-label="Parameters"
      className="grid max-h-40 grid-cols-[repeat(auto-fill,minmax(220px,1fr))] gap-x-3 overflow-y-auto px-2 py-1"
    >
      {controls.map((control) => (
        <div key={control.id} className="flex h-7 min-w-0 items-center gap-2">
          <Named control={control} />
          {control.kind === 'number' ? (
            <NumberRow key={control.scale} view={view} control={control} readOnly={readOnly} />
          ) : (
            <ChoiceRow view={view} text={text} known={known} control={control} readOnly={readOnly} />
          )}
        </div>
      ))}
    </fieldset>
  );
}

function Named({ control: { label, summary } }: { readonly control: Control }) {
  const name = (
    <span className="min-w-20 max-w-[45%] shrink-0 truncate font-mono text-muted text-xs" title={label}>
      {label}
    </span>
  );
  return summary === '' ? name : <Tooltip label={summary}>{name}</Tooltip>;
}

function ChoiceRow({
  view,
  text,
  known,
  control,
  readOnly,
}: StripProps & { readonly known: EditorContext; readonly control: ChoiceControl }) {
  const board = useBoard();
  // What would be a fault of the query is greyed out.
  const options = useMemo(() => {
    const already = diagnose(text, known).faults.length > 0;
    return control.choices.map(({ value, summary }) => {
      const next = setControl(text, control.id, value);
      const [fault] = next === null || already ? [] : diagnose(next, known).faults;
      return {
        value,
        disabled: fault !== undefined,
        label: (
          <span title={fault?.message ?? summary}>
            <span className="font-mono text-sm">{value}</span>
          </span>
        ),
      };
    });
  }, [text, known, control]);
  return (
    <Select
      label={control.label}
      size="sm"
      className="nodrag min-w-0 flex-1"
      value={control.value}
      options={options}
      disabled={readOnly}
      onChange={(value) => {
        const slide = new Sliding(board, view, control.id);
        slide.set(value);
        slide.end();
      }}
    />
  );
}

function NumberRow({
  view,
  control,
  readOnly,
}: {
  readonly view: string;
  readonly control: NumberControl;
  readonly readOnly: boolean;
}) {
  const board = useBoard();
  const sliding = useRef<Sliding>(null);
  // While it is slid the range stays, though it is made from the value.
  const [held, setHeld] = useState<{ control: NumberControl; value: number } | null>(null);
  const { id } = control;
  useEffect(() => () => sliding.current?.end(), []);
  const shown = held?.value ?? control.value;
  const range = held?.control ?? control;
  const set = (value: number) => {
    sliding.current ??= new Sliding(board, view, id);
    sliding.current.set(value);
    setHeld({ control: range, value });
  };
  const end = () => {
    sliding.current?.end();
    sliding.current = null;
    setHeld(null);
  };
  return (
    <>
      {control.scale === 'none' ? (
        <span className="flex-1" />
      ) : (
        <Slider
          label={control.label}
          className="nodrag nopan min-w-0 flex-1"
          min={0}
          max={SLIDER_STEPS}
          value={toTrack(range, shown)}
          valueText={String(shown)}
          disabled={readOnly}
          onChange={(place) => set(slideTo(range, shown, place))}
          onCommit={end}
        />
      )}
      <TypedNumber
        key={shown}
        label={`${control.label}, as a number`}
        value={shown}
        readOnly={readOnly}
        onType={(value) => {
          set(value);
          end();
        }}
      />
    </>
  );
}

/** Taken when one leaves it or presses Enter; what is no number is put back. */
function TypedNumber({
  label,
  value,
  readOnly,
  onType,
}: {
  readonly label: string;
  readonly value: number;
  readonly readOnly: boolean;
  onType(value: number): void;
}) {
  const [text, setText] = useState(String(value));
  const take = () => {
    const typed = Number(text);
    if (text.trim() === '' || !Number.isFinite(typed)) setText(String(value));
    else if (typed !== value) onType(typed);
  };
  return (
    <input
      aria-label={label}
      inputMode="decimal"
      className="nodrag h-5 w-14 shrink-0 rounded-sm border border-transparent bg-transparent px-1 text-right font-mono text-xs hover:border-line focus-visible:border-accent focus-visible:outline-none"
      value={text}
      readOnly={readOnly}
      onChange={(event) => setText(event.target.value)}
      onBlur={take}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (isComposing(event)) return;
        if (event.key === 'Enter') take();
        if (event.key === 'Escape') setText(String(value));
      }}
    />
  );
}
