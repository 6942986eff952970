/**
 * A cloud of points that is turned, pointed at, clicked and lassoed. Without React. It paints only when something
 * changed, on the canvas it is given, and gives back all it made when it is disposed.
 */
import {
  BufferAttribute,
  BufferGeometry,
  type Camera,
  DynamicDrawUsage,
  LinearSRGBColorSpace,
  Matrix4,
  MOUSE,
  OrthographicCamera,
  PerspectiveCamera,
  Points,
  Scene,
  Vector3,
} from 'three';
import { OrbitControls } from 'three/addons/controls/OrbitControls.js';
import { drawGizmo } from './gizmo.ts';
import { intoBall, pointSize, project, type Screen, ScreenGrid } from './picking.ts';
import { pointsMaterial, STATE } from './points-material.ts';
import { acquire, paint, release } from './shared-renderer.ts';

type Rgb = readonly [number, number, number];
export interface Keys {
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}
export interface CloudEvents {
  /** The point under the pointer, and where it is on the canvas; null: none. */
  onHover(index: number | null, x: number, y: number): void;
  /** A click; null: on no point. */
  onPick(index: number | null, keys: Keys): void;
  /** Points inside a finished lasso. */
  onLasso(indices: readonly number[], keys: Keys): void;
  onOpen?(index: number): void;
}
export interface CloudLook {
  /** 0 to 255. */
  readonly accent: Rgb;
  readonly ground: Rgb;
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly accentCss: string;
  /** Short names of the three axes. */
  readonly axes: readonly string[];
}
export interface CloudLabel {
  readonly text: string;
  /** Index of the point it stands at. */
  readonly at: number;
}

const FIELD = 35;
/** A click that moved less is a click, in CSS pixels. */
const STILL = 4;

export class PointCloud {
  private readonly context: CanvasRenderingContext2D;
  private readonly scene = new Scene();
  private readonly material = pointsMaterial();
  private geometry = new BufferGeometry();
  private readonly points = new Points(this.geometry, this.material);
  private camera: PerspectiveCamera | OrthographicCamera;
  private controls: OrbitControls;
  private positions = new Float32Array(0);
  private width = 1;
  private height = 1;
  private flat = false;
  private lassoing = false;
  /** A person has moved the camera: it stays where it is when the size changes. */
  private touched = false;
  private look: CloudLook | null = null;
  private labels: readonly CloudLabel[] = [];
  private lasso: [number, number][] | null = null;
  private down: { x: number; y: number } | null = null;
  private hovered: number | null = null;
  private selected: ReadonlySet<number> = new Set();
  private screen: Screen | null = null;
  private grid: ScreenGrid | null = null;
  private frame = 0;
  private readonly abort = new AbortController();
  private readonly repaint = () => this.invalidate();

  /** Throws SceneError where there is no WebGL. */
  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly events: CloudEvents,
  ) {
    const context = canvas.getContext('2d');
    if (!context) throw new Error('the canvas has another context already');
    this.context = context;
    acquire(this.repaint);
    this.points.frustumCulled = false;
    this.scene.add(this.points);
    this.listen();
    this.camera = this.makeCamera();
    this.controls = this.makeControls();
  }

  get count(): number {
    return this.positions.length / 3;
  }

  /** `points` is (n, dims); `axes` names the two or three columns that are shown. Two make a flat picture. */
  setPoints(points: ArrayLike<number>, dims: number, axes: readonly number[]): void {
    const flat = axes.length < 3;
    this.positions = intoBall(points, dims, axes).positions as Float32Array<ArrayBuffer>;
    this.geometry.dispose();
    this.geometry = new BufferGeometry();
    this.geometry.setAttribute('position', new BufferAttribute(this.positions, 3));
    this.geometry.setAttribute('color', new BufferAttribute(new Float32Array(this.count * 3), 3));
    const state = new BufferAttribute(new Float32Array(this.count), 1);
    state.setUsage(DynamicDrawUsage);
    this.geometry.setAttribute('state', state);
    this.points.geometry = this.geometry;
    this.hovered = null;
    if (flat !== this.flat) {
      this.flat = flat;
      this.resetView();
    }
    this.writeStates();
    this.invalidate();
  }

  /** (n, 3), each 0 to 255. */
  setColors(colors: ArrayLike<number>): void {
    const attribute = this.geometry.getAttribute('color');
    for (let i = 0; i < this.count; i++)
      attribute.setXYZ(
        i,
        (colors[3 * i] ?? 0) / 255,
        (colors[3 * i + 1] ?? 0) / 255,
        (colors[3 * i + 2] ?? 0) / 255,
      );
    attribute.needsUpdate = true;
    this.invalidate();
  }

  /** The selected ones stand out and all others fade; with none selected nothing fades. */
  setSelected(selected: ReadonlySet<number>): void {
    this.selected = selected;
    this.writeStates();
    this.invalidate();
  }
  setHovered(index: number | null): void {
    if (index === this.hovered) return;
    this.hovered = index;
    this.writeStates();
    this.invalidate();
  }
  setLabels(labels: readonly CloudLabel[]): void {
    this.labels = labels;
    this.invalidate();
  }
  setLook(look: CloudLook): void {
    this.look = look;
    const { accent, ground } = this.material.uniforms;
    const share = ([r, g, b]: Rgb) => [r / 255, g / 255, b / 255] as const;
    accent?.value.setRGB(...share(look.accent), LinearSRGBColorSpace);
    ground?.value.setRGB(...share(look.ground), LinearSRGBColorSpace);
    this.invalidate();
  }
  /** A drag draws a lasso instead of turning the cloud. With Shift held it does so in any case. */
  setLasso(on: boolean): void {
    this.lassoing = on;
    this.canvas.style.cursor = on ? 'crosshair' : 'grab';
  }
  /** CSS pixels. */
  resize(width: number, height: number): void {
    [this.width, this.height] = [Math.max(1, width), Math.max(1, height)];
    const ratio = this.ratio;
    this.canvas.width = Math.round(this.width * ratio);
    this.canvas.height = Math.round(this.height * ratio);
    this.fitCamera();
    this.controls.update();
    this.moved();
  }
  resetView(): void {
    this.touched = false;
    this.controls.dispose();
    this.camera = this.makeCamera();
    this.fitCamera();
    this.controls = this.makeControls();
    this.invalidate();
  }
  /** Turns by degrees around the upright axis and over it; moves a flat picture. */
  turn(across: number, over: number): void {
    const { target } = this.controls;
    this.touched = true;
    if (this.camera instanceof OrthographicCamera) {
      const step = new Vector3(-across / 90, over / 90, 0).divideScalar(this.camera.zoom);
      this.camera.position.add(step);
      target.add(step);
    } else {
      const arm = this.camera.position.clone().sub(target);
      arm.applyAxisAngle(new Vector3(0, 1, 0), (across * Math.PI) / 180);
      const side = new Vector3().crossVectors(new Vector3(0, 1, 0), arm).normalize();
      const tilted = arm.clone().applyAxisAngle(side, (over * Math.PI) / 180);
      // Not over the pole.
      this.camera.position.copy(target).add(Math.abs(tilted.y) < tilted.length() * 0.995 ? tilted : arm);
    }
    this.controls.update();
    this.moved();
  }
  zoom(factor: number): void {
    this.touched = true;
    if (this.camera instanceof OrthographicCamera) {
      this.camera.zoom = Math.min(40, Math.max(0.3, this.camera.zoom * factor));
      this.camera.updateProjectionMatrix();
    } else this.camera.position.sub(this.controls.target).divideScalar(factor).add(this.controls.target);
    this.controls.update();
    this.moved();
  }
  /** Where a point is on the canvas, in CSS pixels; null when it is not in sight. */
  placeOf(index: number): { x: number; y: number } | null {
    const { screen } = this.projected();
    if (Number.isNaN(screen.z[index] ?? Number.NaN)) return null;
    return { x: screen.x[index] ?? 0, y: screen.y[index] ?? 0 };
  }

  dispose(): void {
    cancelAnimationFrame(this.frame);
    this.abort.abort();
    this.controls.dispose();
    this.geometry.dispose();
    this.material.dispose();
    release(this.repaint);
  }

  private get ratio(): number {
    return Math.min(2, window.devicePixelRatio || 1);
  }
  private makeCamera() {
    if (this.flat) {
      const camera = new OrthographicCamera(-1, 1, 1, -1, 0.1, 10);
      camera.position.set(0, 0, 3);
      return camera;
    }
    const camera = new PerspectiveCamera(FIELD, 1, 0.05, 40);
    camera.position.set(0.55, 0.45, 1);
    return camera;
  }
  /** The unit ball fills the shorter side. */
  private fitCamera(): void {
    const aspect = this.width / this.height;
    if (this.camera instanceof PerspectiveCamera) {
      this.camera.aspect = aspect;
      const half = (FIELD * Math.PI) / 360;
      const narrow = aspect >= 1 ? half : Math.atan(Math.tan(half) * aspect);
      const distance = 1.04 / Math.sin(narrow);
      if (!this.touched) this.camera.position.setLength(distance);
    } else {
      const reach = 1.08;
      const [w, h] = aspect >= 1 ? [reach * aspect, reach] : [reach, reach / aspect];
      Object.assign(this.camera, { left: -w, right: w, top: h, bottom: -h });
    }
    this.camera.updateProjectionMatrix();
  }
  private makeControls(): OrbitControls {
    const controls = new OrbitControls(this.camera, this.canvas);
    controls.enableRotate = !this.flat;
    if (this.flat) controls.mouseButtons = { LEFT: MOUSE.PAN, MIDDLE: MOUSE.DOLLY, RIGHT: MOUSE.PAN };
    controls.minDistance = 0.4;
    controls.maxDistance = 14;
    controls.minZoom = 0.3;
    controls.maxZoom = 40;
    controls.zoomToCursor = true;
    controls.addEventListener('start', () => {
      this.touched = true;
    });
    controls.addEventListener('change', () => this.moved());
    controls.update();
    return controls;
  }
  private moved(): void {
    this.screen = null;
    this.grid = null;
    this.invalidate();
  }
  private projected(): { screen: Screen; grid: ScreenGrid } {
    if (!this.screen || !this.grid) {
      this.camera.updateMatrixWorld();
      const matrix = new Matrix4().multiplyMatrices(
        this.camera.projectionMatrix,
        this.camera.matrixWorldInverse,
      );
      this.screen = project(this.positions, matrix.elements, this.width, this.height);
      this.grid = new ScreenGrid(this.screen);
    }
    return { screen: this.screen, grid: this.grid };
  }
  private writeStates(): void {
    const attribute = this.geometry.getAttribute('state');
    if (!attribute) return;
    const others = this.selected.size > 0 ? STATE.faded : STATE.plain;
    for (let i = 0; i < this.count; i++) attribute.setX(i, this.selected.has(i) ? STATE.selected : others);
    if (this.hovered !== null && this.hovered < this.count) attribute.setX(this.hovered, STATE.hovered);
    attribute.needsUpdate = true;
  }

  private listen(): void {
    // Before the controls see them, so that a lasso can keep its drag to itself.
    const options = { signal: this.abort.signal, capture: true } as const;
    const at = (event: PointerEvent | MouseEvent) => {
      const box = this.canvas.getBoundingClientRect();
      return {
        x: ((event.clientX - box.left) / (box.width || 1)) * this.width,
        y: ((event.clientY - box.top) / (box.height || 1)) * this.height,
      };
    };
    const pick = ({ x, y }: { x: number; y: number }) =>
      this.projected().grid.nearest(x, y, Math.max(8, this.size * 0.8));
    this.canvas.addEventListener(
      'pointerdown',
      (event) => {
        if (event.button !== 0) return;
        this.down = at(event);
        if (!this.lassoing && !event.shiftKey) return;
        this.controls.enabled = false;
        this.canvas.setPointerCapture(event.pointerId);
        this.lasso = [[this.down.x, this.down.y]];
      },
      options,
    );
    this.canvas.addEventListener(
      'pointermove',
      (event) => {
        const place = at(event);
        if (this.lasso) {
          this.lasso.push([place.x, place.y]);
          this.invalidate();
        } else if (event.buttons === 0) {
          const index = pick(place);
          this.setHovered(index);
          this.events.onHover(index, place.x, place.y);
        }
      },
      options,
    );
    this.canvas.addEventListener(
      'pointerup',
      (event) => {
        const place = at(event);
        const still = this.down !== null && Math.hypot(place.x - this.down.x, place.y - this.down.y) < STILL;
        const { lasso } = this;
        const began = this.down !== null;
        this.endGesture();
        if (!began) return;
        if (still) this.events.onPick(pick(place), event);
        else if (lasso) this.events.onLasso(this.projected().grid.inside(lasso), event);
      },
      options,
    );
    this.canvas.addEventListener('pointercancel', () => this.endGesture(), options);
    this.canvas.addEventListener(
      'pointerleave',
      () => {
        this.setHovered(null);
        this.events.onHover(null, 0, 0);
      },
      options,
    );
    this.canvas.addEventListener(
      'dblclick',
      (event) => {
        const index = pick(at(event));
        if (index !== null) this.events.onOpen?.(index);
      },
      options,
    );
  }
  private endGesture(): void {
    this.down = null;
    this.lasso = null;
    this.controls.enabled = true;
    this.invalidate();
  }

  private get size(): number {
    return pointSize(this.count, this.width, this.height);
  }
  /** At most one painting per frame of the screen. */
  private invalidate(): void {
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }
  private draw(): void {
    const { context, canvas, look } = this;
    if (!look) return;
    const ratio = this.ratio;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    const { size, perspective } = this.material.uniforms;
    if (size) size.value = this.size * ratio;
    if (perspective) perspective.value = this.flat ? 0 : 1;
    this.camera.updateMatrixWorld();
    paint(this.scene, this.camera as Camera, context, canvas.width, canvas.height);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.drawLabels(look);
    if (this.flat) this.drawFlatAxes(look);
    else drawGizmo(context, this.camera, this.height, { ink: look.muted, line: look.line, names: look.axes });
    if (this.lasso && this.lasso.length > 1) {
      context.beginPath();
      for (const [x, y] of this.lasso) context.lineTo(x, y);
      context.closePath();
      context.strokeStyle = look.accentCss;
      context.lineWidth = 1.5;
      context.setLineDash([4, 3]);
      context.stroke();
      context.setLineDash([]);
    }
  }
  private drawLabels(look: CloudLook): void {
    const { context } = this;
    context.font = '600 11px "Inter Variable", system-ui, sans-serif';
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.lineWidth = 3;
    context.strokeStyle = `rgb(${look.ground.join(' ')} / 0.85)`;
    context.fillStyle = look.ink;
    for (const { text, at } of this.labels) {
      const place = this.placeOf(at);
      if (!place) continue;
      context.strokeText(text, place.x, place.y - this.size - 4);
      context.fillText(text, place.x, place.y - this.size - 4);
    }
  }
  private drawFlatAxes(look: CloudLook): void {
    const { context, width, height } = this;
    context.font = '11px "Inter Variable", system-ui, sans-serif';
    context.fillStyle = look.muted;
    context.textBaseline = 'alphabetic';
    context.textAlign = 'right';
    context.fillText(`component ${look.axes[0] ?? ''} →`, width - 8, height - 8);
    context.textAlign = 'left';
    context.fillText(`↑ component ${look.axes[1] ?? ''}`, 8, 16);
  }
}
