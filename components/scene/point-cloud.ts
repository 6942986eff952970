import { MOUSE, TOUCH, Vector3 } from 'three';
import { OrbitControls } from 'three/examples/jsm/controls/OrbitControls.js';
import { firstTwo, type Normalised, normalise } from './bounds.ts';
import { drawOverlay } from './drawing/overlay.ts';
import { FlatPainter, GlPainter, type Painter } from './drawing/painters.ts';
import { type CloudRenderer, NoWebGlError } from './drawing/renderer.ts';
import { pointSize, SELECTED_GROWTH, sizeAt } from './drawing/sizes.ts';
import { DIMMED, SELECTED, SHOWN } from './drawing/states.ts';
import { Gestures } from './pointing/gestures.ts';
import { pointsInLasso, type ScreenPoint } from './pointing/lasso.ts';
import { type PickGrid, pickGrid } from './pointing/pick-grid.ts';
import { emptyProjection, type Projected, project } from './projection.ts';
import type {
  CloudData,
  CloudEvents,
  CloudLabel,
  CloudPicture,
  CloudStyle,
  Rgb,
  SceneTheme,
} from './types.ts';
import { type CloudCamera, fitCamera, fitDistance, fitZoom, makeCamera, shape } from './view.ts';

const MAX_RATIO = 2;

export interface CloudOptions {
  readonly theme: SceneTheme;
  readonly events?: CloudEvents;
  /** Family of texts. */
  readonly font?: string;
  /** Draw with the plain canvas: the first two components, as a map. */
  readonly flat?: boolean;
  /** For tests: another renderer, and another clock. */
  readonly makeRenderer?: () => CloudRenderer;
  readonly requestFrame?: (draw: () => void) => number;
  readonly cancelFrame?: (id: number) => void;
}

/**
 * A cloud of points on a canvas, to be turned (three components) or moved (two). It draws when something changed and
 * rests otherwise. Throws NoWebGlError when WebGL cannot be had and `flat` was not asked for.
 */
export class PointCloud {
  events: CloudEvents;
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #options: CloudOptions;
  readonly #painter: Painter;
  readonly #gestures: Gestures;
  readonly #target = new Vector3();
  #theme: SceneTheme;
  #camera: CloudCamera = makeCamera(2);
  #controls: OrbitControls<CloudCamera> | null = null;
  #dims: 2 | 3 = 2;
  #axes: readonly string[] = [];
  #cloud: Normalised = normalise([], 2);
  #style: CloudStyle = { colors: new Uint8Array(), states: new Uint8Array() };
  #width = 1;
  #height = 1;
  /** The view is the first one still, so that a new size fits again. */
  #untouched = true;
  #hovered: number | null = null;
  #labels: readonly CloudLabel[] = [];
  #pictures: readonly CloudPicture[] = [];
  #lasso: readonly ScreenPoint[] = [];
  #projected: Projected | null = null;
  #grid: PickGrid | null = null;
  #frame: number | null = null;
  #disposed = false;

  constructor(canvas: HTMLCanvasElement, options: CloudOptions) {
    const context = canvas.getContext('2d');
    if (!context) throw new NoWebGlError();
    this.#canvas = canvas;
    this.#context = context;
    this.#options = options;
    this.#theme = options.theme;
    this.events = options.events ?? {};
    this.#painter = options.flat
      ? new FlatPainter()
      : new GlPainter(() => this.#invalidate(), options.makeRenderer);
    this.#gestures = new Gestures(canvas, () => ({ width: this.#width, height: this.#height }), {
      hover: (place) => this.#hover(place),
      click: (place, keys) => this.events.onPick?.(this.pick(place.x, place.y), keys),
      open: (place) => {
        const index = this.pick(place.x, place.y);
        if (index !== null) this.events.onActivate?.(index);
      },
      lassoing: (path) => {
        this.#lasso = path;
        this.#invalidate();
      },
      lasso: (path, keys) => {
        const { states } = this.#style;
        this.events.onLasso?.(
          pointsInLasso(this.#project(), path, (i) => states[i]! > DIMMED),
          keys,
        );
      },
      camera: (enabled) => {
        if (this.#controls) this.#controls.enabled = enabled;
      },
    });
  }

  /** New points: all shown and grey until `setStyle`, and the view fits them. */
  setData({ xyz, dims, axes }: CloudData): void {
    const shown = this.#options.flat ? 2 : dims;
    this.#cloud = normalise(shown === dims ? xyz : firstTwo(xyz, dims), shown);
    this.#axes = axes;
    const { count, positions } = this.#cloud;
    this.#painter.setPositions(positions);
    const { muted } = this.#theme;
    const colors = Uint8Array.from({ length: count * 3 }, (_, k) => muted[k % 3] ?? 0);
    this.#hovered = null;
    this.#labels = [];
    this.#pictures = [];
    this.setStyle({ colors, states: new Uint8Array(count).fill(SHOWN) });
    if (!this.#controls || shown !== this.#dims) this.#control(shown);
    this.fit(true);
  }

  setStyle(style: CloudStyle): void {
    this.#style = style;
    this.#painter.setStyle(style);
    this.#grid = null;
    this.#invalidate();
  }
  setTheme(theme: SceneTheme): void {
    this.#theme = theme;
    this.#invalidate();
  }
  setHovered(index: number | null): void {
    if (index === this.#hovered) return;
    this.#hovered = index;
    this.#invalidate();
  }
  setLabels(labels: readonly CloudLabel[]): void {
    this.#labels = labels;
    this.#invalidate();
  }
  setPictures(pictures: readonly CloudPicture[]): void {
    this.#pictures = pictures;
    this.#invalidate();
  }
  /** Every drag draws a lasso; otherwise those with Shift do. */
  setLasso(armed: boolean): void {
    this.#gestures.lassoArmed = armed;
  }
  /** Gives up a lasso being drawn; whether there was one. */
  cancelLasso(): boolean {
    return this.#gestures.cancel();
  }

  /** CSS pixels. */
  setSize(width: number, height: number): void {
    const before = fitZoom(this.#cloud.half, this.#width, this.#height);
    this.#width = Math.max(1, width);
    this.#height = Math.max(1, height);
    const ratio = this.#ratio();
    this.#canvas.width = Math.max(1, Math.round(this.#width * ratio));
    this.#canvas.height = Math.max(1, Math.round(this.#height * ratio));
    shape(this.#camera, this.#width, this.#height);
    if (this.#untouched) {
      this.fit(false);
      return;
    }
    if (this.#dims === 2) {
      this.#camera.zoom *= fitZoom(this.#cloud.half, this.#width, this.#height) / before;
      this.#camera.updateProjectionMatrix();
    }
    this.#bound();
    this.#viewChanged();
  }

  /** All points in sight; `turn` also goes back to the first angle. */
  fit(turn = true): void {
    shape(this.#camera, this.#width, this.#height);
    this.#bound();
    fitCamera(this.#camera, this.#target, this.#cloud, this.#width, this.#height, turn);
    this.#controls?.target.copy(this.#target);
    this.#controls?.update();
    this.#untouched = true;
    this.#viewChanged();
  }
  /** Turns by radians about the upright and the level axis; a map is moved by as many widths. */
  turn(across: number, up: number): void {
    if (this.#dims === 3) {
      this.#controls?.rotateLeft(across);
      this.#controls?.rotateUp(up);
    } else this.#controls?.pan(across * this.#width, up * this.#width);
    this.#untouched = false;
    this.#viewChanged();
  }
  /** Nearer when above 1. */
  zoom(factor: number): void {
    if (factor > 1) this.#controls?.dollyIn(factor);
    else this.#controls?.dollyOut(1 / factor);
    this.#untouched = false;
    this.#viewChanged();
  }

  /** The point at a place of the picture (CSS pixels): the one seen there, or the nearest within 8 pixels. */
  pick(x: number, y: number): number | null {
    this.#grid ??= pickGrid(this.#project(), this.#width, this.#height, {
      diameter: this.#diameters(),
      rank: (i) => this.#style.states[i] ?? 0,
    });
    return this.#grid.pick(x, y);
  }
  /** Where a point is in the picture (CSS pixels); null when the camera does not see it. */
  placeOf(index: number): ScreenPoint | null {
    const { x, y } = this.#project();
    const [px, py] = [x[index] ?? Number.NaN, y[index] ?? Number.NaN];
    return Number.isNaN(px) ? null : { x: px, y: py };
  }

  /** Draws at once. */
  draw(): void {
    if (this.#disposed) return;
    this.#cancel();
    const target = this.#context;
    const ratio = this.#ratio();
    const [width, height, theme, camera] = [this.#width, this.#height, this.#theme, this.#camera];
    const { colors, states } = this.#style;
    const projected = this.#project();
    target.setTransform(1, 0, 0, 1, 0, 0);
    target.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    target.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (this.#cloud.count > 0)
      this.#painter.draw(target, {
        camera,
        width,
        height,
        ratio,
        size: pointSize(this.#cloud.count, width, height),
        focus: this.#focus(),
        distance: camera.position.length(),
        theme,
        projected,
      });
    drawOverlay(target, {
      width,
      height,
      theme,
      font: this.#options.font ?? 'sans-serif',
      camera,
      axes: this.#axes,
      dims: this.#dims,
      projected,
      diameter: this.#diameters(),
      color: (i): Rgb =>
        states[i] === SELECTED
          ? theme.accent
          : [colors[3 * i] ?? 0, colors[3 * i + 1] ?? 0, colors[3 * i + 2] ?? 0],
      hovered: this.#hovered,
      labels: this.#labels,
      pictures: this.#pictures,
      lasso: this.#lasso,
    });
    this.events.onDraw?.();
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#cancel();
    this.#controls?.dispose();
    this.#gestures.dispose();
    this.#painter.dispose();
    this.events = {};
  }

  #control(dims: 2 | 3): void {
    this.#controls?.dispose();
    this.#dims = dims;
    this.#camera = makeCamera(dims);
    shape(this.#camera, this.#width, this.#height);
    fitCamera(this.#camera, this.#target, this.#cloud, this.#width, this.#height, true);
    const controls = new OrbitControls<CloudCamera>(this.#camera, this.#canvas);
    controls.enableRotate = dims === 3;
    controls.zoomToCursor = true;
    if (dims === 2) {
      controls.mouseButtons = { LEFT: MOUSE.PAN, MIDDLE: MOUSE.DOLLY, RIGHT: MOUSE.PAN };
      controls.touches = { ONE: TOUCH.PAN, TWO: TOUCH.DOLLY_PAN };
    }
    controls.addEventListener('change', () => this.#viewChanged());
    controls.addEventListener('start', () => {
      this.#untouched = false;
    });
    this.#controls = controls;
  }

  /** How near and how far one may go. */
  #bound(): void {
    if (!this.#controls) return;
    this.#controls.minDistance = 0.05;
    this.#controls.maxDistance = fitDistance(this.#width, this.#height) * 5;
    const zoom = fitZoom(this.#cloud.half, this.#width, this.#height);
    this.#controls.minZoom = zoom / 5;
    this.#controls.maxZoom = zoom * 500;
  }

  #ratio(): number {
    return Math.min(MAX_RATIO, globalThis.devicePixelRatio || 1);
  }
  #focus(): number {
    return this.#dims === 3 ? fitDistance(this.#width, this.#height) : 0;
  }
  /** Diameters in CSS pixels by index, as the view is now. */
  #diameters(): (index: number) => number {
    const size = pointSize(this.#cloud.count, this.#width, this.#height);
    const focus = this.#focus();
    const { w } = this.#project();
    const { states } = this.#style;
    return (i) => sizeAt(size, w[i] ?? 1, focus) * (states[i] === SELECTED ? SELECTED_GROWTH : 1);
  }

  #project(): Projected {
    if (this.#projected) return this.#projected;
    const camera = this.#camera;
    camera.updateMatrixWorld();
    const { elements } = camera.projectionMatrix.clone().multiply(camera.matrixWorldInverse);
    const { positions, count } = this.#cloud;
    this.#projected = project(positions, elements, this.#width, this.#height, emptyProjection(count));
    return this.#projected;
  }

  #hover(place: ScreenPoint | null): void {
    const index = place ? this.pick(place.x, place.y) : null;
    const before = this.#hovered;
    this.setHovered(index);
    const at = index === null ? null : this.placeOf(index);
    if (index !== null && at) this.events.onHover?.({ index, ...at });
    else if (before !== null) this.events.onHover?.(null);
  }

  #viewChanged(): void {
    this.#projected = null;
    this.#grid = null;
    this.#invalidate();
  }
  #invalidate(): void {
    if (this.#disposed || this.#frame !== null) return;
    this.#frame = (this.#options.requestFrame ?? requestAnimationFrame)(() => {
      this.#frame = null;
      this.draw();
    });
  }
  #cancel(): void {
    if (this.#frame !== null) (this.#options.cancelFrame ?? cancelAnimationFrame)(this.#frame);
    this.#frame = null;
  }
}
