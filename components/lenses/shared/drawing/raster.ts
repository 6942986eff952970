/** Small pictures out of numbers: one pixel per value, blown up without smoothing. */
import type { ColorScale } from './scales.ts';

/** Red, green, blue and cover, 0 to 255 each. */
type Pixel = readonly [number, number, number, number];

/** A canvas of `width` x `height` pixels in rows; a pixel that is null is left open, so that the ground shows. */
function painted(
  width: number,
  height: number,
  pixelAt: (at: number) => Pixel | null,
): HTMLCanvasElement | null {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context || width === 0 || height === 0) return null;
  const image = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    const pixel = pixelAt(i);
    if (pixel !== null) image.data.set(pixel, 4 * i);
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** Coloured by `values[from...]`; `alpha` (0 to 1) is of a place in them. What is not a number has the scale's own colour. */
export function raster(
  values: ArrayLike<number>,
  from: number,
  width: number,
  height: number,
  scale: ColorScale,
  alpha?: (at: number) => number,
): HTMLCanvasElement | null {
  return painted(width, height, (i) => {
    const [r, g, b] = scale.rgb(values[from + i] ?? Number.NaN);
    return [r, g, b, alpha ? Math.round(alpha(i) * 255) : 255];
  });
}

/** 0 to 255 for a value of 0 to 1; null for what is not a number: black would be a value, and so would any grey. */
function byteOf(value: number | undefined, [low, high]: readonly [number, number] = [0, 255]): number | null {
  const share = Math.min(1, Math.max(0, value ?? 0));
  return Number.isNaN(share) ? null : Math.round(low + (high - low) * share);
}

/** One image (height, width, channels of 1, 3 or 4) with values of 0 to 1. */
export function photograph(
  values: ArrayLike<number>,
  from: number,
  height: number,
  width: number,
  channels: number,
): HTMLCanvasElement | null {
  const colored = channels >= 3;
  return painted(width, height, (i) => {
    const at = from + i * channels;
    const r = byteOf(values[at]);
    const g = colored ? byteOf(values[at + 1]) : r;
    const b = colored ? byteOf(values[at + 2]) : r;
    const a = channels === 4 ? byteOf(values[at + 3]) : 255;
    return r === null || g === null || b === null || a === null ? null : [r, g, b, a];
  });
}

/** Bytes that black and white are drawn as below a map: pale in either theme, so that the colours above can be read. */
const GREY_RANGE = { light: [176, 255], dark: [22, 110] } as const;

/** The picture that a map lies on: luminance (Rec. 709) of one image (height, width, channels) with values of 0 to 1. */
export function underlay(
  values: ArrayLike<number>,
  from: number,
  height: number,
  width: number,
  channels: number,
  dark: boolean,
): HTMLCanvasElement | null {
  return painted(width, height, (i) => {
    const at = from + i * channels;
    const read = (c: number) => values[at + c] ?? 0;
    const light = channels >= 3 ? 0.2126 * read(0) + 0.7152 * read(1) + 0.0722 * read(2) : read(0);
    const grey = byteOf(light, GREY_RANGE[dark ? 'dark' : 'light']);
    return grey === null ? null : [grey, grey, grey, 255];
  });
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
