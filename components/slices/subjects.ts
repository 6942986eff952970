/** What a row can be about, as choices: columns, and what a layer answers. Pieces are text, as half of one may be typed. */
import { printColumn } from '@/core/address/index.ts';
import type { Dataset, Model } from '@/core/api/index.ts';
import type { Operator, Row } from './conditions.ts';

export type ConditionSubject =
  | { readonly kind: 'column'; readonly name: string }
  | { readonly kind: 'activation'; readonly layer: string; readonly unit: string }
  | { readonly kind: 'distance'; readonly layer: string; readonly to: string }
  | { readonly kind: 'agreement'; readonly layer: string; readonly k: string };

/** A layer's name as it is printed; quoted ones may hold commas. */
const LAYER = '("(?:[^"]|"")*"|[^,"]*)';
const DISTANCE = new RegExp(`^distance\\(${LAYER}, *(.*)\\)$`);
const AGREEMENT = new RegExp(`^agreement\\(${LAYER}, *(.*)\\)$`);
const ACTIVATION = /^("(?:[^"]|"")*"|[^#"]*)#(.*)$/;

export function conditionSubjectOf(text: string): ConditionSubject {
  const [, near, to] = DISTANCE.exec(text) ?? [];
  if (near !== undefined && to !== undefined) return { kind: 'distance', layer: near, to };
  const [, among, k] = AGREEMENT.exec(text) ?? [];
  if (among !== undefined && k !== undefined) return { kind: 'agreement', layer: among, k };
  const [, layer, unit] = ACTIVATION.exec(text) ?? [];
  if (layer !== undefined && unit !== undefined) return { kind: 'activation', layer, unit };
  return { kind: 'column', name: text };
}

export function subjectText(subject: ConditionSubject): string {
  switch (subject.kind) {
    case 'column':
      return subject.name;
    case 'activation':
      return `${subject.layer}#${subject.unit}`;
    case 'distance':
      return `distance(${subject.layer}, ${subject.to})`;
    case 'agreement':
      return `agreement(${subject.layer}, ${subject.k})`;
  }
}

export const isClass = (subject: ConditionSubject): boolean =>
  subject.kind === 'column' && (subject.name === 'label' || subject.name === 'predicted');

export interface Choice {
  /** Name of a column, or the kind of what a layer answers. */
  readonly value: string;
  readonly label: string;
}
const OWN: Readonly<Record<string, string>> = {
  label: 'true class',
  predicted: 'predicted class',
  confidence: 'confidence',
  loss: 'loss',
  index: 'index',
};

/** Columns of the data set beside those that every one has; a choice of a layer only with a model. */
export function subjectChoices(dataset: Dataset | null, model: Model | null): Choice[] {
  const own = Object.entries(OWN)
    .filter(([name]) => name !== 'label' || dataset === null || dataset.classes.length > 0)
    .map(([value, label]) => ({ value, label }));
  const columns = (dataset?.columns ?? []).map(printColumn).map((name) => ({ value: name, label: name }));
  if (model === null) return [...own, ...columns];
  return [
    ...own,
    ...columns,
    { value: '#', label: 'activation of a unit' },
    { value: 'distance(', label: 'distance to an example' },
    { value: 'agreement(', label: "agreement of neighbours' labels" },
  ];
}

/** The value in `subjectChoices` of a subject. */
export function choiceOf(subject: ConditionSubject): string {
  if (subject.kind === 'column') return subject.name;
  return subject.kind === 'activation' ? '#' : `${subject.kind}(`;
}

/** A whole row to begin with: what is chosen is never half of a condition. */
export function rowFor(choice: string, layer: string, example: string): Row {
  const row = (subject: ConditionSubject, operator: Operator, value: string): Row => ({
    kind: 'parts',
    subject: subjectText(subject),
    operator,
    value,
  });
  switch (choice) {
    case '#':
      return row({ kind: 'activation', layer, unit: '0' }, '>', '0');
    case 'distance(':
      return row({ kind: 'distance', layer, to: example }, '<', '1');
    case 'agreement(':
      return row({ kind: 'agreement', layer, k: '10' }, '<', '0.5');
    case 'label':
      return row({ kind: 'column', name: choice }, '=', '0');
    case 'predicted':
      return row({ kind: 'column', name: choice }, '!=', 'label');
    case 'confidence':
      return row({ kind: 'column', name: choice }, '<', '0.5');
    case 'loss':
      return row({ kind: 'column', name: choice }, '>', '1');
    case 'index':
      return row({ kind: 'column', name: choice }, '<', '100');
    default:
      return row({ kind: 'column', name: choice }, '>', '0');
  }
}
