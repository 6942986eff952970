'use client';
import { ChartScatter, RotateCcw } from 'lucide-react';
import { useMemo, useState } from 'react';
import {
  type CloudPicture,
  lostPoints,
  type ModifierKeys,
  type PointCloud,
  statesOf,
} from '@/components/scene/index.ts';
import { IconButton } from '@/components/ui/button.tsx';
import { formatCount } from '@/components/ui/format.ts';
import type { LensProps, LensSpec } from '../contract.ts';
import { ColorLegend } from '../shared/drawing/legend.tsx';
import { useTheme } from '../shared/drawing/theme.ts';
import { Frame } from '../shared/frame.tsx';
import { MissingOptions, OptionControls } from '../shared/options/controls.tsx';
import { useOptions } from '../shared/options/use-options.ts';
import { badged, useBadges } from '../shared/result/badges.ts';
import { afterClick } from '../shared/result/subject.ts';
import { cellText, PointCard } from './card.tsx';
import { CloudCanvas } from './cloud-canvas.tsx';
import { coloringOf, labelPoints } from './columns.ts';
import { PointsLegend } from './legend.tsx';
import { AXES_SHOWN, COLOR_BY, ISOLATED, LASSO, OPTIONS } from './options.ts';
import { axesOf } from './projections.ts';
import { componentNames, methodName, qualityOf } from './quality.ts';
import { pickAxes, pictureOf, spaceOf, withMarks } from './space.ts';

/** More class names than this hide the points. */
const MAX_NAMES = 12;
/** Selected points up to so many show their pictures, or their names. */
const MAX_PICTURES = 6;
const MAX_LABELS = 24;
/** As many as a selection holds (core/board/types.ts). */
const MAX_SELECTED = { unit: 2000, example: 20_000 } as const;
/** Spoken of the selection. */
const MAX_LISTED = 50;

function PointsLens(props: LensProps) {
  const { result, width, height, selection, onSelect, selectedClass } = props;
  const choice = useOptions(props, OPTIONS);
  const columnId = choice.value(COLOR_BY);
  const shownAxes = choice.value(AXES_SHOWN);
  const { badges, armed, onActivate, marked } = props;
  const theme = useTheme();
  const space = useMemo(() => spaceOf(result), [result]);
  const { record, n, dims, kind } = space;
  const columns = useMemo(() => withMarks(space, marked), [space, marked]);
  const { badgeOf, about } = useBadges(badges, space);
  const marks = useMemo(
    () =>
      badged(
        Array.from({ length: n }, (_, i) => i),
        space.address,
        badgeOf,
      ),
    [n, space, badgeOf],
  );
  const column = columns.find((c) => c.id === columnId) ?? columns[0] ?? null;
  /** What the global class selector is held against: the true class where there is one. */
  const classColumn = columns.find((c) => c.kind === 'class') ?? null;
  const axes = useMemo(() => axesOf(shownAxes, dims), [shownAxes, dims]);
  const lasso = choice.value(LASSO);
  const [point, setPoint] = useState<{ index: number; x: number; y: number } | null>(null);
  const [drawn, setDrawn] = useState<{ cloud: PointCloud; flat: boolean } | null>(null);

  const data = useMemo(() => {
    const names = componentNames(record, dims);
    return {
      xyz: pickAxes(space.xyz, dims, axes),
      dims: axes.length === 3 ? (3 as const) : (2 as const),
      axes: axes.map((axis) => names[axis] ?? ''),
    };
  }, [space, record, dims, axes]);
  const lost = useMemo(
    () => lostPoints(data.xyz, data.dims, drawn?.flat ? 2 : data.dims),
    [data, drawn?.flat],
  );
  const coloring = useMemo(
    () => coloringOf(column, n, record.classes, theme),
    [column, n, record.classes, theme],
  );
  const isolated = choice.value(ISOLATED);

  const chosen = kind === 'unit' ? selection.units : selection.examples;
  const selected = useMemo(() => space.find(chosen), [space, chosen]);
  const style = useMemo(() => {
    const ofClass = selectedClass !== null && classColumn ? classColumn.values : null;
    const ofItem = isolated !== null && column ? column.values : null;
    const aside = (i: number) => {
      if (ofClass && ofClass[i] !== selectedClass) return true;
      if (ofItem && ofItem[i] !== isolated) return true;
      const address = armed ? space.address(i) : null;
      return !!armed && (address === null || !armed(address));
    };
    const any = ofClass !== null || ofItem !== null || !!armed;
    return { colors: coloring.colors, states: statesOf(n, any ? aside : null, selected) };
  }, [coloring, n, selected, selectedClass, classColumn, isolated, column, armed, space]);
  const pictures = useMemo(() => {
    if (selected.length > MAX_PICTURES || typeof document === 'undefined') return [];
    return selected
      .map((index) => ({ index, image: pictureOf(result, index, theme.dark) }))
      .filter((p): p is CloudPicture & { image: HTMLCanvasElement } => p.image !== null);
  }, [selected, result, theme.dark]);
  const labels = useMemo(() => {
    if (selected.length > 0)
      return pictures.length > 0 || selected.length > MAX_LABELS
        ? []
        : selected.map((index) => ({ index, text: space.name(index) }));
    // Units of a class need not lie together, so a name at their middle would mislead.
    if (kind === 'unit' || column?.kind !== 'class' || coloring.items.length > MAX_NAMES) return [];
    return labelPoints(space.xyz, dims, column.values)
      .filter(({ label }) => isolated === null || label === isolated)
      .map(({ label, at }) => ({ index: at, text: record.classes[label] ?? String(label) }));
  }, [selected, pictures, space, kind, column, coloring, dims, isolated, record.classes]);

  const select = (addresses: readonly string[]) => {
    const next = addresses.slice(0, MAX_SELECTED[kind]);
    onSelect(kind === 'unit' ? { units: next, layer: space.layer } : { examples: next });
  };
  const events = {
    onPick: (index: number | null, keys: ModifierKeys) => {
      const address = index === null ? null : space.address(index);
      if (address === null) {
        if (index === null && chosen.length > 0 && !keys.shiftKey) select([]);
      } else if (armed) {
        if (armed(address)) onActivate?.(address);
      } else select(afterClick(chosen, address, keys));
    },
    onLasso: (indices: readonly number[], keys: ModifierKeys) => {
      const found = indices.map((i) => space.address(i)).filter((address) => address !== null);
      select(keys.shiftKey ? [...new Set([...chosen, ...found])] : found);
    },
    onActivate: (index: number) => {
      const address = space.address(index);
      if (address !== null) onActivate?.(address);
    },
  };
  const explain = (index: number) =>
    [
      space.address(index) ?? `${kind} ${space.name(index)}`,
      ...columns.map((c) => `${c.name} ${cellText(c, index, record.classes)}`),
    ].join(', ');
  const counted = `${formatCount(n)} ${kind}${n === 1 ? '' : 's'}`;
  const summary = `${counted} of ${record.layer} in ${axes.length} components of ${methodName(record)}${column ? `, coloured by ${column.name}` : ''}. ${qualityOf(
    record,
  )
    .map(({ text }) => text)
    .join(', ')}${selected.length > 0 ? `. ${formatCount(selected.length)} selected` : ''}.`;

  return (
    <Frame
      width={width}
      height={height}
      name={kind === 'unit' ? 'Neuron space' : 'Example space'}
      about={about}
      empty={
        n > 0 ? null : kind === 'unit' ? 'This layer has no units.' : 'No examples here. Widen the slice.'
      }
      controls={
        <>
          <OptionControls
            of={choice}
            rows={drawn?.flat ? [COLOR_BY, LASSO] : [COLOR_BY, AXES_SHOWN, LASSO]}
            shown={{ colorBy: column?.id }}
            onSet={(key) => {
              if (key === COLOR_BY.key) choice.set(ISOLATED, null);
            }}
          />
          <IconButton
            size="sm"
            label="Fit"
            shortcut="0"
            icon={<RotateCcw />}
            onClick={() => drawn?.cloud.fit()}
          />
          <span className="flex-1" />
          {coloring.scale && <ColorLegend scale={coloring.scale} label={column?.name ?? ''} width={56} />}
        </>
      }
      foot={
        <>
          <MissingOptions of={choice} />
          <span>n = {formatCount(n)}</span>
          <span>{methodName(record)}</span>
          {qualityOf(record).map((caption) => (
            <span key={caption.text} title={caption.meaning}>
              {caption.text}
            </span>
          ))}
          {lost > 0 && <span className="text-warning">{formatCount(lost)} not finite</span>}
          {selected.length > 0 && (
            <span className="text-accent">{formatCount(selected.length)} selected</span>
          )}
        </>
      }
    >
      {(w, h) => (
        <>
          <CloudCanvas
            data={data}
            style={style}
            labels={labels}
            pictures={pictures}
            lasso={lasso}
            width={w}
            height={h}
            summary={summary}
            explain={explain}
            events={events}
            marks={marks}
            onPoint={setPoint}
            onCloud={(cloud, flat) => setDrawn(cloud ? { cloud, flat } : null)}
          />
          <PointsLegend
            label={column?.name ?? ''}
            items={coloring.items}
            isolated={isolated}
            onIsolate={(value) => choice.set(ISOLATED, value)}
            width={w}
            height={h}
          />
          {drawn?.flat && (
            <p className="pointer-events-none absolute inset-x-0 bottom-0 bg-surface/85 px-2 py-0.5 text-warning text-xs">
              This browser gives no WebGL: the first two components, flat.
            </p>
          )}
          {point && (
            <PointCard
              result={result}
              space={space}
              at={point.index}
              badgeOf={badgeOf}
              marked={marked?.has(space.address(point.index) ?? '') ?? false}
              x={point.x}
              y={point.y}
              width={w}
              height={h}
            />
          )}
          <ul className="sr-only" aria-label="Selected points">
            {selected.slice(0, MAX_LISTED).map((index) => (
              <li key={index}>{explain(index)}</li>
            ))}
            {selected.length > MAX_LISTED && <li>and {formatCount(selected.length - MAX_LISTED)} more</li>}
          </ul>
        </>
      )}
    </Frame>
  );
}

export const points: LensSpec = {
  id: 'points',
  name: 'Space',
  icon: ChartScatter,
  types: ['points[unit]', 'points[example]'],
  rank: 10,
  honoursClass: true,
  size: { w: 480, h: 420 },
  options: OPTIONS,
  Component: PointsLens,
};
