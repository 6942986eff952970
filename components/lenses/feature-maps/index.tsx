'use client';
import { Grid2x2 } from 'lucide-react';
import { useCallback, useMemo } from 'react';
import { formatNumber } from '@/components/ui/format.ts';
import type { LensProps, LensSpec } from '../contract.ts';
import { choiceRow } from '../options.ts';
import { ColorLegend } from '../shared/drawing/legend.tsx';
import { NotFinite } from '../shared/drawing/not-finite.tsx';
import { place, raster } from '../shared/drawing/raster.ts';
import { divergingScale, extentOf } from '../shared/drawing/scales.ts';
import { useTheme } from '../shared/drawing/theme.ts';
import { Frame } from '../shared/frame.tsx';
import { TileGrid } from '../shared/grids/tile-grid.tsx';
import { OptionControls } from '../shared/options/controls.tsx';
import { useOptions } from '../shared/options/use-options.ts';
import { badged, useBadges } from '../shared/result/badges.ts';
import { tensorOf } from '../shared/result/read.ts';
import { afterClick, subjectOf } from '../shared/result/subject.ts';
import { extentsOf } from './layout.ts';

const SCALE = choiceRow({
  key: 'scale',
  label: 'Colour scale',
  choices: [
    { value: 'common', label: 'Common scale' },
    { value: 'own', label: 'Own scale' },
  ],
  start: 'common',
});
const OPTIONS = [SCALE];

function FeatureMaps(props: LensProps) {
  const { result, width, height, selection, onSelect, badges, armed, onActivate } = props;
  const choice = useOptions(props, OPTIONS);
  const theme = useTheme();
  const own = choice.value(SCALE) === 'own';
  const { domain } = props;
  const values = tensorOf(result, 'values');
  const [units = 0, rows = 0, columns = 0] = values.shape;
  const subject = useMemo(() => subjectOf(result), [result]);
  const extents = useMemo(
    () => extentsOf(values.data, units, rows * columns),
    [values, units, rows, columns],
  );
  const common = domain ? Math.max(...domain.map(Math.abs)) : extents.layer;
  const pictures = useMemo(() => {
    if (typeof document === 'undefined') return [];
    return Array.from({ length: units }, (_, u) =>
      raster(
        values.data,
        u * rows * columns,
        columns,
        rows,
        divergingScale(own ? (extents.units[u] ?? 0) : common, theme.dark),
      ),
    );
  }, [values, units, rows, columns, extents, common, own, theme.dark]);
  const chosen = useMemo(() => new Set(selection.units), [selection.units]);
  const addressOf = useCallback((u: number) => subject.unitAddress(u), [subject]);
  const name = useCallback((u: number) => `#${subject.unitIndex(u)}`, [subject]);
  const draw = useCallback(
    (context: CanvasRenderingContext2D, u: number, x: number, y: number, w: number, h: number) =>
      place(context, pictures[u] ?? null, x, y, w, h),
    [pictures],
  );
  const isSelected = useCallback((u: number) => chosen.has(addressOf(u) ?? ''), [chosen, addressOf]);
  const isFaded = useCallback(
    (u: number) => {
      const address = addressOf(u);
      return !!armed && (address === null || !armed(address));
    },
    [armed, addressOf],
  );
  const { badgeOf, about } = useBadges(badges, subject);
  const marks = useMemo(
    () =>
      badged(
        Array.from({ length: units }, (_, u) => u),
        addressOf,
        badgeOf,
      ),
    [units, addressOf, badgeOf],
  );
  const reveal = useMemo(() => {
    const first = Array.from({ length: units }, (_, u) => u).find(isSelected);
    return first ?? null;
  }, [units, isSelected]);

  return (
    <Frame
      width={width}
      height={height}
      name="Feature maps"
      about={about}
      empty={units * rows * columns === 0 ? 'This layer puts out nothing to draw.' : null}
      controls={
        <>
          <OptionControls of={choice} />
          <span className="flex-1" />
          {own ? (
            <span className="text-muted text-xs">each map from −max to max, red above 0</span>
          ) : (
            <ColorLegend scale={divergingScale(common, theme.dark)} label="activation" />
          )}
        </>
      }
      foot={
        <>
          <NotFinite of={[values.data]} />
          <span>
            {units} units, {columns} × {rows} pixels
          </span>
        </>
      }
    >
      {(w, h) => (
        <TileGrid
          width={w}
          height={h}
          count={units}
          ratio={columns / rows}
          most={220}
          label={`Feature maps of ${subject.layer ?? 'a layer'}, ${units} units`}
          draw={draw}
          caption={name}
          isSelected={isSelected}
          isFaded={isFaded}
          marks={marks}
          reveal={reveal}
          explain={(u, fx, fy) => {
            const [cx, cy] = [
              Math.min(columns - 1, Math.floor(fx * columns)),
              Math.min(rows - 1, Math.floor(fy * rows)),
            ];
            const value = values.data[u * rows * columns + cy * columns + cx];
            return `${subject.layer ?? 'unit'}${name(u)}  x ${cx}, y ${cy}: ${formatNumber(value)}`;
          }}
          onPick={(u, keys) => {
            const address = addressOf(u);
            if (address === null) return;
            if (armed) {
              if (armed(address)) onActivate?.(address);
              return;
            }
            onSelect({ units: afterClick(selection.units, address, keys), layer: subject.layerAddress() });
          }}
          onActivate={(u) => {
            const address = addressOf(u);
            if (address !== null) onActivate?.(address);
          }}
        />
      )}
    </Frame>
  );
}

export const featureMaps: LensSpec = {
  id: 'feature-maps',
  name: 'Feature maps',
  icon: Grid2x2,
  types: ['tensor[unit,y,x]'],
  rank: 10,
  honoursClass: false,
  size: { w: 480, h: 340 },
  domainOf: (result) => {
    const reach = extentOf(tensorOf(result, 'values').data);
    return [-reach, reach];
  },
  options: OPTIONS,
  Component: FeatureMaps,
  compare: { signed: ['values'] },
};
