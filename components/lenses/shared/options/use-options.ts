import { useCallback, useMemo, useState } from 'react';
import type { LensOption, LensProps } from '../../contract.ts';
import { missingOf, type OptionContext, type OptionRow } from '../../options.ts';

type Given = Pick<LensProps, 'result' | 'options' | 'onOption' | 'marked'>;
/** A row as far as reading and writing go. */
interface Readable<T> {
  readonly key: string;
  fits?(context: OptionContext): boolean;
  read(option: LensOption | undefined, context: OptionContext): T;
}
interface Writable<T> {
  readonly key: string;
  write(value: T): LensOption;
}

export interface Chosen {
  readonly rows: readonly OptionRow[];
  readonly context: OptionContext;
  /** As it is drawn: what this person moves at the moment, else what is stored. The default where it means nothing here. */
  value<T>(row: Readable<T>): T;
  /** As it is stored. */
  stored<T>(row: Readable<T>): T;
  set<T>(row: Writable<T>, value: T): void;
  /** While a thumb is moved: seen by this person only. */
  draft(key: string, value: number | null): void;
  /** Sentences about what was chosen and is not here. */
  readonly missing: readonly string[];
}

/** What is chosen at a lens of these rows. */
export function useOptions({ result, options, onOption, marked }: Given, rows: readonly OptionRow[]): Chosen {
  const [drafts, setDrafts] = useState<Readonly<Record<string, number>>>({});
  const context = useMemo<OptionContext>(
    () => ({ result, options, ...(marked ? { marked } : {}) }),
    [result, options, marked],
  );
  const draft = useCallback((key: string, value: number | null) => {
    setDrafts(({ [key]: _, ...rest }) => (value === null ? rest : { ...rest, [key]: value }));
  }, []);
  const missing = useMemo(() => missingOf(rows, context), [rows, context]);
  const optionOf = (row: Readable<unknown>, bag: Readonly<Record<string, LensOption>>) =>
    (row.fits?.(context) ?? true) ? bag[row.key] : undefined;
  return {
    rows,
    context,
    value: (row) => row.read(optionOf(row, { ...options, ...drafts }), context),
    stored: (row) => row.read(optionOf(row, options), context),
    set: (row, value) => onOption(row.key, row.write(value)),
    draft,
    missing,
  };
}
