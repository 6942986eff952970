'use client';
import { ScanEye } from 'lucide-react';
import { useMemo, useState } from 'react';
import { formatNumber } from '@/components/ui/format.ts';
import {
  type AttributionSide,
  attributionRecordSchema,
  type Result,
  type TensorName,
} from '@/core/result/types.ts';
import type { LensProps, LensSpec } from '../contract.ts';
import { placeRow, switchRow } from '../options.ts';
import { ColorLegend } from '../shared/drawing/legend.tsx';
import { underlay } from '../shared/drawing/raster.ts';
import { divergingScale } from '../shared/drawing/scales.ts';
import { useTheme } from '../shared/drawing/theme.ts';
import { Frame } from '../shared/frame.tsx';
import type { Cell } from '../shared/grids/cell-map.tsx';
import { MissingOptions, OptionControls } from '../shared/options/controls.tsx';
import { useOptions } from '../shared/options/use-options.ts';
import { useBadges } from '../shared/result/badges.ts';
import { targetSentence } from '../shared/result/changes.ts';
import { labelsOf, optionalTensor, recordOf, tensorOf } from '../shared/result/read.ts';
import { afterClick, subjectOf } from '../shared/result/subject.ts';
import type { ModifierKeys } from '../shared/result/targets.ts';
import { AttributionFoot, AttributionHead, MethodNote } from './captions.tsx';
import { errorPerPlace, perPlace, ROBUST, reachOf, windowOf } from './numbers.ts';
import { OPACITY, ROBUST_SCALE } from './options.ts';
import { PANEL_HEAD, Panel } from './panel.tsx';
import { arrange } from './panels.ts';
import { joinMeaning, joinName, sideNames, targetName } from './words.ts';

const DIM = switchRow({
  key: 'dim',
  label: 'Dim what is within 2 standard errors of 0',
  menu: true,
  fits: ({ result }) => result.tensors.standard_error !== undefined,
  start: false,
});
const channelsOf = (result: Result) => result.tensors.values?.shape[2] ?? 0;
const CHANNEL = placeRow({
  key: 'channel',
  label: 'Channels',
  className: 'w-20 shrink-0',
  fits: ({ result }) => channelsOf(result) > 1,
  none: 'Sum',
  places: ({ result }) => new Map(labelsOf(result, 'channel', channelsOf(result)).entries()),
  missing: (option) => `There is no channel ${option} here: the sum is drawn.`,
});
const OPTIONS = [OPACITY, ROBUST_SCALE, DIM, CHANNEL];

/** A picture of the result in grey; null where there is none. */
function useUnderlay(result: Result, name: TensorName, dark: boolean): HTMLCanvasElement | null {
  return useMemo(() => {
    const image = optionalTensor(result, name);
    const [height = 0, width = 0, channels = 0] = image?.shape ?? [];
    return image && typeof document !== 'undefined'
      ? underlay(image.data, 0, height, width, channels, dark)
      : null;
  }, [result, name, dark]);
}

function Attribution(props: LensProps) {
  const { result, width, height, selection, onSelect, badges, armed, onActivate } = props;
  const choice = useOptions(props, OPTIONS);
  const theme = useTheme();
  const record = recordOf(result, attributionRecordSchema);
  const tensor = tensorOf(result, 'values');
  const [rows = 0, columns = 0, channels = 0] = tensor.shape;
  const errorTensor = optionalTensor(result, 'standard_error');
  const [at, setAt] = useState<(Cell & { readonly panel: number }) | null>(null);
  const channel = choice.value(CHANNEL);
  const robust = choice.value(ROBUST_SCALE);
  const dim = choice.value(DIM);
  const opacity = choice.value(OPACITY);
  const channelNames = useMemo(() => labelsOf(result, 'channel', channels), [result, channels]);
  const subject = useMemo(() => subjectOf(result), [result]);
  const { about } = useBadges(badges, subject);

  const maps = useMemo(() => {
    const map = (name: TensorName) => {
      const found = optionalTensor(result, name);
      return found && perPlace(found.data, channels, channel);
    };
    return { values: perPlace(tensor.data, channels, channel), left: map('left'), right: map('right') };
  }, [result, tensor, channels, channel]);
  const errors = useMemo(
    () => errorTensor && errorPerPlace(errorTensor.data, channels, channel),
    [errorTensor, channels, channel],
  );
  const scale = useMemo(() => {
    const all = [maps.values, maps.left, maps.right].filter((map) => map !== null);
    const reach = props.domain
      ? Math.max(...props.domain.map(Math.abs))
      : reachOf(all, robust ? ROBUST : null);
    return divergingScale(reach, theme.dark);
  }, [maps, robust, props.domain, theme.dark]);
  const ownPicture = useUnderlay(result, 'image', theme.dark);
  const otherPicture = useUnderlay(result, 'right_image', theme.dark);

  const { join } = record;
  const names = join ? sideNames(record, join.right) : null;
  const sameExample = join === null || join.right.example === record.example;
  const own = { map: maps.values, errors, picture: ownPicture, title: null, meaning: '', sides: [record] };
  const panels: {
    readonly map: Float64Array;
    readonly errors: ArrayLike<number> | null;
    readonly picture: HTMLCanvasElement | null;
    readonly title: string | null;
    readonly meaning: string;
    readonly sides: readonly AttributionSide[];
  }[] =
    join && names && maps.left && maps.right
      ? [
          { ...own, map: maps.left, errors: null, title: names[0], meaning: `Left side: ${names[0]}` },
          {
            ...own,
            map: maps.right,
            errors: null,
            picture: otherPicture ?? (sameExample ? ownPicture : null),
            title: names[1],
            meaning: `Right side: ${names[1]}`,
            sides: [join.right],
          },
          {
            ...own,
            title: joinName(join.kind),
            meaning: joinMeaning(join.kind),
            sides: [record, join.right],
          },
        ]
      : [own];
  const part = windowOf(record.region, record.layer, ownPicture);
  const [x0, y0] = record.layer === null && record.region ? record.region : [0, 0];

  const explain = ({ row, column }: Cell, map: ArrayLike<number>, error: ArrayLike<number> | null) => {
    const i = row * columns + column;
    const tail = error?.[i] === undefined ? '' : ` ± ${formatNumber(error[i])}`;
    const of = channel === null ? '' : `, channel ${channelNames[channel]}`;
    const sides =
      maps.left && maps.right
        ? `\nleft ${formatNumber(maps.left[i])}, right ${formatNumber(maps.right[i])}`
        : '';
    return `x ${x0 + column}, y ${y0 + row}${of}: ${formatNumber(map[i])}${tail}${sides}`;
  };
  const pick = (sides: readonly AttributionSide[], keys: ModifierKeys) => {
    const unit = record.unit === null ? null : subject.about;
    const examples = [...new Set(sides.map((side) => side.example))];
    const [first] = examples;
    const address = unit ?? first;
    if (address === undefined) return;
    if (armed) {
      if (armed(address)) onActivate?.(address);
    } else if (unit !== null)
      onSelect({ units: afterClick(selection.units, unit, keys), layer: subject.layerAddress() });
    else
      onSelect({
        examples:
          examples.length > 1 || first === undefined ? examples : afterClick(selection.examples, first, keys),
      });
  };
  const isSelected = (sides: readonly AttributionSide[]) =>
    record.unit === null
      ? sides.every((side) => selection.examples.includes(side.example))
      : subject.about !== null && selection.units.includes(subject.about);

  return (
    <Frame
      width={width}
      height={height}
      name="Attribution"
      about={about}
      empty={rows * columns * channels === 0 ? 'There is no feature to draw.' : null}
      controls={
        <>
          <OptionControls of={choice} />
          <MethodNote record={record} reading={result.meta.reading} />
          <AttributionHead record={record} />
          <ColorLegend scale={scale} label="attribution" width={channels > 1 ? 32 : 64} />
        </>
      }
      foot={
        <>
          <MissingOptions of={choice} />
          <AttributionFoot record={record} shown={[maps.values, maps.left, maps.right]} />
        </>
      }
    >
      {(w, h) => {
        const ratio = ownPicture ? ownPicture.width / ownPicture.height : columns / rows;
        const placed = arrange(panels.length, ratio, w, h, PANEL_HEAD);
        return (
          <div className={placed.direction === 'row' ? 'flex' : 'flex flex-col'}>
            {panels.map((panel, p) => (
              <Panel
                key={panel.title ?? 'own'}
                width={placed.width}
                height={placed.height}
                title={panel.title}
                meaning={panel.meaning}
                label={`${panel.title ?? 'Attribution'} of ${targetName(record)} to ${record.layer ?? 'the input'}, ${columns} × ${rows}`}
                values={panel.map}
                errors={panel.errors}
                rows={rows}
                columns={columns}
                picture={panel.picture}
                window={panel.picture ? part : { x: 0, y: 0, w: 1, h: 1 }}
                scale={scale}
                opacity={opacity}
                dim={dim}
                isSelected={isSelected(panel.sides)}
                at={at}
                speaks={at?.panel === p}
                onAt={(cell) => setAt(cell && { ...cell, panel: p })}
                explain={(cell) => explain(cell, panel.map, panel.errors)}
                onPick={(keys) => pick(panel.sides, keys)}
              />
            ))}
          </div>
        );
      }}
    </Frame>
  );
}

export const attribution: LensSpec = {
  id: 'attribution',
  name: 'Attribution',
  icon: ScanEye,
  types: ['attribution[y,x]'],
  rank: 10,
  honoursClass: false,
  size: { w: 480, h: 360 },
  domainOf: (result) => {
    const values = tensorOf(result, 'values');
    const reach = reachOf([perPlace(values.data, values.shape[2] ?? 0, null)], null);
    return [-reach, reach];
  },
  options: OPTIONS,
  Component: Attribution,
  compare: { signed: ['values', 'left', 'right'], sentence: targetSentence },
};
