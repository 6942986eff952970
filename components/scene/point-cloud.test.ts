import type { Camera, Points, Scene, ShaderMaterial } from 'three';
import { expect, test } from 'vitest';
import { type CloudRenderer, leaseCount, NoWebGlError } from './drawing/renderer.ts';
import { DIMMED, SHOWN, statesOf } from './drawing/states.ts';
import { type CloudOptions, PointCloud } from './point-cloud.ts';
import type { CloudEvents, SceneTheme } from './types.ts';

const theme: SceneTheme = {
  accent: [80, 70, 212],
  ground: [255, 255, 255],
  ink: [0, 0, 0],
  muted: [90, 90, 90],
};
const WIDTH = 400;
const HEIGHT = 300;

/** Counts what is listened to and what is drawn: as much of an element as a cloud touches. */
class Surface extends EventTarget {
  width = 0;
  height = 0;
  readonly clientWidth = WIDTH;
  readonly clientHeight = HEIGHT;
  listening = 0;
  readonly style: Record<string, string> = {};
  readonly drawn: string[] = [];
  readonly ownerDocument: Surface;
  constructor(document?: Surface) {
    super();
    this.ownerDocument = document ?? this;
  }
  override addEventListener(...args: Parameters<EventTarget['addEventListener']>) {
    this.listening += 1;
    super.addEventListener(...args);
  }
  override removeEventListener(...args: Parameters<EventTarget['removeEventListener']>) {
    this.listening -= 1;
    super.removeEventListener(...args);
  }
  getContext() {
    const { drawn } = this;
    return new Proxy({} as Record<string, unknown>, {
      get: (held, name: string) =>
        held[name] ??
        ((..._: unknown[]) => {
          drawn.push(name);
          return { width: 10 };
        }),
    });
  }
  /** As a board scales it: half size, away from the corner. */
  getBoundingClientRect() {
    return { left: 50, top: 20, width: WIDTH / 2, height: HEIGHT / 2 };
  }
  setPointerCapture() {}
  getRootNode() {
    return this.ownerDocument;
  }
}

function counted() {
  const seen = { renders: 0, geometries: 0, materials: 0, renderers: 0, contexts: 0 };
  const watched = new WeakSet<object>();
  const canvas = new Surface();
  const make = (): CloudRenderer => {
    const none = () => undefined;
    return {
      domElement: canvas as unknown as HTMLCanvasElement,
      setSize: none,
      setViewport: none,
      setScissor: none,
      setScissorTest: none,
      setClearColor: none,
      render: (scene: unknown, _camera: Camera) => {
        seen.renders += 1;
        const points = (scene as Scene).children[0] as Points;
        const { geometry } = points;
        const material = points.material as ShaderMaterial;
        const watch = (what: typeof geometry | ShaderMaterial, key: 'geometries' | 'materials') => {
          if (watched.has(what)) return;
          watched.add(what);
          seen[key] += 1;
          what.addEventListener('dispose', () => {
            seen[key] -= 1;
          });
        };
        watch(geometry, 'geometries');
        watch(material, 'materials');
      },
      dispose: () => {
        seen.renderers += 1;
      },
      forceContextLoss: () => {
        seen.contexts += 1;
      },
    };
  };
  return { seen, make, canvas };
}

/** Frames are run by hand. */
function frames() {
  const waiting = new Map<number, () => void>();
  let next = 1;
  return {
    requestFrame: (draw: () => void) => {
      waiting.set(next, draw);
      return next++;
    },
    cancelFrame: (id: number) => void waiting.delete(id),
    count: () => waiting.size,
    run: () => {
      const now = [...waiting.values()];
      waiting.clear();
      for (const draw of now) draw();
    },
  };
}

function cloudOn(options: Partial<CloudOptions> = {}) {
  const { seen, make, canvas: shared } = counted();
  const clock = frames();
  const document = new Surface();
  const canvas = new Surface(document);
  const cloud = new PointCloud(canvas as unknown as HTMLCanvasElement, {
    theme,
    makeRenderer: make,
    requestFrame: clock.requestFrame,
    cancelFrame: clock.cancelFrame,
    ...options,
  });
  return { cloud, canvas, document, shared, seen, clock, make };
}
const corners = [-1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 1, 0, 0, 0, 0];

/** A pointer event at a place of the picture. */
function pointer(name: string, place: { x: number; y: number }, more: Partial<PointerEventInit> = {}): Event {
  return Object.assign(new Event(name), {
    clientX: 50 + place.x / 2,
    clientY: 20 + place.y / 2,
    button: 0,
    buttons: name === 'pointermove' ? 0 : 1,
    isPrimary: true,
    pointerId: 1,
    pointerType: 'mouse',
    shiftKey: false,
    ctrlKey: false,
    metaKey: false,
    ...more,
  });
}

test('all that was made is disposed of: geometries, material, renderer, context, listeners, frames', () => {
  const { cloud, canvas, document, shared, seen, clock } = cloudOn();
  cloud.setSize(WIDTH, HEIGHT);
  cloud.setData({ xyz: corners, dims: 3, axes: ['PC1', 'PC2', 'PC3'] });
  clock.run();
  expect(seen).toMatchObject({ renders: 1, geometries: 1, materials: 1 });
  cloud.setData({ xyz: corners.slice(0, 10), dims: 2, axes: ['PC1', 'PC2'] });
  clock.run();
  // The first geometry went when the second came.
  expect(seen).toMatchObject({ renders: 2, geometries: 1, materials: 1, renderers: 0 });
  cloud.turn(0.1, 0);
  expect(clock.count()).toBe(1);
  cloud.dispose();
  cloud.dispose();
  expect(seen).toEqual({ renders: 2, geometries: 0, materials: 0, renderers: 1, contexts: 1 });
  expect(clock.count()).toBe(0);
  // OrbitControls also takes off a listener that it puts on only while a button is down, hence at most.
  expect(canvas.listening).toBeLessThanOrEqual(0);
  expect(document.listening).toBeLessThanOrEqual(0);
  expect(shared.listening).toBe(0);
  expect(leaseCount()).toBe(0);
});

test('clouds share one renderer, and the last one takes it along', () => {
  const first = cloudOn();
  const second = cloudOn();
  expect(leaseCount()).toBe(2);
  first.cloud.dispose();
  expect(leaseCount()).toBe(1);
  expect(first.seen.renderers).toBe(0);
  second.cloud.dispose();
  expect([first.seen.renderers, second.seen.renderers]).toEqual([1, 0]);
});

test('draws once for many changes, and rests when nothing changes', () => {
  const { cloud, seen, clock } = cloudOn();
  cloud.setSize(WIDTH, HEIGHT);
  cloud.setData({ xyz: corners, dims: 3, axes: [] });
  cloud.setHovered(2);
  cloud.zoom(1.2);
  cloud.setLabels([{ index: 0, text: 'a' }]);
  expect(clock.count()).toBe(1);
  clock.run();
  expect([seen.renders, clock.count()]).toEqual([1, 0]);
  cloud.setHovered(2);
  expect(clock.count()).toBe(0);
  cloud.dispose();
});

test('hover, click and double click name the point under the pointer, on a board that is scaled', () => {
  const told: unknown[] = [];
  const events: CloudEvents = {
    onHover: (point) => told.push(['hover', point?.index ?? null]),
    onPick: (index, keys) => told.push(['pick', index, keys.shiftKey]),
    onActivate: (index) => told.push(['open', index]),
  };
  const { cloud, canvas } = cloudOn({ events });
  cloud.setSize(WIDTH, HEIGHT);
  cloud.setData({ xyz: corners, dims: 3, axes: [] });
  for (const index of [0, 4]) {
    const place = cloud.placeOf(index);
    if (!place) throw new Error('the point is out of sight');
    canvas.dispatchEvent(pointer('pointermove', place));
    canvas.dispatchEvent(pointer('pointerdown', place));
    canvas.dispatchEvent(pointer('pointerup', place));
    canvas.dispatchEvent(pointer('dblclick', place));
  }
  canvas.dispatchEvent(pointer('pointerleave', { x: 0, y: 0 }));
  canvas.dispatchEvent(pointer('pointerdown', { x: 3, y: 3 }));
  canvas.dispatchEvent(pointer('pointerup', { x: 3, y: 3 }));
  expect(told).toEqual([
    ['hover', 0],
    ['pick', 0, false],
    ['open', 0],
    ['hover', 4],
    ['pick', 4, false],
    ['open', 4],
    ['hover', null],
    ['pick', null, false],
  ]);
  cloud.dispose();
});

test('a drag with Shift, or with the lasso armed, gives the points inside, without those aside', () => {
  const found: unknown[] = [];
  const { cloud, canvas } = cloudOn({
    events: { onLasso: (indices, keys) => found.push([indices, keys.shiftKey]) },
  });
  cloud.setSize(WIDTH, HEIGHT);
  cloud.setData({ xyz: corners, dims: 3, axes: [] });
  const before = cloud.placeOf(0);
  const around = (more: Partial<PointerEventInit>) => {
    const path = [
      { x: 1, y: 1 },
      { x: WIDTH - 1, y: 1 },
      { x: WIDTH - 1, y: HEIGHT - 1 },
      { x: 1, y: HEIGHT - 1 },
    ];
    canvas.dispatchEvent(pointer('pointerdown', path[0]!, more));
    for (const place of path) canvas.dispatchEvent(pointer('pointermove', place, { ...more, buttons: 1 }));
    canvas.dispatchEvent(pointer('pointerup', path[3]!, more));
  };
  around({ shiftKey: true });
  cloud.setStyle({
    colors: new Uint8Array(15),
    states: statesOf(5, (i) => i === 1, []),
  });
  cloud.setLasso(true);
  around({});
  expect(found).toEqual([
    [[0, 1, 2, 3, 4], true],
    [[0, 2, 3, 4], false],
  ]);
  // The camera stood still.
  expect(cloud.placeOf(0)).toEqual(before);
  cloud.dispose();
});

test('turning and zooming move the points, and a fit brings them back', () => {
  for (const dims of [3, 2] as const) {
    const { cloud } = cloudOn();
    cloud.setSize(WIDTH, HEIGHT);
    const xyz = dims === 3 ? corners : [-1, -1, 1, -1, 1, 1, -1, 1, 0, 0];
    cloud.setData({ xyz, dims, axes: [] });
    const first = cloud.placeOf(2);
    cloud.turn(0.3, 0.1);
    const turned = cloud.placeOf(2);
    expect(turned).not.toEqual(first);
    cloud.zoom(1.5);
    expect(cloud.placeOf(2)).not.toEqual(turned);
    cloud.fit();
    expect(cloud.placeOf(2)?.x).toBeCloseTo(first?.x ?? Number.NaN, 3);
    expect(cloud.placeOf(2)?.y).toBeCloseTo(first?.y ?? Number.NaN, 3);
    cloud.dispose();
  }
});

test('without WebGL a cloud says so and leaves nothing behind; a flat one draws the first two components', () => {
  const refuse = () => {
    throw new NoWebGlError();
  };
  expect(() => cloudOn({ makeRenderer: refuse })).toThrow(/WebGL 2 cannot be had/);
  expect(leaseCount()).toBe(0);
  const { cloud, canvas, clock } = cloudOn({ flat: true, makeRenderer: refuse });
  cloud.setSize(WIDTH, HEIGHT);
  cloud.setData({ xyz: corners, dims: 3, axes: ['PC1', 'PC2', 'PC3'] });
  cloud.setStyle({ colors: new Uint8Array(15), states: Uint8Array.of(SHOWN, DIMMED, 0, SHOWN, SHOWN) });
  clock.run();
  // Four discs; the hidden one is not drawn.
  expect(canvas.drawn.filter((name) => name === 'arc')).toHaveLength(4);
  // Third components play no part: the corners make a rectangle.
  expect(cloud.placeOf(0)?.x).toBeCloseTo(cloud.placeOf(3)?.x ?? Number.NaN, 3);
  cloud.dispose();
});
