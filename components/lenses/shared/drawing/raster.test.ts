// @vitest-environment happy-dom
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Recording, RecordingContext, recordCanvases } from '../../testing/recording-canvas.ts';
import { photograph, raster, underlay } from './raster.ts';
import { divergingScale } from './scales.ts';

let recording: Recording;
const painted = vi.spyOn(RecordingContext.prototype, 'putImageData');
beforeAll(() => {
  recording = recordCanvases();
});
afterAll(() => recording.stop());

/** Red, green, blue and cover of each pixel that was painted last. */
function pixels(made: HTMLCanvasElement | null): number[][] {
  expect(made).not.toBeNull();
  const data = Array.from(painted.mock.lastCall?.[0].data ?? []);
  return Array.from({ length: data.length / 4 }, (_, i) => data.slice(4 * i, 4 * i + 4));
}
const OPEN = [0, 0, 0, 0];
const NAN = Number.NaN;

test('what is not a number is left open in a photograph and in the grey picture below a map', () => {
  expect(pixels(photograph([0, NAN, 1], 0, 1, 3, 1))).toEqual([[0, 0, 0, 255], OPEN, [255, 255, 255, 255]]);
  expect(pixels(underlay([0, NAN, 1], 0, 1, 3, 1, false))).toEqual([
    [176, 176, 176, 255],
    OPEN,
    [255, 255, 255, 255],
  ]);
  expect(pixels(underlay([0, NAN, 1], 0, 1, 3, 1, true))).toEqual([
    [22, 22, 22, 255],
    OPEN,
    [110, 110, 110, 255],
  ]);
  // One channel that is none leaves no luminance.
  expect(pixels(underlay([0.5, NAN, 0.5, 1, 1, 1], 0, 1, 2, 3, true))).toEqual([OPEN, [110, 110, 110, 255]]);
  expect(pixels(photograph([0.5, NAN, 0.5, 1, 0, 0], 0, 1, 2, 3))).toEqual([OPEN, [255, 0, 0, 255]]);
});

test('values beyond 0 to 1 are black or white, infinite ones too', () => {
  expect(pixels(underlay([-3, Infinity, -Infinity, 7], 0, 1, 4, 1, true)).map(([grey]) => grey)).toEqual([
    ...[22, 110, 22, 110],
  ]);
});

test('luminance is that of Rec. 709, and a picture begins where it is said to', () => {
  const values = [9, 1, 0, 0, 0, 1, 0, 0, 0, 1];
  const [red, green, blue] = pixels(underlay(values, 1, 1, 3, 3, true)).map(([grey = 0]) => (grey - 22) / 88);
  expect([red, green, blue].map((share) => Math.round((share ?? 0) * 100))).toEqual([22, 72, 7]);
});

test('a map has the colours of its scale, with the cover of each place', () => {
  const scale = divergingScale(1, false);
  expect(pixels(raster([-1, NAN, 1], 0, 3, 1, scale, (at) => at / 2))).toEqual([
    [...scale.rgb(-1), 0],
    [...scale.rgb(NAN), 128],
    [...scale.rgb(1), 255],
  ]);
});

test('a picture without pixels is none', () => {
  expect(underlay([], 0, 0, 4, 1, true)).toBeNull();
  expect(photograph([], 0, 4, 0, 1)).toBeNull();
});
