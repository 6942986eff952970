'use client';
/** Joins a cloud, which knows no React, to a canvas of a lens. */
import { type RefObject, useEffect, useRef, useState } from 'react';
import { type CloudEvents, type CloudLook, PointCloud } from '@/components/scene/point-cloud.ts';
import { SceneError } from '@/components/scene/shared-renderer.ts';

export interface CloudState {
  readonly canvas: RefObject<HTMLCanvasElement | null>;
  readonly cloud: PointCloud | null;
  /** Why there is no picture. */
  readonly error: string | null;
}

export interface CloudInput {
  readonly points: ArrayLike<number>;
  readonly dims: number;
  readonly axes: readonly number[];
  readonly colors: Float32Array;
  readonly selected: ReadonlySet<number>;
  readonly labels: readonly { readonly text: string; readonly at: number }[];
  readonly look: CloudLook;
  readonly lasso: boolean;
  readonly width: number;
  readonly height: number;
  readonly events: CloudEvents;
}

export function useCloud(input: CloudInput): CloudState {
  const { points, dims, axes, colors, selected, labels, look, lasso, width, height, events } = input;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [cloud, setCloud] = useState<PointCloud | null>(null);
  const [error, setError] = useState<string | null>(null);
  // The cloud lives as long as its canvas; what it calls is what was drawn last.
  const latest = useRef(events);
  latest.current = events;

  useEffect(() => {
    if (!canvas.current) return;
    try {
      const made = new PointCloud(canvas.current, {
        onHover: (...args) => latest.current.onHover(...args),
        onPick: (...args) => latest.current.onPick(...args),
        onLasso: (...args) => latest.current.onLasso(...args),
        onOpen: (index) => latest.current.onOpen?.(index),
      });
      setCloud(made);
      return () => {
        made.dispose();
        setCloud(null);
      };
    } catch (thrown) {
      if (!(thrown instanceof SceneError)) throw thrown;
      setError(thrown.message);
    }
  }, []);
  useEffect(() => cloud?.resize(width, height), [cloud, width, height]);
  useEffect(() => cloud?.setLook(look), [cloud, look]);
  useEffect(() => cloud?.setPoints(points, dims, axes), [cloud, points, dims, axes]);
  // New points have no colours and no states yet, so these follow them.
  // biome-ignore lint/correctness/useExhaustiveDependencies: points and axes are why they are set again.
  useEffect(() => cloud?.setColors(colors), [cloud, colors, points, axes]);
  useEffect(() => cloud?.setSelected(selected), [cloud, selected]);
  useEffect(() => cloud?.setLabels(labels), [cloud, labels]);
  useEffect(() => cloud?.setLasso(lasso), [cloud, lasso]);
  return { canvas, cloud, error };
}
