'use client';
import { type CanvasHTMLAttributes, useEffect, useRef } from 'react';
import { cx } from '@/components/ui/cx.ts';

export interface PictureProps extends Omit<CanvasHTMLAttributes<HTMLCanvasElement>, 'width' | 'height'> {
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** Accessible name: what the picture shows. */
  readonly label: string;
  /** Paints at CSS pixels; the context is scaled for the screen and empty. Give it a stable identity. */
  draw(context: CanvasRenderingContext2D): void;
}

/** A canvas that is sharp on every screen and painted only when `draw` or its size changes. */
export function Picture({ width, height, label, draw, className, ...rest }: PictureProps) {
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const canvas = ref.current;
    const context = canvas?.getContext('2d');
    if (!canvas || !context) return;
    const ratio = Math.min(3, window.devicePixelRatio || 1);
    canvas.width = Math.max(1, Math.round(width * ratio));
    canvas.height = Math.max(1, Math.round(height * ratio));
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    draw(context);
  }, [draw, width, height]);
  return (
    <canvas
      ref={ref}
      role="img"
      aria-label={label}
      {...rest}
      style={{ width, height }}
      className={cx('block', className)}
    />
  );
}

/** Where a pointer is in an element, in the element's own CSS pixels, however the board has scaled it. */
export function placeIn(
  event: { readonly clientX: number; readonly clientY: number },
  element: HTMLElement | SVGSVGElement,
  width: number,
  height: number,
): { x: number; y: number } {
  const box = element.getBoundingClientRect();
  return {
    x: ((event.clientX - box.left) / (box.width || 1)) * width,
    y: ((event.clientY - box.top) / (box.height || 1)) * height,
  };
}
