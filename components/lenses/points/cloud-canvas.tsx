'use client';
/** Joins a cloud, which knows no React, to the lens; where there is no WebGL, a flat one. */
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import {
  type CloudData,
  type CloudEvents,
  type CloudLabel,
  type CloudPicture,
  type CloudStyle,
  type ModifierKeys,
  NoWebGlError,
  PointCloud,
} from '@/components/scene/index.ts';
import { BADGE, PlacedBadge } from '../shared/drawing/badge-mark.tsx';
import { rgbOf, useTheme } from '../shared/drawing/theme.ts';
import type { Marked } from '../shared/result/badges.ts';

export interface CloudCanvasProps {
  readonly data: CloudData;
  readonly style: CloudStyle;
  readonly labels: readonly CloudLabel[];
  readonly pictures: readonly CloudPicture[];
  readonly lasso: boolean;
  readonly width: number;
  readonly height: number;
  /** Accessible name: what the picture shows, in a sentence. */
  readonly summary: string;
  /** A point in words, for those who walk them by keys. */
  explain(index: number): string;
  readonly events: Required<Omit<CloudEvents, 'onHover' | 'onDraw'>>;
  /** Badges of points, by their index. */
  readonly marks: readonly Marked[];
  /** The point under the pointer or the keys' cursor, with its place. */
  onPoint(point: { readonly index: number; readonly x: number; readonly y: number } | null): void;
  /** The cloud, for the buttons above it, and whether it is the flat one; null when it is gone. */
  onCloud(cloud: PointCloud | null, flat: boolean): void;
}

const FONT = '"Inter Variable", system-ui, sans-serif';
/** Radians of a key's turn; a map moves by as many of its widths. */
const STEP = Math.PI / 18;

export function CloudCanvas(props: CloudCanvasProps) {
  const { data, style, labels, pictures, lasso, width, height, summary, explain, marks } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [cloud, setCloud] = useState<PointCloud | null>(null);
  const [cursor, setCursor] = useState<number | null>(null);
  const tokens = useTheme();
  const theme = useMemo(
    () => ({
      accent: rgbOf(tokens.color.accent),
      ground: rgbOf(tokens.color.surface),
      ink: rgbOf(tokens.color.text),
      muted: rgbOf(tokens.color.muted),
    }),
    [tokens],
  );
  const badges = useRef<HTMLDivElement>(null);
  /** Badges follow their points at each frame, without a render. */
  const settle = () => {
    for (const [k, { place }] of marks.entries()) {
      const mark = badges.current?.children[k];
      const at = cloud?.placeOf(place);
      if (!(mark instanceof HTMLElement)) continue;
      mark.hidden = !at;
      if (at) mark.style.transform = `translate(${at.x}px, ${at.y}px)`;
    }
  };
  // The cloud lives as long as its canvas, and calls what was given last.
  const latest = useRef({ ...props, theme, settle });
  latest.current = { ...props, theme, settle };

  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const events: CloudEvents = {
      onHover: (point) => latest.current.onPoint(point),
      onPick: (index, keys) => latest.current.events.onPick(index, keys),
      onActivate: (index) => latest.current.events.onActivate(index),
      onDraw: () => latest.current.settle(),
      onLasso: (indices, keys) => latest.current.events.onLasso(indices, keys),
    };
    const make = (flat: boolean) =>
      new PointCloud(element, { theme: latest.current.theme, events, font: FONT, flat });
    let made: PointCloud;
    let flat = false;
    try {
      made = make(false);
    } catch (error) {
      if (!(error instanceof NoWebGlError)) throw error;
      flat = true;
      made = make(true);
    }
    setCloud(made);
    latest.current.onCloud(made, flat);
    return () => {
      made.dispose();
      setCloud(null);
      latest.current.onCloud(null, flat);
    };
  }, []);
  useEffect(() => cloud?.setTheme(theme), [cloud, theme]);
  useEffect(() => cloud?.setSize(width, height), [cloud, width, height]);
  useEffect(() => {
    cloud?.setData(data);
    setCursor(null);
    latest.current.onPoint(null);
  }, [cloud, data]);
  // These follow new points, which have none of them yet.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the data are why they are set again.
  useEffect(() => cloud?.setStyle(style), [cloud, style, data]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above.
  useEffect(() => cloud?.setLabels(labels), [cloud, labels, data]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above.
  useEffect(() => cloud?.setPictures(pictures), [cloud, pictures, data]);
  useEffect(() => cloud?.setLasso(lasso), [cloud, lasso]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new badges and new points have to be placed.
  useEffect(() => latest.current.settle(), [cloud, marks, data, width, height]);

  const walk = (by: number) => {
    const count = style.states.length;
    if (count === 0) return;
    const next = cursor === null ? (by > 0 ? 0 : count - 1) : (cursor + by + count) % count;
    setCursor(next);
    cloud?.setHovered(next);
    const place = cloud?.placeOf(next);
    props.onPoint(place ? { index: next, ...place } : null);
  };
  const act = (event: KeyboardEvent & ModifierKeys): boolean => {
    if (!cloud || event.altKey || event.ctrlKey || event.metaKey) return false;
    if (event.key === 'ArrowLeft') cloud.turn(STEP, 0);
    else if (event.key === 'ArrowRight') cloud.turn(-STEP, 0);
    else if (event.key === 'ArrowUp') cloud.turn(0, STEP);
    else if (event.key === 'ArrowDown') cloud.turn(0, -STEP);
    else if (event.key === '+' || event.key === '=') cloud.zoom(1.2);
    else if (event.key === '-') cloud.zoom(1 / 1.2);
    else if (event.key === '0') cloud.fit();
    else if (event.key === 'PageDown') walk(1);
    else if (event.key === 'PageUp') walk(-1);
    else if (event.key === ' ' && cursor !== null) props.events.onPick(cursor, event);
    else if (event.key === 'Enter' && cursor !== null) props.events.onActivate(cursor);
    else return event.key === 'Escape' && cloud.cancelLasso();
    return true;
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a canvas has no elements of its own; keys turn it and walk its points.
    <div
      role="group"
      aria-label="Points. Arrows turn, plus and minus zoom, 0 fits, Page keys walk the points, Space selects, Enter opens."
      // biome-ignore lint/a11y/noNoninteractiveTabindex: keys act on the cloud.
      tabIndex={0}
      className="nodrag nowheel nopan absolute inset-0 outline-offset-[-2px]"
      onKeyDown={(event) => {
        if (!act(event)) return;
        event.preventDefault();
        event.stopPropagation();
      }}
      onBlur={() => {
        if (cursor === null) return;
        setCursor(null);
        cloud?.setHovered(null);
        props.onPoint(null);
      }}
    >
      <canvas
        ref={canvas}
        role="img"
        aria-label={summary}
        className="block touch-none"
        style={{ width, height, cursor: lasso ? 'crosshair' : 'grab' }}
      />
      <div ref={badges}>
        {marks.map(({ address, count }) => (
          <span key={address} hidden className="pointer-events-none absolute top-0 left-0">
            <PlacedBadge address={address} count={count} x={BADGE.w / 2} y={-2} />
          </span>
        ))}
      </div>
      <span className="sr-only" aria-live="polite">
        {cursor === null ? '' : explain(cursor)}
      </span>
    </div>
  );
}
