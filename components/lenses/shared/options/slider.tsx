'use client';
import { useEffect, useState } from 'react';
import { Slider } from '@/components/ui/slider.tsx';

export interface OptionSliderProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  readonly text: (value: number) => string;
  /** While the thumb moves: seen by this person only. */
  onDraft?(value: number | null): void;
  /** Once it is let go: kept with the view. */
  onChange(value: number): void;
  readonly className?: string;
}
/** A slider with its name and its number; the view is written to once, when the thumb is let go. */
export function OptionSlider({
  label,
  value,
  min,
  max,
  step,
  text,
  onDraft,
  onChange,
  className,
}: OptionSliderProps) {
  const [draft, setDraft] = useState<number | null>(null);
  // Another's change, or the echo of one's own, ends the draft.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the value's change is the signal.
  useEffect(() => {
    setDraft(null);
    onDraft?.(null);
  }, [value]);
  const shown = draft ?? value;
  return (
    <span className={className ?? 'flex items-center gap-2'}>
      <span aria-hidden className="shrink-0 text-muted">
        {label}
      </span>
      <Slider
        label={label}
        min={min}
        max={max}
        {...(step === undefined ? {} : { step })}
        value={shown}
        valueText={text(shown)}
        onChange={(next) => {
          setDraft(next);
          onDraft?.(next);
        }}
        onCommit={onChange}
      />
      <span aria-hidden className="min-w-9 shrink-0 text-right text-muted">
        {text(shown)}
      </span>
    </span>
  );
}
