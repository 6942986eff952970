'use client';
import { GalleryThumbnails } from 'lucide-react';
import { useCallback, useMemo } from 'react';
import { formatNumber } from '@/components/ui/format.ts';
import { attributionRecordSchema, type Result } from '@/core/result/types.ts';
import { AttributionFoot, AttributionHead, MethodNote } from '../attribution/captions.tsx';
import { coverOf, perPlace, ROBUST, reachOf, windowOf } from '../attribution/numbers.ts';
import { OPACITY, ROBUST_SCALE } from '../attribution/options.ts';
import { joinName } from '../attribution/words.ts';
import type { LensProps, LensSpec } from '../contract.ts';
import { choiceRow } from '../options.ts';
import { ColorLegend } from '../shared/drawing/legend.tsx';
import { raster, underlay } from '../shared/drawing/raster.ts';
import { divergingScale } from '../shared/drawing/scales.ts';
import { useTheme } from '../shared/drawing/theme.ts';
import { drawWrong } from '../shared/drawing/wrong-mark.ts';
import { Frame } from '../shared/frame.tsx';
import { boxWithin } from '../shared/grids/cell-map.tsx';
import { TileGrid } from '../shared/grids/tile-grid.tsx';
import { OptionControls } from '../shared/options/controls.tsx';
import { useOptions } from '../shared/options/use-options.ts';
import { badged, useBadges } from '../shared/result/badges.ts';
import { targetSentence } from '../shared/result/changes.ts';
import { optionalTensor, recordOf, tensorOf } from '../shared/result/read.ts';
import { subjectOf } from '../shared/result/subject.ts';
import { useScrollToSelected, useTargets } from '../shared/result/targets.ts';
import { verdictOf } from '../shared/result/verdict.ts';

const joinOf = (result: Result) =>
  result.tensors.left && result.tensors.right ? recordOf(result, attributionRecordSchema).join : null;
const SIDE = choiceRow({
  key: 'side',
  label: 'Side',
  fits: ({ result }) => joinOf(result) !== null,
  choices({ result }) {
    const kind = joinOf(result)?.kind ?? 'join';
    return [
      { value: 'left', label: 'Left' },
      { value: 'right', label: 'Right' },
      { value: 'joined', label: kind === 'join' ? 'Shared' : 'Contrast', name: joinName(kind) },
    ];
  },
  start: 'joined',
});
const OPTIONS = [OPACITY, ROBUST_SCALE, SIDE];

function AttributionExamples(props: LensProps) {
  const { result, width, height, selection, selectedClass, badges } = props;
  const chosen = useOptions(props, OPTIONS);
  const side = chosen.value(SIDE);
  const theme = useTheme();
  const record = recordOf(result, attributionRecordSchema);
  const joined = tensorOf(result, 'values');
  const left = optionalTensor(result, 'left');
  const right = optionalTensor(result, 'right');
  const sides = record.join !== null && left !== null && right !== null;
  const tensor = sides && side === 'left' ? left : sides && side === 'right' ? right : joined;
  const images = optionalTensor(result, 'images');
  const index = tensorOf(result, 'index').data;
  const label = optionalTensor(result, 'label')?.data ?? null;
  const predicted = optionalTensor(result, 'predicted')?.data ?? null;
  const [n = 0, rows = 0, columns = 0, channels = 0] = tensor.shape;
  const [, pictureRows = rows, pictureColumns = columns, pictureChannels = 0] = images?.shape ?? [];
  const robust = chosen.value(ROBUST_SCALE);
  const opacity = chosen.value(OPACITY);
  const wrongAt = useCallback(
    (i: number) => verdictOf(label?.[i], predicted?.[i]) === 'wrong',
    [label, predicted],
  );
  /** Of the global class only, when one is chosen. */
  const shown = useMemo(
    () =>
      Array.from({ length: n }, (_, i) => i).filter(
        (i) => selectedClass === null || (label ?? predicted)?.[i] === selectedClass,
      ),
    [n, label, predicted, selectedClass],
  );
  const maps = useMemo(() => perPlace(tensor.data, channels, null), [tensor, channels]);
  const scale = useMemo(
    () =>
      divergingScale(
        props.domain
          ? Math.max(...props.domain.map(Math.abs))
          : reachOf(
              // One scale for both sides and what joins them.
              [joined, ...(sides ? [left, right] : [])].map(({ data }) => perPlace(data, channels, null)),
              robust ? ROBUST : null,
            ),
        theme.dark,
      ),
    [joined, left, right, sides, channels, robust, props.domain, theme.dark],
  );
  const drawn = useMemo(
    () =>
      typeof document === 'undefined'
        ? []
        : shown.map((i) => ({
            map: raster(maps, i * rows * columns, columns, rows, scale, (p) =>
              images ? coverOf(maps[i * rows * columns + p] ?? Number.NaN, scale.max) : 1,
            ),
            below:
              images &&
              underlay(
                images.data,
                i * pictureRows * pictureColumns * pictureChannels,
                pictureRows,
                pictureColumns,
                pictureChannels,
                theme.dark,
              ),
          })),
    [shown, maps, rows, columns, scale, images, pictureRows, pictureColumns, pictureChannels, theme.dark],
  );
  const part = useMemo(
    () => windowOf(record.region, record.layer, images && { width: pictureColumns, height: pictureRows }),
    [record.region, record.layer, images, pictureColumns, pictureRows],
  );
  const ratio = pictureColumns / Math.max(1, pictureRows);
  const draw = useCallback(
    (context: CanvasRenderingContext2D, at: number, x: number, y: number, w: number, h: number) => {
      const tile = drawn[at];
      if (!tile) return;
      const box = boxWithin(ratio, w, h);
      const alpha = context.globalAlpha;
      context.imageSmoothingEnabled = false;
      if (tile.below) context.drawImage(tile.below, x + box.x, y + box.y, box.w, box.h);
      context.globalAlpha = alpha * (tile.below ? opacity : 1);
      if (tile.map)
        context.drawImage(
          tile.map,
          x + box.x + part.x * box.w,
          y + box.y + part.y * box.h,
          part.w * box.w,
          part.h * box.h,
        );
      context.globalAlpha = alpha;
      if (wrongAt(shown[at] ?? 0)) drawWrong(context, x + w, y, theme);
    },
    [drawn, ratio, opacity, part, wrongAt, shown, theme],
  );
  const name = useCallback(
    (c: number | undefined) => (c === undefined || c < 0 ? '–' : (record.classes[c] ?? String(c))),
    [record.classes],
  );
  const caption = useCallback(
    (at: number) => {
      const i = shown[at] ?? 0;
      if (label === null || (label[i] ?? -1) < 0) return predicted ? name(predicted[i]) : '';
      return wrongAt(i) ? `${name(label[i])} → ${name(predicted?.[i])}` : name(label[i]);
    },
    [shown, label, predicted, name, wrongAt],
  );
  const subject = useMemo(() => subjectOf(result), [result]);
  const { badgeOf, about } = useBadges(badges, subject);
  const addressOf = useCallback(
    (at: number) => subject.exampleAddress(Number(index[shown[at] ?? 0] ?? 0)),
    [subject, index, shown],
  );
  const targets = useTargets(props, 'examples', subject, addressOf);
  const marks = useMemo(() => badged(shown, (_, at) => addressOf(at), badgeOf), [shown, addressOf, badgeOf]);
  const reveal = useScrollToSelected(shown.length, targets.isSelected, selection.examples);
  const [x0, y0] = record.layer === null && record.region ? record.region : [0, 0];
  const explain = (at: number, fx: number, fy: number) => {
    const i = shown[at] ?? 0;
    // The lower edge of a tile is its caption's too.
    const x = Math.floor(((Math.min(fx, 0.999) - part.x) / part.w) * columns);
    const y = Math.floor(((Math.min(fy, 0.999) - part.y) / part.h) * rows);
    const inside = x >= 0 && x < columns && y >= 0 && y < rows;
    const value = inside ? maps[i * rows * columns + y * columns + x] : undefined;
    const verdict = [
      label !== null && (label[i] ?? -1) >= 0 ? `true ${name(label[i])}` : null,
      predicted ? `predicted ${name(predicted[i])}` : null,
    ]
      .filter((text) => text !== null)
      .join(', ');
    return `${addressOf(at) ?? `example ${index[i]}`}${verdict ? `, ${verdict}` : ''}\n${inside ? `x ${x0 + x}, y ${y0 + y}: ${formatNumber(value)}` : 'outside of the window'}`;
  };

  return (
    <Frame
      width={width}
      height={height}
      name="Attributed examples"
      about={about}
      empty={
        n === 0
          ? 'No examples here. Widen the slice.'
          : shown.length === 0
            ? 'No example of the chosen class here. Choose another class, or all.'
            : null
      }
      controls={
        <>
          <OptionControls of={chosen} />
          <MethodNote record={record} reading={result.meta.reading} />
          <AttributionHead record={record} />
          <ColorLegend scale={scale} label="attribution" width={64} />
        </>
      }
      foot={
        <>
          <span>
            {shown.length} {shown.length === 1 ? 'example' : 'examples'}
          </span>
          <AttributionFoot record={record} shown={[maps]} />
        </>
      }
    >
      {(w, h) => (
        <TileGrid
          width={w}
          height={h}
          count={shown.length}
          ratio={ratio}
          least={36}
          most={180}
          label={`Attribution over ${shown.length} examples`}
          draw={draw}
          caption={caption}
          marks={marks}
          reveal={reveal}
          explain={explain}
          {...targets}
        />
      )}
    </Frame>
  );
}

export const attributionExamples: LensSpec = {
  id: 'attribution-examples',
  name: 'Attributed examples',
  icon: GalleryThumbnails,
  types: ['attribution[example,y,x]'],
  rank: 10,
  honoursClass: true,
  size: { w: 480, h: 380 },
  domainOf: (result) => {
    const values = tensorOf(result, 'values');
    const reach = reachOf([perPlace(values.data, values.shape[3] ?? 0, null)], null);
    return [-reach, reach];
  },
  options: OPTIONS,
  Component: AttributionExamples,
  compare: { signed: ['values', 'left', 'right'], sentence: targetSentence },
};
