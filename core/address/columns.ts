/** Columns that every data set has, a row each. One of the data set's own by such a name is written `column.index`. */

interface ColumnRow {
  readonly summary: string;
  readonly is: 'class' | 'number';
  /** What of the model it is made of; null: of the data alone. */
  readonly asks: 'classes' | 'probabilities' | null;
  /** It is of labelled data only. */
  readonly labelled: boolean;
  /** Numbers that completion offers. */
  readonly offers: readonly number[];
}

export const COLUMNS = {
  label: { summary: 'True class.', is: 'class', asks: null, labelled: true, offers: [] },
  index: { summary: 'Place in the split, from 0.', is: 'number', asks: null, labelled: false, offers: [] },
  predicted: {
    summary: 'Class that the model finds most likely.',
    is: 'class',
    asks: 'classes',
    labelled: false,
    offers: [],
  },
  confidence: {
    summary: 'Probability of the predicted class, 0 to 1.',
    is: 'number',
    asks: 'probabilities',
    labelled: false,
    offers: [0.5, 0.9, 0.99],
  },
  loss: {
    summary: 'Minus the logarithm of the true class’s probability.',
    is: 'number',
    asks: 'probabilities',
    labelled: true,
    offers: [0.1, 1],
  },
} as const satisfies Readonly<Record<string, ColumnRow>>;

export type OwnColumn = keyof typeof COLUMNS;
export const OWN_COLUMNS = Object.keys(COLUMNS) as OwnColumn[];

export const isOwnColumn = (name: string): name is OwnColumn => Object.hasOwn(COLUMNS, name);

/** The row of a column that every data set has; null for one of the data set's own. */
export function ownColumn({
  name,
  stored,
}: {
  readonly name: string;
  readonly stored?: true | undefined;
}): ColumnRow | null {
  return !stored && isOwnColumn(name) ? COLUMNS[name] : null;
}
