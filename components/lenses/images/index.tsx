'use client';
import { Images as ImagesIcon } from 'lucide-react';
import { useCallback, useMemo } from 'react';
import type { LensProps, LensSpec } from '../contract.ts';
import { paintMark } from '../shared/drawing/mark.tsx';
import { NotFinite } from '../shared/drawing/not-finite.tsx';
import { photograph, place } from '../shared/drawing/raster.ts';
import { useTheme } from '../shared/drawing/theme.ts';
import { Frame } from '../shared/frame.tsx';
import { TileGrid } from '../shared/grids/tile-grid.tsx';
import { badged, useBadges } from '../shared/result/badges.ts';
import { labelsOf, optionalTensor, tensorOf } from '../shared/result/read.ts';
import { afterClick, subjectOf } from '../shared/result/subject.ts';
import { compare } from './compare.tsx';

function Images(props: LensProps) {
  const { result, width, height, selection, onSelect, selectedClass, badges, armed, onActivate, marked } =
    props;
  const theme = useTheme();
  const tensor = tensorOf(result, 'images');
  const index = tensorOf(result, 'index');
  const label = optionalTensor(result, 'label');
  const [n = 0, rows = 0, columns = 0, channels = 0] = tensor.shape;
  const subject = useMemo(() => subjectOf(result), [result]);
  const classes = useMemo(() => {
    const axis = result.meta.axes.find((a) => a.name === 'class');
    return axis ? labelsOf(result, 'class', axis.size) : null;
  }, [result]);
  /** Of the global class only, when one is chosen. */
  const shown = useMemo(
    () =>
      Array.from({ length: n }, (_, i) => i).filter(
        (i) => selectedClass === null || !label || label.data[i] === selectedClass,
      ),
    [n, label, selectedClass],
  );
  const pictures = useMemo(
    () =>
      typeof document === 'undefined'
        ? []
        : shown.map((i) => photograph(tensor.data, i * rows * columns * channels, rows, columns, channels)),
    [tensor, shown, rows, columns, channels],
  );
  const chosen = useMemo(() => new Set(selection.examples), [selection.examples]);
  const addressOf = useCallback(
    (at: number) => subject.exampleAddress(Number(index.data[shown[at] ?? 0] ?? 0)),
    [subject, index, shown],
  );
  const className = useCallback(
    (at: number) => {
      const c = label?.data[shown[at] ?? 0];
      return c === undefined || c < 0 ? '' : (classes?.[c] ?? `class ${c}`);
    },
    [label, shown, classes],
  );
  const isMarked = useCallback(
    (at: number) => marked?.has(addressOf(at) ?? '') ?? false,
    [marked, addressOf],
  );
  const draw = useCallback(
    (context: CanvasRenderingContext2D, at: number, x: number, y: number, w: number, h: number) => {
      place(context, pictures[at] ?? null, x, y, w, h);
      if (isMarked(at)) paintMark(context, x, y, theme.color);
    },
    [pictures, isMarked, theme],
  );
  const caption = useCallback((at: number) => className(at), [className]);
  const isSelected = useCallback((at: number) => chosen.has(addressOf(at) ?? ''), [chosen, addressOf]);
  const isFaded = useCallback(
    (at: number) => {
      const address = addressOf(at);
      return !!armed && (address === null || !armed(address));
    },
    [armed, addressOf],
  );
  const { badgeOf } = useBadges(badges, subject);
  const marks = useMemo(() => badged(shown, (_, at) => addressOf(at), badgeOf), [shown, addressOf, badgeOf]);
  const reveal = useMemo(() => {
    const first = chosen.size === 0 ? -1 : shown.findIndex((_, at) => isSelected(at));
    return first < 0 ? null : first;
  }, [chosen, shown, isSelected]);

  return (
    <Frame
      width={width}
      height={height}
      name="Pictures"
      empty={
        n === 0
          ? 'No examples here. Widen the slice.'
          : shown.length === 0
            ? 'No example of the chosen class here. Choose another class, or all.'
            : null
      }
      foot={
        <>
          <NotFinite of={[tensor.data]} />
          <span>
            {shown.length} {shown.length === 1 ? 'example' : 'examples'}, {columns} × {rows} pixels
          </span>
        </>
      }
    >
      {(w, h) => (
        <TileGrid
          width={w}
          height={h}
          count={shown.length}
          ratio={columns / Math.max(1, rows)}
          most={160}
          label={`Pictures of ${shown.length} examples`}
          draw={draw}
          caption={caption}
          isSelected={isSelected}
          isFaded={isFaded}
          marks={marks}
          reveal={reveal}
          explain={(at) =>
            `${addressOf(at) ?? `example ${index.data[shown[at] ?? 0]}`}${className(at) ? `  class ${className(at)}` : ''}${isMarked(at) ? '  marked' : ''}`
          }
          onPick={(at, keys) => {
            const address = addressOf(at);
            if (address === null) return;
            if (armed) {
              if (armed(address)) onActivate?.(address);
              return;
            }
            onSelect({ examples: afterClick(selection.examples, address, keys) });
          }}
          onActivate={(at) => {
            const address = addressOf(at);
            if (address !== null) onActivate?.(address);
          }}
        />
      )}
    </Frame>
  );
}

export const images: LensSpec = {
  id: 'images',
  name: 'Pictures',
  icon: ImagesIcon,
  types: ['images'],
  rank: 10,
  honoursClass: true,
  size: { w: 420, h: 340 },
  Component: Images,
  compare,
};
