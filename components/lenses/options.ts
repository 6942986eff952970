/**
 * What may be chosen at a lens, as rows: kind, range, default, label. Controls, the reading of what is stored with a view, and
 * what is tried in tests and the gallery are made of them.
 */
import type { ComponentType } from 'react';
import type { Result } from '@/core/result/types.ts';

/** As it is stored. */
export type LensOption = string | number | boolean;
/** What the range of an option may depend on. */
export interface OptionContext {
  readonly result: Result;
  readonly options: Readonly<Record<string, LensOption>>;
  readonly marked?: ReadonlySet<string>;
}
/** Order of a table's rows by a column. */
export interface Sorting {
  readonly column: string;
  readonly descending: boolean;
}
type From<T> = T | ((context: OptionContext) => T);

interface Row<T> {
  /** Under which it is stored with a view. */
  readonly key: string;
  readonly label: string;
  /** Whether it means anything for this result; left out: always. */
  fits?(context: OptionContext): boolean;
  /** Its control stands behind the button of options, so that the bar is not crowded. */
  readonly menu?: true;
  /** It is chosen in the picture itself, and has no control. */
  readonly inPicture?: true;
  readonly className?: string;
  /** What is stored, where it is one of these; the default for all else. */
  read(option: LensOption | undefined, context: OptionContext): T;
  write(value: T): LensOption;
  /** What is stored at the ends of its range, or for all that can be chosen. */
  ends(context: OptionContext): readonly LensOption[];
  /** Said where what is stored is not among what this result has; left out: the default is drawn without a word. */
  missing?(option: LensOption): string;
}
type Icon = ComponentType<{ readonly className?: string }>;

export interface SwitchRow extends Row<boolean> {
  readonly kind: 'switch';
  /** Drawn as a button with a picture instead of a box. */
  readonly icon?: Icon;
  readonly shortcut?: string;
}
export interface Choice<Value extends string = string> {
  readonly value: Value;
  readonly label: string;
  /** What it is called where the label is too short to tell. */
  readonly name?: string;
  readonly icon?: Icon;
}
export interface ChoiceRow<Value extends string = string> extends Row<Value | null> {
  readonly kind: 'choice';
  /** All side by side, a list to open, or a button that leads to the next one. */
  readonly look: 'side by side' | 'list' | 'next';
  /** What a list without choices says. */
  readonly empty?: string;
  choices(context: OptionContext): readonly Choice<Value>[];
}
export interface NumberRow extends Row<number> {
  readonly kind: 'number';
  readonly step: number;
  range(context: OptionContext): readonly [number, number];
  text(value: number, context: OptionContext): string;
}
/** One of the things along an axis, by its place, or none of them. */
export interface PlaceRow extends Row<number | null> {
  readonly kind: 'place';
  /** What none of them is called. */
  readonly none: string;
  /** Names by place; a place may be left out. */
  places(context: OptionContext): ReadonlyMap<number, string>;
}
/** Order of a table's rows, chosen at its head. */
export interface SortingRow extends Row<Sorting> {
  readonly kind: 'sorting';
}
export type OptionRow = SwitchRow | ChoiceRow | NumberRow | PlaceRow | SortingRow;

type Of<R, Own extends keyof R = never> = Pick<R, Extract<keyof R, OptionalKeys | Own>>;
type OptionalKeys = 'key' | 'label' | 'fits' | 'menu' | 'inPicture' | 'className' | 'missing';
const resolved = <T extends object>(from: From<T>, context: OptionContext): T =>
  typeof from === 'function' ? from(context) : from;

export function switchRow({
  start,
  ...row
}: Of<SwitchRow, 'icon' | 'shortcut'> & { readonly start: boolean }): SwitchRow {
  return {
    ...row,
    kind: 'switch',
    read: (option) => (typeof option === 'boolean' ? option : start),
    write: (value) => value,
    ends: () => [true, false],
  };
}

/** `start` null: the lens chooses what suits the result while nobody has chosen. */
export function choiceRow<const Value extends string, const Start extends NoInfer<Value> | null>({
  choices,
  start,
  look = 'side by side',
  ...row
}: Of<ChoiceRow<Value>, 'empty'> & {
  readonly choices: From<readonly Choice<Value>[]>;
  readonly start: Start;
  readonly look?: ChoiceRow['look'];
}): ChoiceRow<Value> & Row<Value | Start> {
  const all = (context: OptionContext) => resolved(choices, context);
  return {
    ...row,
    kind: 'choice',
    look,
    choices: all,
    read: (option, context) => all(context).find(({ value }) => value === option)?.value ?? start,
    write: (value) => value ?? '',
    ends: (context) => all(context).map(({ value }) => value),
  };
}

export function numberRow({
  range,
  start,
  step = 1,
  text = String,
  ...row
}: Of<NumberRow> & {
  readonly range: From<readonly [number, number]>;
  readonly start: number;
  readonly step?: number;
  readonly text?: NumberRow['text'];
}): NumberRow {
  const within = (context: OptionContext) => resolved(range, context);
  return {
    ...row,
    kind: 'number',
    step,
    text,
    range: within,
    read(option, context) {
      const [low, high] = within(context);
      const value = typeof option === 'number' && Number.isFinite(option) ? option : start;
      const clamped = Math.max(low, Math.min(high, value));
      return step === 1 ? Math.round(clamped) : clamped;
    },
    write: (value) => value,
    ends: (context) => within(context),
  };
}

/** A place may be -1: the class of an example without one. */
const NONE = false;
export function placeRow({
  places,
  ...row
}: Of<PlaceRow, 'none'> & { places(context: OptionContext): ReadonlyMap<number, string> }): PlaceRow {
  return {
    ...row,
    kind: 'place',
    places,
    read: (option, context) => (typeof option === 'number' && places(context).has(option) ? option : null),
    write: (value) => value ?? NONE,
    ends: (context) => [
      NONE,
      ...[...places(context).keys()].filter((_, i, all) => i === 0 || i === all.length - 1),
    ],
  };
}

/** `column`, or `-column` from the largest on. */
const writeSorting = ({ column, descending }: Sorting): string => (descending ? `-${column}` : column);

export function sortingRow({
  key = 'sort',
  columns,
  start,
}: {
  readonly key?: string;
  readonly columns: From<readonly string[]>;
  readonly start: Sorting;
}): SortingRow {
  const all = (context: OptionContext) => resolved(columns, context);
  return {
    key,
    label: 'Order',
    inPicture: true,
    kind: 'sorting',
    read(option, context) {
      if (typeof option !== 'string') return start;
      const descending = option.startsWith('-');
      const column = descending ? option.slice(1) : option;
      return all(context).includes(column) ? { column, descending } : start;
    },
    write: writeSorting,
    ends: (context) => all(context).map((column, i) => writeSorting({ column, descending: i % 2 === 0 })),
  };
}

/** What each row says that cannot be had here. */
export function missingOf(rows: readonly OptionRow[], context: OptionContext): readonly string[] {
  return rows.flatMap((row) => {
    const option = context.options[row.key];
    if (!row.missing || option === undefined || !(row.fits?.(context) ?? true)) return [];
    const nobody = option === NONE || option === -1 || option === '';
    const has =
      row.kind === 'choice'
        ? row.choices(context).some(({ value }) => value === option)
        : row.kind === 'place'
          ? typeof option === 'number' && row.places(context).has(option)
          : true;
    return has || nobody ? [] : [row.missing(option)];
  });
}

/** One bag of options for each end of each row that means anything here. */
export const endsOf = (
  rows: readonly OptionRow[],
  context: OptionContext,
): readonly Readonly<Record<string, LensOption>>[] =>
  rows
    .filter((row) => row.fits?.(context) ?? true)
    .flatMap((row) => row.ends(context).map((option) => ({ [row.key]: option })));
