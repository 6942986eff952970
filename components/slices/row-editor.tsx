'use client';
/** One condition: what it is about, how it is compared, with what; and below it what is wrong with it. */
import { X } from 'lucide-react';
import { printName } from '@/core/address/index.ts';
import type { Dataset, Model } from '@/core/api/index.ts';
import { IconButton } from '../ui/button.tsx';
import { Input } from '../ui/input.tsx';
import { Select } from '../ui/select.tsx';
import { OPERATORS, type Row } from './conditions.ts';
import {
  type ConditionSubject,
  choiceOf,
  conditionSubjectOf,
  isClass,
  rowFor,
  subjectChoices,
  subjectText,
} from './subjects.ts';

export interface RowEditorProps {
  readonly row: Row;
  /** From 1. */
  readonly number: number;
  readonly dataset: Dataset | null;
  readonly model: Model | null;
  /** Example that a distance is measured to at first. */
  readonly example: string;
  /** Layer that is asked at first, as it is printed. */
  readonly layer: string;
  readonly error: string | null;
  onChange(row: Row): void;
  onRemove(): void;
}

const SIGNS: Readonly<Record<string, string>> = { '!=': '≠', '<=': '≤', '>=': '≥' };
const FIELD = 'h-6! min-w-0 px-1.5! text-sm!';

export function RowEditor(props: RowEditorProps) {
  const { row, number, error, onChange, onRemove } = props;
  return (
    <li aria-label={`Condition ${number}`} className="flex flex-col gap-0.5">
      <div className="flex items-center gap-1">
        {row.kind === 'text' ? (
          <Input
            mono
            className={`${FIELD} flex-1`}
            aria-label={`Condition ${number} as text`}
            aria-invalid={error !== null || undefined}
            value={row.text}
            onChange={(event) => onChange({ kind: 'text', text: event.target.value })}
          />
        ) : (
          <Parts {...props} row={row} />
        )}
        <IconButton size="sm" label={`Remove condition ${number}`} icon={<X />} onClick={onRemove} />
      </div>
      {error !== null ? (
        <p role="alert" className="break-words text-fault text-sm">
          {error}
        </p>
      ) : null}
    </li>
  );
}

function Parts({
  row,
  number,
  dataset,
  model,
  example,
  layer,
  error,
  onChange,
}: RowEditorProps & { readonly row: Extract<Row, { kind: 'parts' }> }) {
  const subject = conditionSubjectOf(row.subject);
  const about = (next: ConditionSubject) => onChange({ ...row, subject: subjectText(next) });
  const layers = (model?.graph.layers ?? []).filter((one) => one.units !== null);
  const listed = row.operator === 'in' || row.operator === 'not in';
  const choices = subjectChoices(dataset, model);
  const chosen = choiceOf(subject);
  return (
    <>
      <Select
        size="sm"
        label={`What condition ${number} is about`}
        className="w-44 shrink-0"
        value={chosen}
        // A name that the data set does not have is shown as it was written.
        options={
          choices.some((choice) => choice.value === chosen)
            ? choices
            : [...choices, { value: chosen, label: chosen }]
        }
        onChange={(choice) => onChange(rowFor(choice, layer, example))}
      />
      {subject.kind === 'column' ? null : (
        <LayerParts
          subject={subject}
          number={number}
          layers={layers.map((one) => one.name)}
          onChange={about}
        />
      )}
      <Select
        size="sm"
        label={`Comparison of condition ${number}`}
        className="w-16 shrink-0"
        value={row.operator}
        options={OPERATORS.map((value) => ({ value, label: SIGNS[value] ?? value }))}
        onChange={(operator) => onChange({ ...row, operator })}
      />
      {isClass(subject) && !listed && dataset && dataset.classes.length > 0 ? (
        <ClassValue row={row} number={number} subject={subject} dataset={dataset} onChange={onChange} />
      ) : (
        <Input
          mono
          className={`${FIELD} flex-1`}
          aria-label={`Value of condition ${number}`}
          aria-invalid={error !== null || undefined}
          placeholder={listed ? '1, 7' : '0.5'}
          value={row.value}
          onChange={(event) => onChange({ ...row, value: event.target.value })}
        />
      )}
    </>
  );
}

/** The layer, and the unit of it, the example, or the number of neighbours. */
function LayerParts({
  subject,
  number,
  layers,
  onChange,
}: {
  readonly subject: Exclude<ConditionSubject, { kind: 'column' }>;
  readonly number: number;
  readonly layers: readonly string[];
  onChange(subject: ConditionSubject): void;
}) {
  const names = layers.map(printName);
  const field = (label: string, value: string, width: string, change: (text: string) => ConditionSubject) => (
    <Input
      mono
      className={`${FIELD} ${width}`}
      aria-label={`${label} of condition ${number}`}
      title={label}
      value={value}
      onChange={(event) => onChange(change(event.target.value))}
    />
  );
  return (
    <>
      <Select
        size="sm"
        label={`Layer of condition ${number}`}
        className="min-w-20 max-w-32 font-mono"
        placeholder="layer"
        value={subject.layer}
        options={(names.includes(subject.layer) ? names : [...names, subject.layer]).map((value) => ({
          value,
          label: value,
        }))}
        onChange={(layer) => onChange({ ...subject, layer })}
      />
      {subject.kind === 'activation'
        ? field('Unit', subject.unit, 'w-14 shrink-0', (unit) => ({ ...subject, unit }))
        : subject.kind === 'distance'
          ? field('Example', subject.to, 'w-32 shrink-0', (to) => ({ ...subject, to }))
          : field('Neighbours', subject.k, 'w-14 shrink-0', (k) => ({ ...subject, k }))}
    </>
  );
}

/** Classes by name; or the other one of label and prediction. */
function ClassValue({
  row,
  number,
  subject,
  dataset,
  onChange,
}: {
  readonly row: Extract<Row, { kind: 'parts' }>;
  readonly number: number;
  readonly subject: ConditionSubject;
  readonly dataset: Dataset;
  onChange(row: Row): void;
}) {
  const other =
    subject.kind === 'column' && subject.name === 'label'
      ? { value: 'predicted', label: 'predicted class' }
      : { value: 'label', label: 'true class' };
  const named = /^'(.*)'$/s.exec(row.value)?.[1]?.replaceAll("''", "'");
  const at = named === undefined ? -1 : dataset.classes.indexOf(named);
  const options = [...dataset.classes.map((name, index) => ({ value: String(index), label: name })), other];
  const value = at < 0 ? row.value : String(at);
  return (
    <Select
      size="sm"
      label={`Value of condition ${number}`}
      className="min-w-0 flex-1"
      placeholder="Choose"
      value={value}
      options={
        value === '' || options.some((option) => option.value === value)
          ? options
          : [...options, { value, label: value }]
      }
      onChange={(next) => onChange({ ...row, value: next })}
    />
  );
}
