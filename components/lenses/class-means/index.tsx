'use client';
import { LayoutGrid } from 'lucide-react';
import { useCallback, useMemo } from 'react';
import { Button } from '@/components/ui/button.tsx';
import { formatCount, formatNumber } from '@/components/ui/format.ts';
import type { LensProps, LensSpec } from '../contract.ts';
import { placeRow } from '../options.ts';
import { ColorLegend } from '../shared/drawing/legend.tsx';
import { NotFinite } from '../shared/drawing/not-finite.tsx';
import { divergingScale, extentOf } from '../shared/drawing/scales.ts';
import { useTheme } from '../shared/drawing/theme.ts';
import { Frame } from '../shared/frame.tsx';
import { Matrix } from '../shared/grids/matrix.tsx';
import type { MatrixPlace } from '../shared/grids/matrix-layout.ts';
import { sortedBy } from '../shared/grids/sort.ts';
import { useOptions } from '../shared/options/use-options.ts';
import { badged, useBadges } from '../shared/result/badges.ts';
import { labelsOf, optionalTensor, tensorOf } from '../shared/result/read.ts';
import { afterClick, subjectOf } from '../shared/result/subject.ts';
import type { ModifierKeys } from '../shared/result/targets.ts';

/** A class to sort by. */
const SORT = placeRow({
  key: 'sort',
  label: 'Order',
  inPicture: true,
  none: 'Unit order',
  places: ({ result }) => new Map(labelsOf(result, 'class', result.tensors.values?.shape[1] ?? 0).entries()),
});
const OPTIONS = [SORT];

function ClassMeans(props: LensProps) {
  const { result, width, height, selection, onSelect, selectedClass } = props;
  const choice = useOptions(props, OPTIONS);
  const { badges, armed, onActivate } = props;
  const theme = useTheme();
  const values = tensorOf(result, 'values');
  const counts = optionalTensor(result, 'counts');
  const [units = 0, classes = 0] = values.shape;
  const subject = useMemo(() => subjectOf(result), [result]);
  const { badgeOf, about } = useBadges(badges, subject);
  const classNames = useMemo(() => labelsOf(result, 'class', classes), [result, classes]);
  /** What was clicked here, else the global class. */
  const sorted =
    choice.value(SORT) ?? (selectedClass !== null && selectedClass < classes ? selectedClass : null);
  const order = useMemo(
    () =>
      sorted === null
        ? Array.from({ length: units }, (_, u) => u)
        : sortedBy(units, (u) => values.data[u * classes + sorted] ?? Number.NaN, true),
    [units, classes, values, sorted],
  );
  const { domain } = props;
  const scale = useMemo(
    () => divergingScale(domain ? Math.max(...domain.map(Math.abs)) : extentOf(values.data), theme.dark),
    [values, domain, theme.dark],
  );
  const rowNames = useMemo(() => order.map((u) => `#${subject.unitIndex(u)}`), [order, subject]);
  const chosen = useMemo(() => new Set(selection.units), [selection.units]);
  const addressAt = useCallback((row: number) => subject.unitAddress(order[row] ?? 0), [subject, order]);
  const color = useCallback(
    (row: number, column: number) =>
      scale.css(values.data[(order[row] ?? 0) * classes + column] ?? Number.NaN),
    [scale, values, order, classes],
  );
  const isRowMarked = useCallback((row: number) => chosen.has(addressAt(row) ?? ''), [chosen, addressAt]);
  const isRowFaded = useCallback(
    (row: number) => {
      const address = addressAt(row);
      return !!armed && (address === null || !armed(address));
    },
    [armed, addressAt],
  );
  const explain = ({ row, column }: MatrixPlace) => {
    const unit = row === null ? null : `${subject.layer ?? 'unit'}#${subject.unitIndex(order[row] ?? 0)}`;
    const name = column === null ? '' : `class ${classNames[column]}`;
    if (unit === null)
      return `${name}${counts ? `, n = ${formatCount(counts.data[column ?? 0] ?? 0)}` : ''}: sort by it`;
    if (column === null || row === null) return unit;
    return `${unit}, ${name}: ${formatNumber(values.data[(order[row] ?? 0) * classes + column])}`;
  };
  const pick = (row: number, keys: ModifierKeys) => {
    const address = addressAt(row);
    if (address === null) return;
    if (armed) {
      if (armed(address)) onActivate?.(address);
    } else onSelect({ units: afterClick(selection.units, address, keys), layer: subject.layerAddress() });
  };

  return (
    <Frame
      width={width}
      height={height}
      name="Class means"
      about={about}
      empty={units * classes === 0 ? 'No units or no classes to compare.' : null}
      controls={
        <>
          <span className="truncate text-muted">
            {sorted === null ? 'Click a class to sort by it' : `Sorted by class ${classNames[sorted]}`}
          </span>
          {choice.value(SORT) !== null && (
            <Button size="sm" tone="ghost" onClick={() => choice.set(SORT, null)}>
              {SORT.none}
            </Button>
          )}
          <span className="flex-1" />
          <ColorLegend scale={scale} label="mean activation" width={56} />
        </>
      }
      foot={
        <>
          <NotFinite of={[values.data]} />
          <span>
            {units} units × {classes} classes
          </span>
          {result.meta.n !== undefined && <span>n = {formatCount(result.meta.n)} examples</span>}
        </>
      }
    >
      {(w, h) => (
        <Matrix
          width={w}
          height={h}
          label={`Mean activation of ${units} units for ${classes} classes`}
          rowTitle="unit"
          columnTitle="true class"
          rowNames={rowNames}
          columnNames={classNames}
          mostRow={28}
          color={color}
          isRowMarked={isRowMarked}
          isRowFaded={isRowFaded}
          rowMarks={badged(order, subject.unitAddress, badgeOf)}
          column={sorted}
          explain={explain}
          onCell={(row, _, keys) => pick(row, keys)}
          onRow={pick}
          onColumn={(column) => choice.set(SORT, column)}
          onActivate={(row) => {
            const address = addressAt(row);
            if (address !== null) onActivate?.(address);
          }}
        />
      )}
    </Frame>
  );
}

export const classMeans: LensSpec = {
  id: 'class-means',
  name: 'Class means',
  icon: LayoutGrid,
  types: ['matrix[unit,class]'],
  rank: 10,
  honoursClass: true,
  size: { w: 440, h: 420 },
  domainOf: (result) => {
    const reach = extentOf(tensorOf(result, 'values').data);
    return [-reach, reach];
  },
  options: OPTIONS,
  Component: ClassMeans,
  compare: { signed: ['values'] },
};
