/** Small pictures out of numbers: one pixel per value, blown up without smoothing. */
import type { ColorScale } from './scales.ts';

/** A canvas of `width` x `height` pixels, coloured by `values[from...]` in rows; `alpha` (0 to 1) is of a place in them. */
export function raster(
  values: ArrayLike<number>,
  from: number,
  width: number,
  height: number,
  scale: ColorScale,
  alpha?: (at: number) => number,
): HTMLCanvasElement | null {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context || width === 0 || height === 0) return null;
  const image = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    const [r, g, b] = scale.rgb(values[from + i] ?? Number.NaN);
    image.data[4 * i] = r;
    image.data[4 * i + 1] = g;
    image.data[4 * i + 2] = b;
    image.data[4 * i + 3] = alpha ? Math.round(alpha(i) * 255) : 255;
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** One image (height, width, channels of 1, 3 or 4) with values of 0 to 1. What is not a number is left open. */
export function photograph(
  values: ArrayLike<number>,
  from: number,
  height: number,
  width: number,
  channels: number,
): HTMLCanvasElement | null {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context || width === 0 || height === 0) return null;
  const image = context.createImageData(width, height);
  const byte = (at: number) => {
    const share = Math.min(1, Math.max(0, values[at] ?? 0));
    return Number.isNaN(share) ? null : Math.round(share * 255);
  };
  for (let i = 0; i < width * height; i++) {
    const at = from + i * channels;
    const colored = channels >= 3;
    const [r, g, b] = [byte(at), byte(colored ? at + 1 : at), byte(colored ? at + 2 : at)];
    const a = channels === 4 ? byte(at + 3) : 255;
    // Black would be a value, and so would any grey: the ground shows instead.
    if (r === null || g === null || b === null || a === null) continue;
    image.data[4 * i] = r;
    image.data[4 * i + 1] = g;
    image.data[4 * i + 2] = b;
    image.data[4 * i + 3] = a;
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** Draws a small picture into a box, pixelated, keeping its shape, in the box's middle. */
export function place(
  context: CanvasRenderingContext2D,
  picture: HTMLCanvasElement | null,
  x: number,
  y: number,
  w: number,
  h: number,
): void {
  if (!picture) return;
  const factor = Math.min(w / picture.width, h / picture.height);
  const [dw, dh] = [picture.width * factor, picture.height * factor];
  context.imageSmoothingEnabled = false;
  context.drawImage(picture, x + (w - dw) / 2, y + (h - dh) / 2, dw, dh);
}
