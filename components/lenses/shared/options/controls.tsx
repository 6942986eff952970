'use client';
import { SlidersHorizontal } from 'lucide-react';
import { Fragment, type ReactNode } from 'react';
import { IconButton } from '@/components/ui/button.tsx';
import { Checkbox } from '@/components/ui/checkbox.tsx';
import { Popover } from '@/components/ui/popover.tsx';
import { Segmented } from '@/components/ui/segmented.tsx';
import { Select } from '@/components/ui/select.tsx';
import type { OptionRow } from '../../options.ts';
import { OptionSlider } from './slider.tsx';
import type { Chosen } from './use-options.ts';

export interface OptionControlsProps {
  readonly of: Chosen;
  /** Those that are shown, in this order; left out: all that the lens has. */
  readonly rows?: readonly OptionRow[];
  /** In place of a row's label, by its key: with a number that is known only here. */
  readonly labels?: Readonly<Record<string, string>>;
  /** What is drawn while nobody has chosen, by the row's key. */
  readonly shown?: Readonly<Record<string, string | undefined>>;
  /** After a change, when something else goes with it. */
  onSet?(key: string): void;
}

/** Controls of a lens, made of its rows. Those that mean nothing for this result are left out. */
export function OptionControls({ rows, ...props }: OptionControlsProps) {
  const { of } = props;
  const fitting = (rows ?? of.rows).filter((row) => !row.inPicture && (row.fits?.(of.context) ?? true));
  const menu = fitting.filter((row) => row.menu);
  return fitting.map((row) =>
    row.menu ? (
      row === menu[0] && (
        <Popover
          key="menu"
          label="Options"
          className="nodrag w-60"
          trigger={<IconButton label="Options" icon={<SlidersHorizontal />} size="sm" />}
        >
          <div className="flex flex-col gap-2 text-sm">
            {menu.map((each) => (
              <Fragment key={each.key}>
                <OptionControl row={each} {...props} />
              </Fragment>
            ))}
          </div>
        </Popover>
      )
    ) : (
      <OptionControl key={row.key} row={row} {...props} />
    ),
  );
}

function OptionControl({
  row,
  of,
  labels = {},
  shown = {},
  onSet,
}: OptionControlsProps & { readonly row: OptionRow }): ReactNode {
  const label = labels[row.key] ?? row.label;
  const styled = row.className === undefined ? {} : { className: row.className };
  const after = (set: () => void) => {
    set();
    onSet?.(row.key);
  };
  switch (row.kind) {
    case 'sorting':
      return null;
    case 'switch': {
      const value = of.value(row);
      const { icon: Icon, shortcut } = row;
      const set = (next: boolean) => after(() => of.set(row, next));
      return Icon ? (
        <IconButton
          size="sm"
          label={label}
          {...(shortcut === undefined ? {} : { shortcut })}
          icon={<Icon />}
          pressed={value}
          onClick={() => set(!value)}
        />
      ) : (
        <Checkbox label={label} checked={value} onChange={set} {...styled} />
      );
    }
    case 'choice': {
      const choices = row.choices(of.context);
      const value = of.value(row) ?? shown[row.key];
      const set = (next: string) => after(() => of.set(row, next));
      if (row.look === 'next') {
        const next = choices[(choices.findIndex((choice) => choice.value === value) + 1) % choices.length];
        const Icon = next?.icon;
        return next && Icon ? (
          <IconButton
            size="sm"
            label={next.name ?? next.label}
            icon={<Icon />}
            onClick={() => set(next.value)}
          />
        ) : null;
      }
      return row.look === 'list' ? (
        <Select
          size="sm"
          label={label}
          value={value}
          disabled={choices.length === 0}
          {...(row.empty === undefined ? {} : { placeholder: row.empty })}
          options={choices}
          onChange={set}
          {...styled}
        />
      ) : (
        <Segmented size="sm" label={label} value={value ?? ''} options={choices} onChange={set} {...styled} />
      );
    }
    case 'number': {
      const [min, max] = row.range(of.context);
      return (
        <OptionSlider
          label={label}
          {...styled}
          {...{ min, max, step: row.step }}
          value={of.stored(row)}
          text={(value) => row.text(value, of.context)}
          onDraft={(value) => of.draft(row.key, value)}
          onChange={(value) => after(() => of.set(row, value))}
        />
      );
    }
    case 'place':
      return (
        <Select
          size="sm"
          label={label}
          value={String(of.value(row) ?? 'none')}
          options={[
            { value: 'none', label: row.none },
            ...[...row.places(of.context)].map(([at, name]) => ({ value: String(at), label: name })),
          ]}
          onChange={(value) => after(() => of.set(row, value === 'none' ? null : Number(value)))}
          {...styled}
        />
      );
  }
}

/** What was chosen and is not in this result, in the foot. */
export function MissingOptions({ of }: { readonly of: Chosen }) {
  return of.missing.map((sentence) => (
    <span key={sentence} className="text-warning">
      {sentence}
    </span>
  ));
}
