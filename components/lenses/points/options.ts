/** What may be chosen at a space of points. */
import { Lasso } from 'lucide-react';
import { choiceRow, type OptionContext, placeRow, switchRow } from '../options.ts';
import type { Column } from './columns.ts';
import { AXES } from './projections.ts';
import { spaceOf, withMarks } from './space.ts';

/** A space has many points: what is read off all of them is kept as long as the result. */
const columnsByResult = new WeakMap<
  OptionContext['result'],
  { readonly marked: OptionContext['marked']; readonly columns: readonly Column[] }
>();
function columnsOf({ result, marked }: OptionContext): readonly Column[] {
  const kept = columnsByResult.get(result);
  if (kept && kept.marked === marked) return kept.columns;
  const columns = withMarks(spaceOf(result), marked);
  columnsByResult.set(result, { marked, columns });
  return columns;
}
const valuesByColumn = new WeakMap<Column, ReadonlyMap<number, string>>();
/** The classes, or yes and no, that occur; none of numbers. */
function valuesOf(column: Column | undefined): ReadonlyMap<number, string> {
  if (column === undefined || column.kind === 'number') return new Map();
  const kept = valuesByColumn.get(column);
  if (kept) return kept;
  const values = [...new Set(column.values)].sort((a, b) => a - b);
  const named = new Map(values.map((value) => [value, String(value)]));
  valuesByColumn.set(column, named);
  return named;
}

/** While nobody has chosen, the first column. */
export const COLOR_BY = choiceRow({
  key: 'colorBy',
  label: 'Colour by',
  look: 'list',
  className: 'w-28',
  choices: (context) => columnsOf(context).map(({ id, name }) => ({ value: id, label: name })),
  empty: 'no columns',
  start: null,
  missing: (option) => `There is no column “${option}” here: coloured by the first.`,
});
export const AXES_SHOWN = choiceRow({
  key: 'axes',
  label: 'Components',
  look: 'list',
  className: 'w-20',
  fits: ({ result }) => (result.tensors.xyz?.shape[1] ?? 0) > 2,
  choices: AXES.map(({ id, name }) => ({ value: id, label: name })),
  start: AXES[0].id,
});
export const LASSO = switchRow({
  key: 'lasso',
  label: 'Lasso',
  icon: Lasso,
  shortcut: 'Shift and drag',
  start: false,
});
/** One class or flag of the column that colours, by its value; chosen in the legend. */
export const ISOLATED = placeRow({
  key: 'isolate',
  label: 'Isolated',
  inPicture: true,
  none: 'All',
  places(context) {
    const columns = columnsOf(context);
    const id = COLOR_BY.read(context.options[COLOR_BY.key], context);
    return valuesOf(columns.find((column) => column.id === id) ?? columns[0]);
  },
});
export const OPTIONS = [COLOR_BY, AXES_SHOWN, LASSO, ISOLATED];
