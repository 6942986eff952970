'use client';
import {
  ArrowDown,
  ArrowRight,
  FoldVertical,
  GraduationCap,
  Layers,
  Maximize,
  Network,
  UnfoldVertical,
  ZoomIn,
  ZoomOut,
} from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { IconButton } from '@/components/ui/button.tsx';
import { isComposing } from '@/components/ui/composing.ts';
import { formatCount, formatNumber } from '@/components/ui/format.ts';
import { Input } from '@/components/ui/input.tsx';
import { graphRecordSchema } from '@/core/result/types.ts';
import type { LensProps, LensSpec } from '../contract.ts';
import { choiceRow, switchRow } from '../options.ts';
import { bodyOf, Frame } from '../shared/frame.tsx';
import { OptionControls } from '../shared/options/controls.tsx';
import { useOptions } from '../shared/options/use-options.ts';
import { useBadges } from '../shared/result/badges.ts';
import { recordOf } from '../shared/result/read.ts';
import { subjectOf } from '../shared/result/subject.ts';
import { LayerBox, StackFrame } from './box.tsx';
import { summed } from './fold.ts';
import { OpenGroup } from './group-frame.tsx';
import { nameWithin } from './groups.ts';
import { around, BOX, beginning, boxBeside, edgePath } from './layout.ts';
import { searchLayers } from './search.ts';
import { useLayout } from './use-layout.ts';
import { useShown } from './use-shown.ts';
import { useWheel } from './use-wheel.ts';
import { fitAll, reveal, shows, type View, ZOOM, zoomAt } from './view.ts';

const FOLD = switchRow({
  key: 'fold',
  label: 'Fold repeated blocks',
  icon: Layers,
  start: true,
});
const TRAINING = switchRow({
  key: 'training',
  label: 'Show layers that act in training only',
  icon: GraduationCap,
  start: false,
});
/** While nobody has chosen, as suits the shape of the view. */
const DIRECTION = choiceRow({
  key: 'direction',
  label: 'Direction',
  look: 'next',
  choices: [
    { value: 'down', label: 'Lay out top down', icon: ArrowDown },
    { value: 'right', label: 'Lay out left to right', icon: ArrowRight },
  ],
  start: null,
});
const OPTIONS = [FOLD, TRAINING, DIRECTION];

function Graph(props: LensProps) {
  const { result, width, height, selection, onSelect, badges, armed, onActivate } = props;
  const choice = useOptions(props, OPTIONS);
  const record = useMemo(() => recordOf(result, graphRecordSchema), [result]);
  const subject = useMemo(() => subjectOf(result), [result]);
  const direction = choice.value(DIRECTION) ?? (width > height * 1.8 ? 'right' : 'down');
  const shown = useShown(record, { folds: choice.value(FOLD), training: choice.value(TRAINING) });
  const { layout, settled } = useLayout(shown.graph, direction, shown.within);
  const [search, setSearch] = useState('');
  const found = useMemo(() => {
    const names = searchLayers(record, search);
    return names && new Set([...names].map((name) => shown.shownAs.get(name) ?? name));
  }, [record, search, shown.shownAs]);
  const layers = useMemo(() => new Map(shown.graph.layers.map((l) => [l.name, l])), [shown.graph]);
  const area = bodyOf(width, height);
  /** Null until a person has moved it: then it fits, whatever the size. */
  const [moved, setMoved] = useState<View | null>(null);
  const view = moved ?? fitAll(layout, area, { first: beginning(layout, direction) });
  const svg = useRef<SVGSVGElement>(null);
  const drag = useRef<{ x: number; y: number; view: View } | null>(null);

  const addressOf = (name: string) => subject.layerAddress(name);
  const chosen = [...shown.shownAs.keys(), ...shown.open].find((name) => addressOf(name) === selection.layer);
  const selected = chosen === undefined ? null : (shown.shownAs.get(chosen) ?? chosen);
  const { badgeOf } = useBadges(badges, subject);
  const threads = summed(shown, (name) => badgeOf(addressOf(name)));
  const unitCounts = summed(shown, (name) => {
    const address = addressOf(name);
    return address === null ? 0 : selection.units.filter((unit) => unit.startsWith(`${address}#`)).length;
  });
  const boxOf = (name: string) => {
    const box = layout.boxes.find((b) => b.name === name);
    if (box) return { x: box.x, y: box.y, width: BOX.w, height: BOX.h };
    const frame = layout.frames.find((f) => f.name === name);
    return frame ? { x: frame.x, y: frame.y, width: BOX.w, height: BOX.h } : null;
  };
  const show = (name: string) => {
    const box = boxOf(name);
    if (!box) return;
    const next = reveal(view, box, area);
    if (next.x !== view.x || next.y !== view.y) setMoved(next);
  };
  // What was selected elsewhere comes into sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a move of the view must not undo itself.
  useEffect(() => {
    if (selected !== null && !drag.current) show(selected);
  }, [selected, layout]);
  const select = (name: string) => {
    const address = addressOf(name);
    if (address === null) return;
    if (armed) {
      if (armed(address)) onActivate?.(address);
    } else onSelect({ layer: address });
  };
  const toggle = (group: string) => {
    setMoved(view);
    shown.toggle(group);
  };
  const open = (name: string) => {
    if (shown.closed.has(name) && !armed) return toggle(name);
    const address = addressOf(name);
    if (address !== null && (!armed || armed(address))) onActivate?.(address);
  };
  /** The next match after the selected one. */
  const nextMatch = (back: boolean) => {
    if (!found || found.size === 0) return;
    const names = [...found];
    const at = selected === null ? -1 : names.indexOf(selected);
    const name = names[(at + (back ? -1 : 1) + names.length) % names.length];
    if (name === undefined) return;
    const address = addressOf(name);
    if (address !== null) onSelect({ layer: address });
    show(name);
  };
  const zoomBy = (factor: number) => setMoved(zoomAt(view, factor, area.width / 2, area.height / 2));

  useWheel(svg, view, area, setMoved);

  const key = (event: React.KeyboardEvent) => {
    const first = shown.graph.layers[0]?.name;
    if (event.key.startsWith('Arrow')) {
      const next = selected === null ? (first ?? null) : boxBeside(layout.boxes, selected, event.key);
      if (next !== null) {
        const address = addressOf(next);
        if (address !== null) onSelect({ layer: address });
        show(next);
      }
    } else if (event.key === 'Enter' && selected !== null) open(selected);
    else if (event.key === '+' || event.key === '=') zoomBy(1.25);
    else if (event.key === '-') zoomBy(0.8);
    else if (event.key === '0') setMoved(fitAll(layout, area, { least: ZOOM.least }));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <Frame
      width={width}
      height={height}
      name="Architecture"
      empty={record.layers.length === 0 ? 'This model has no layers to show.' : null}
      controls={
        <>
          <Input
            aria-label="Search layers"
            placeholder="Search: name, type, skip, conv > relu"
            title="Name, type, shape (8x8), skip, branch, or layers in a row: conv > relu > add"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
            onKeyDown={(event) => {
              if (isComposing(event)) return;
              if (event.key === 'Enter') nextMatch(event.shiftKey);
              else if (event.key === 'Escape') setSearch('');
              else return;
              event.preventDefault();
            }}
            className="h-6 min-w-0 flex-1 px-1.5 text-sm"
          />
          {found && <span className="shrink-0 text-muted text-xs">{found.size} found</span>}
          <span className="flex shrink-0">
            {shown.hasGroups && (
              <IconButton
                size="sm"
                label={shown.closed.size > 0 ? 'Open all groups' : 'Close all groups'}
                icon={shown.closed.size > 0 ? <UnfoldVertical /> : <FoldVertical />}
                onClick={() => {
                  setMoved(null);
                  shown.setAll(shown.closed.size > 0);
                }}
              />
            )}
            <OptionControls
              of={choice}
              rows={[
                ...(shown.hasRepeats ? [FOLD] : []),
                ...(shown.trainingOnly > 0 ? [TRAINING] : []),
                DIRECTION,
              ]}
              shown={{ direction }}
              onSet={() => setMoved(null)}
            />
            <IconButton
              size="sm"
              label="Zoom out"
              shortcut="-"
              icon={<ZoomOut />}
              onClick={() => zoomBy(0.8)}
            />
            <IconButton
              size="sm"
              label="Zoom in"
              shortcut="+"
              icon={<ZoomIn />}
              onClick={() => zoomBy(1.25)}
            />
            <IconButton
              size="sm"
              label="Fit"
              shortcut="0"
              icon={<Maximize />}
              onClick={() => setMoved(fitAll(layout, area, { least: ZOOM.least }))}
            />
          </span>
        </>
      }
      foot={
        <>
          <span>{formatCount(record.layers.length)} layers</span>
          {shown.trainingOnly > 0 && !choice.value(TRAINING) && (
            <span title="They hand their input on when the model answers.">
              {shown.trainingOnly} for training only not drawn
            </span>
          )}
          <span title={formatCount(record.params)}>{formatNumber(record.params)} parameters</span>
          {!settled && <span>tidying the layout</span>}
        </>
      }
    >
      {(w, h) => (
        <svg
          ref={svg}
          width={w}
          height={h}
          role="application"
          aria-label={`Architecture of ${record.model}: ${record.layers.length} layers. Arrows move along the edges, Enter opens a layer or a group.`}
          aria-activedescendant={selected === null ? undefined : `layer-${result.meta.id}-${selected}`}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: keys move among the layers.
          tabIndex={0}
          className="nodrag nowheel nopan block cursor-grab touch-none select-none outline-offset-[-2px] active:cursor-grabbing"
          onKeyDown={key}
          onPointerDown={(event) => {
            if (event.button !== 0) return;
            drag.current = { x: event.clientX, y: event.clientY, view };
          }}
          onPointerMove={(event) => {
            const from = drag.current;
            if (!from || !svg.current) return;
            const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
            if (Math.hypot(dx, dy) < 4) return;
            // Captured only once it is a drag: a captured pointer's click would not reach a box.
            if (!svg.current.hasPointerCapture(event.pointerId))
              svg.current.setPointerCapture(event.pointerId);
            const scaled = w / (svg.current.getBoundingClientRect().width || w);
            setMoved({ ...from.view, x: from.view.x + dx * scaled, y: from.view.y + dy * scaled });
          }}
          onPointerUp={() => {
            drag.current = null;
          }}
          onPointerCancel={() => {
            drag.current = null;
          }}
        >
          <defs>
            <marker
              id="graph-arrow"
              viewBox="0 0 8 8"
              refX={7}
              refY={4}
              markerWidth={7}
              markerHeight={7}
              orient="auto"
            >
              <path d="M0 0.500L7 4L0 7.500Z" className="fill-line-strong" />
            </marker>
          </defs>
          <g transform={`translate(${view.x} ${view.y}) scale(${view.zoom})`}>
            {layout.frames.map((frame) => {
              if (!shows(view, frame, area)) return null;
              const address = addressOf(frame.name);
              return (
                <OpenGroup
                  key={frame.name}
                  frame={frame}
                  label={frame.name.slice(frame.name.lastIndexOf('/') + 1)}
                  from={-view.x / view.zoom}
                  selected={frame.name === selected}
                  faded={!!armed && (address === null || !armed(address))}
                  onClick={() => select(frame.name)}
                  onClose={() => toggle(frame.name)}
                />
              );
            })}
            {layout.edges.map((edge) => {
              if (!shows(view, around(edge.points), area)) return null;
              const near = edge.from === selected || edge.to === selected;
              return (
                <path
                  key={`${edge.from}→${edge.to}`}
                  d={edgePath(edge.points)}
                  fill="none"
                  markerEnd="url(#graph-arrow)"
                  className={near ? 'stroke-accent' : 'stroke-line-strong'}
                  strokeWidth={near ? 1.75 : 1.25}
                />
              );
            })}
            {shown.stacks.map((stack) => (
              <StackFrame
                key={stack.layers[0]}
                count={stack.count}
                boxes={layout.boxes.filter((box) => stack.layers.includes(box.name))}
                onUnfold={() => {
                  setMoved(null);
                  choice.set(FOLD, false);
                }}
              />
            ))}
            {layout.boxes.map((box) => {
              const layer = layers.get(box.name);
              if (!layer || !shows(view, { x: box.x, y: box.y, width: BOX.w, height: BOX.h }, area))
                return null;
              const address = addressOf(box.name);
              return (
                <LayerBox
                  key={box.name}
                  id={`layer-${result.meta.id}-${box.name}`}
                  layer={layer}
                  label={nameWithin(box.name, shown.within.get(box.name) ?? [])}
                  group={shown.closed.has(box.name)}
                  x={box.x}
                  y={box.y}
                  zoom={view.zoom}
                  selected={box.name === selected}
                  units={unitCounts.get(box.name) ?? 0}
                  badge={threads.get(box.name) ?? 0}
                  fitting={!!armed && address !== null && armed(address)}
                  faded={
                    (!!armed && (address === null || !armed(address))) ||
                    (found !== null && !found.has(box.name))
                  }
                  onClick={() => select(box.name)}
                  onOpen={() => open(box.name)}
                />
              );
            })}
          </g>
        </svg>
      )}
    </Frame>
  );
}

export const graph: LensSpec = {
  id: 'graph',
  name: 'Architecture',
  icon: Network,
  types: ['graph'],
  rank: 10,
  honoursClass: false,
  size: { w: 360, h: 520 },
  options: OPTIONS,
  Component: Graph,
};
