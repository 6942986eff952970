/** What a graphics card is given of every cloud: finite places in the unit ball, and no point where there is none. */
import type { BufferGeometry, Points, Scene } from 'three';
import { expect, test } from 'vitest';
import { normalise } from './bounds.ts';
import { GlPainter, type Shot } from './drawing/painters.ts';
import type { CloudRenderer } from './drawing/renderer.ts';
import { SELECTED, SHOWN } from './drawing/states.ts';
import { emptyProjection } from './projection.ts';
import { makeCamera } from './view.ts';

/** The geometry of one picture. */
function geometryOf(
  xyz: readonly number[],
  dims: 2 | 3,
): { readonly geometry: BufferGeometry; readonly lost: number } {
  let seen: BufferGeometry | null = null;
  const none = () => undefined;
  const canvas = { width: 1, height: 1, addEventListener: none, removeEventListener: none };
  const renderer: CloudRenderer = {
    domElement: canvas as unknown as HTMLCanvasElement,
    setSize: none,
    setViewport: none,
    setScissor: none,
    setScissorTest: none,
    setClearColor: none,
    render: (scene: unknown) => {
      seen = ((scene as Scene).children[0] as Points).geometry;
    },
    dispose: none,
    forceContextLoss: none,
  };
  const { positions, count, lost } = normalise(xyz, dims);
  const painter = new GlPainter(none, () => renderer);
  painter.setPositions(positions);
  const states = Uint8Array.from({ length: count }, (_, i) => (i % 2 === 0 ? SHOWN : SELECTED));
  painter.setStyle({ colors: new Uint8Array(3 * count).fill(90), states });
  const target = { save: none, restore: none, setTransform: none, drawImage: none };
  const shot: Shot = {
    camera: makeCamera(dims),
    width: 100,
    height: 80,
    ratio: 1,
    size: 4,
    focus: 0,
    distance: 1,
    theme: { accent: [80, 70, 212], ground: [255, 255, 255], ink: [0, 0, 0], muted: [90, 90, 90] },
    projected: emptyProjection(count),
  };
  painter.draw(target as unknown as CanvasRenderingContext2D, shot);
  painter.dispose();
  if (!seen) throw new Error('nothing was drawn');
  return { geometry: seen, lost };
}

const spiral = (count: number, dims: number) =>
  Array.from({ length: count * dims }, (_, k) => Math.sin(1.7 * k) * (1 + Math.floor(k / dims)));
const cloud = spiral(40, 3);
const [nan, most] = [Number.NaN, 3.4028234663852886e38];
const CASES: readonly (readonly [string, readonly number[], 2 | 3, number])[] = [
  ['whole', cloud, 3, 0],
  ['of two components', spiral(40, 2), 2, 0],
  ['all NaN', cloud.map(() => nan), 3, 40],
  ['one NaN', cloud.map((v, k) => (k === 4 ? nan : v)), 3, 1],
  ['infinities', cloud.map((v, k) => [v, Infinity, v, v, v, v, -Infinity, v, v][k % 9] ?? v), 3, 27],
  ['all in one place', cloud.map(() => 0.7), 3, 0],
  ['one point', [1, 2, 3], 3, 0],
  ['no point', [], 3, 0],
  ['huge', cloud.map((v) => v * 1e30), 3, 0],
  ['tiny', cloud.map((v) => v * 1e-30), 3, 0],
  ['largest floats', cloud.map((_, k) => (k % 2 === 0 ? most : -most)), 3, 0],
  ['largest doubles', cloud.map((_, k) => (k % 2 === 0 ? Number.MAX_VALUE : -Number.MAX_VALUE)), 3, 0],
  ['one far off', cloud.map((v, k) => (k === 1 ? 1e30 : v)), 3, 0],
  ['2,000 points', spiral(2000, 3), 3, 0],
];
test.each(CASES)('%s', (_, xyz, dims, expectedLost) => {
  const { geometry, lost } = geometryOf(xyz, dims);
  const count = xyz.length / dims;
  expect(lost).toBe(expectedLost);
  const positions = geometry.getAttribute('position').array;
  expect(positions).toHaveLength(3 * count);
  for (let i = 0; i < count; i++) {
    const radius = Math.hypot(positions[3 * i]!, positions[3 * i + 1]!, positions[3 * i + 2]!);
    // A radius that is NaN is not less either.
    expect(radius < 1 + 1e-6, `point ${i} lies at ${radius}`).toBe(true);
  }
  expect(geometry.getAttribute('tint').array).toHaveLength(3 * count);
  expect(geometry.getAttribute('state').array).toHaveLength(count);
  expect(geometry.drawRange).toEqual({ start: 0, count: count - expectedLost });
  const drawn = Array.from(geometry.index?.array ?? []).slice(0, count - expectedLost);
  for (const i of drawn)
    for (let d = 0; d < dims; d++) expect(Number.isFinite(xyz[i * dims + d]), `point ${i}`).toBe(true);
});
