'use client';
import { Lasso, Rotate3d, RotateCcw } from 'lucide-react';
import { useMemo, useState } from 'react';
import { IconButton } from '@/components/ui/button.tsx';
import { ErrorNote } from '@/components/ui/error-note.tsx';
import { formatCount } from '@/components/ui/format.ts';
import { Segmented } from '@/components/ui/segmented.tsx';
import { Select } from '@/components/ui/select.tsx';
import { pointsRecordSchema } from '@/core/result/types.ts';
import type { LensProps, LensSpec } from '../contract.ts';
import { Frame } from '../shared/frame.tsx';
import { ColorLegend } from '../shared/legend.tsx';
import { optionalTensor, recordOf, tensorOf } from '../shared/read.ts';
import { afterClick, subjectOf } from '../shared/subject.ts';
import { rgbOf, useTheme } from '../shared/theme.ts';
import { PointCard } from './card.tsx';
import { coloringOf, columnsOf, labelPoints, qualityOf } from './columns.ts';
import { AXES, axesOf } from './projections.ts';
import { useCloud } from './use-cloud.ts';

/** More class names than this hide the points. */
const MOST_LABELS = 12;

function PointsLens(props: LensProps) {
  const { result, width, height, selection, onSelect, selectedClass, options, onOption, armed, onActivate } =
    props;
  const theme = useTheme();
  const record = recordOf(result, pointsRecordSchema);
  const xyz = tensorOf(result, 'xyz', 2);
  const [n = 0, dims = 0] = xyz.shape;
  const units = result.meta.type === 'points[unit]';
  const subject = useMemo(() => subjectOf(result), [result]);
  const index = optionalTensor(result, 'index', 1);
  const columns = useMemo(() => columnsOf(result, n), [result, n]);
  const column = columns.find((c) => c.id === options.color) ?? columns[0] ?? null;
  const classColumn = column?.kind === 'class' ? column : (columns.find((c) => c.kind === 'class') ?? null);
  const axes = useMemo(() => axesOf(options.axes, dims), [options.axes, dims]);
  const lasso = options.drag === 'lasso';
  const [hover, setHover] = useState<{ index: number; x: number; y: number } | null>(null);

  const addresses = useMemo(
    () =>
      Array.from({ length: n }, (_, i) =>
        units ? subject.unitAddress(i) : subject.exampleAddress(index?.data[i] ?? i),
      ),
    [n, units, subject, index],
  );
  const chosen = units ? selection.units : selection.examples;
  const selected = useMemo(() => {
    const wanted = new Set(chosen);
    const found = new Set<number>();
    if (wanted.size > 0)
      for (const [i, address] of addresses.entries())
        if (address !== null && wanted.has(address)) found.add(i);
    return found;
  }, [chosen, addresses]);

  const coloring = useMemo(() => {
    const made = coloringOf(column, n, record.classes, theme);
    // The global class stands out by fading all others; so does what an armed tool fits.
    const ground = rgbOf(theme.color.surface);
    for (let i = 0; i < n; i++) {
      const address = addresses[i] ?? null;
      const other = selectedClass !== null && classColumn !== null && classColumn.values[i] !== selectedClass;
      if (!other && !(armed && (address === null || !armed(address)))) continue;
      for (let d = 0; d < 3; d++)
        made.colors[3 * i + d] = (ground[d] ?? 0) * 0.8 + (made.colors[3 * i + d] ?? 0) * 0.2;
    }
    return made;
  }, [column, n, record.classes, theme, selectedClass, classColumn, armed, addresses]);
  const labels = useMemo(() => {
    if (column?.kind !== 'class' || units || coloring.items.length > MOST_LABELS) return [];
    return labelPoints(xyz.data, dims, column.values).map(({ label, at }) => ({
      text: record.classes[label] ?? String(label),
      at,
    }));
  }, [column, units, coloring, xyz, dims, record.classes]);
  const look = useMemo(
    () => ({
      accent: rgbOf(theme.color.accent),
      accentCss: theme.color.accent,
      ground: rgbOf(theme.color.surface),
      ink: theme.color.text,
      muted: theme.color.muted,
      line: theme.color['line-strong'],
      axes: axes.map((a) => String(a + 1)),
    }),
    [theme, axes],
  );

  const select = (found: readonly (string | null)[], adding: boolean) => {
    const known = found.filter((address) => address !== null);
    const next = adding ? [...new Set([...chosen, ...known])] : known;
    onSelect(units ? { units: next, layer: subject.layerAddress() } : { examples: next });
  };
  const events = {
    onHover: (at: number | null, x: number, y: number) => setHover(at === null ? null : { index: at, x, y }),
    onPick: (at: number | null, keys: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }) => {
      const address = at === null ? null : (addresses[at] ?? null);
      if (address === null) {
        if (chosen.length > 0 && !keys.shiftKey) select([], false);
      } else if (armed) {
        if (armed(address)) onActivate?.(address);
      } else select(afterClick(chosen, address, keys), false);
    },
    onLasso: (indices: readonly number[], keys: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }) =>
      select(
        indices.map((i) => addresses[i] ?? null),
        // Shift may be what began the lasso, so it is Ctrl or ⌘ that adds.
        keys.ctrlKey || keys.metaKey,
      ),
    onOpen: (at: number) => {
      const address = addresses[at];
      if (address) onActivate?.(address);
    },
  };
  // Sizes as Frame lays them out, known before it draws.
  const area = { w: width, h: height - (height >= 160 && width >= 200 ? 28 : 0) - (height >= 120 ? 20 : 0) };
  const { canvas, cloud, error } = useCloud({
    points: xyz.data,
    dims,
    axes,
    colors: coloring.colors,
    selected,
    labels,
    look,
    lasso,
    width: area.w,
    height: area.h,
    events,
  });
  const only = selected.size === 1 ? [...selected][0] : undefined;
  const shown = hover?.index ?? only;
  const place = hover ?? (only !== undefined && cloud ? cloud.placeOf(only) : null);

  return (
    <Frame
      width={width}
      height={height}
      name={units ? 'Neuron space' : 'Example space'}
      empty={n === 0 ? 'No points here. Widen the slice.' : null}
      controls={
        <>
          <Select
            size="sm"
            label="Colour by"
            value={column?.id}
            placeholder="no columns"
            disabled={columns.length === 0}
            options={columns.map((c) => ({ value: c.id, label: c.name }))}
            onChange={(value) => onOption('color', value)}
            className="w-28"
          />
          {dims > 2 && (
            <Select
              size="sm"
              label="Components"
              value={AXES.find((a) => a.axes.join() === axes.join())?.id}
              options={AXES.map((a) => ({ value: a.id, label: a.name }))}
              onChange={(value) => onOption('axes', value)}
              className="w-20"
            />
          )}
          <Segmented
            size="sm"
            label="What a drag does"
            value={lasso ? 'lasso' : 'turn'}
            options={[
              { value: 'turn', label: <Rotate3d />, name: axes.length < 3 ? 'Drag moves' : 'Drag turns' },
              { value: 'lasso', label: <Lasso />, name: 'Drag selects (or hold Shift)' },
            ]}
            onChange={(value) => onOption('drag', value)}
          />
          <IconButton
            size="sm"
            label="Reset the view"
            icon={<RotateCcw />}
            onClick={() => cloud?.resetView()}
          />
          <span className="flex-1" />
          {coloring.scale && <ColorLegend scale={coloring.scale} label={column?.name ?? ''} width={56} />}
        </>
      }
      foot={
        <>
          <span>
            {formatCount(n)} {units ? 'units' : 'examples'}
          </span>
          <span>{record.method === 'pca' ? 'PCA' : 'UMAP'}</span>
          {qualityOf(record).map((told) => (
            <span key={told}>{told}</span>
          ))}
          {selected.size > 0 && <span className="text-accent">{formatCount(selected.size)} selected</span>}
        </>
      }
    >
      {(w, h) =>
        error === null ? (
          <>
            {/* biome-ignore lint/a11y/noStaticElementInteractions: the canvas within is a picture; keys turn it. */}
            {/* biome-ignore lint/a11y/noNoninteractiveElementInteractions: see above. */}
            <div
              role="group"
              aria-label={`${formatCount(n)} ${units ? 'units' : 'examples'} in ${axes.length} components. Arrows turn, plus and minus zoom, Page keys walk the points, Space selects, Enter opens.`}
              // biome-ignore lint/a11y/noNoninteractiveTabindex: keys act on the cloud.
              tabIndex={0}
              className="nodrag nowheel nopan absolute inset-0 outline-offset-[-2px]"
              onKeyDown={(event) => {
                const turns: Record<string, [number, number]> = {
                  ArrowLeft: [-10, 0],
                  ArrowRight: [10, 0],
                  ArrowUp: [0, -10],
                  ArrowDown: [0, 10],
                };
                const turn = turns[event.key];
                if (turn) cloud?.turn(...turn);
                else if (event.key === '+' || event.key === '=') cloud?.zoom(1.2);
                else if (event.key === '-') cloud?.zoom(1 / 1.2);
                else if (event.key === '0') cloud?.resetView();
                else if (event.key === 'PageDown' || event.key === 'PageUp') {
                  const next = ((shown ?? -1) + (event.key === 'PageDown' ? 1 : -1) + n) % n;
                  const at = cloud?.placeOf(next);
                  cloud?.setHovered(next);
                  setHover({ index: next, x: at?.x ?? 0, y: at?.y ?? 0 });
                } else if (event.key === ' ' && shown !== undefined) events.onPick(shown, event);
                else if (event.key === 'Enter' && shown !== undefined) events.onOpen(shown);
                else return;
                event.preventDefault();
                event.stopPropagation();
              }}
            >
              <canvas ref={canvas} aria-hidden className="block touch-none" style={{ width: w, height: h }} />
            </div>
            <Legend items={coloring.items} height={h} />
            {shown !== undefined && place && (
              <PointCard
                result={result}
                at={shown}
                address={addresses[shown] ?? null}
                columns={columns}
                classes={record.classes}
                x={place.x}
                y={place.y}
                width={w}
                height={h}
              />
            )}
          </>
        ) : (
          <div className="p-3">
            <ErrorNote tone="warning">{error}</ErrorNote>
          </div>
        )
      }
    </Frame>
  );
}

interface LegendProps {
  readonly items: readonly { readonly name: string; readonly color: string; readonly count: number }[];
  readonly height: number;
}
function Legend({ items, height }: LegendProps) {
  const most = Math.floor((height - 24) / 16);
  if (items.length === 0 || most < 2) return null;
  return (
    <ul
      aria-label="Legend"
      className="pointer-events-none absolute top-1.5 right-2 text-right text-muted text-xs"
    >
      {items.slice(0, most).map((item) => (
        <li key={item.name} className="flex items-center justify-end gap-1.5">
          <span className="max-w-24 truncate">{item.name}</span>
          <span className="min-w-6 text-faint">{formatCount(item.count)}</span>
          <span aria-hidden className="size-2 rounded-full" style={{ background: item.color }} />
        </li>
      ))}
      {items.length > most && <li>and {items.length - most} more</li>}
    </ul>
  );
}

export const points: LensSpec = {
  id: 'points',
  name: 'Space',
  types: ['points[unit]', 'points[example]'],
  rank: 10,
  honoursClass: true,
  size: { w: 480, h: 420 },
  Component: PointsLens,
};
