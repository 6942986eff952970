/** The picture that a map lies on: grey, and pale in either theme, so that the colours above can be read. */

/** Bytes (0 to 255) that black and white are drawn as. */
const GREY_RANGE = { light: [176, 255], dark: [22, 110] } as const;

/** Luminance (Rec. 709) of one image (height, width, channels) with values of 0 to 1, as a canvas. */
export function underlay(
  values: ArrayLike<number>,
  from: number,
  height: number,
  width: number,
  channels: number,
  dark: boolean,
): HTMLCanvasElement | null {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context || width === 0 || height === 0) return null;
  const image = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    const grey = greyOf(values, from + i * channels, channels, dark);
    image.data.fill(grey, 4 * i, 4 * i + 3);
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** Byte of one pixel; what is not a number is drawn as black. */
export function greyOf(values: ArrayLike<number>, at: number, channels: number, dark: boolean): number {
  const read = (c: number) => values[at + c] ?? 0;
  const light = channels >= 3 ? 0.2126 * read(0) + 0.7152 * read(1) + 0.0722 * read(2) : read(0);
  const [low, high] = GREY_RANGE[dark ? 'dark' : 'light'];
  const share = Number.isFinite(light) ? Math.min(1, Math.max(0, light)) : 0;
  return Math.round(low + (high - low) * share);
}
