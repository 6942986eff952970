/** The two ways in which a cloud comes onto its canvas: WebGL, and a plain canvas where there is none. */
import { BufferAttribute, BufferGeometry, type Camera, Points, Scene } from 'three';
import type { Projected } from '../projection.ts';
import { type CloudStyle, css, type SceneTheme } from '../types.ts';
import { type CloudRenderer, RendererLease } from './renderer.ts';
import { cloudMaterial, setUniforms } from './shader.ts';
import { SELECTED_GROWTH, sizeAt } from './sizes.ts';
import { drawOrder, FADE, FADED, HIDDEN, SELECTED } from './states.ts';

export interface Shot {
  readonly camera: Camera;
  /** CSS pixels, and device pixels per CSS pixel. */
  readonly width: number;
  readonly height: number;
  readonly ratio: number;
  /** CSS pixels of a point at the focus. */
  readonly size: number;
  /** 0 without perspective. */
  readonly focus: number;
  /** Of the camera from the cloud's middle. */
  readonly distance: number;
  readonly theme: SceneTheme;
  readonly projected: Projected;
}

export interface Painter {
  /** (n, 3) in the unit ball. */
  setPositions(positions: Float32Array): void;
  setStyle(style: CloudStyle): void;
  /** Paints onto an empty canvas whose transform is of CSS pixels. */
  draw(target: CanvasRenderingContext2D, shot: Shot): void;
  dispose(): void;
}

export class GlPainter implements Painter {
  readonly #lease: RendererLease;
  readonly #scene = new Scene();
  readonly #material = cloudMaterial();
  #geometry = new BufferGeometry();
  readonly #points = new Points(this.#geometry, this.#material);
  /** Points without a place: where a card would draw a vertex at NaN is not said, so they are hidden. */
  #lost: number[] = [];

  /** `changed` is called when the picture is lost and must be drawn again. Throws NoWebGlError. */
  constructor(changed: () => void, make?: () => CloudRenderer) {
    this.#lease = new RendererLease(make);
    this.#lease.onRestored = changed;
    // Always all of it: the camera sees the whole ball, and bounds would be computed for nothing.
    this.#points.frustumCulled = false;
    this.#scene.add(this.#points);
  }

  setPositions(positions: Float32Array): void {
    this.#lost = [];
    const placed = positions.slice();
    for (let i = 0; 3 * i < placed.length; i++) {
      if (placed.subarray(3 * i, 3 * i + 3).every(Number.isFinite)) continue;
      this.#lost.push(i);
      placed.fill(0, 3 * i, 3 * i + 3);
    }
    // Buffers have a fixed length, so new points are a new geometry.
    this.#geometry.dispose();
    this.#geometry = new BufferGeometry();
    this.#geometry.setAttribute('position', new BufferAttribute(placed, 3));
    this.#points.geometry = this.#geometry;
  }

  setStyle({ colors, states: all }: CloudStyle): void {
    const states = all.slice();
    for (const i of this.#lost) states[i] = HIDDEN;
    const { order, drawn } = drawOrder(states);
    this.#fill('tint', colors, 3, true);
    this.#fill('state', states, 1, false);
    const index = this.#geometry.index;
    if (index && index.count === order.length) {
      index.copyArray(order);
      index.needsUpdate = true;
    } else this.#geometry.setIndex(new BufferAttribute(order, 1));
    this.#geometry.setDrawRange(0, drawn);
  }

  #fill(name: string, values: Uint8Array, size: number, normalized: boolean): void {
    const held = this.#geometry.getAttribute(name);
    if (held instanceof BufferAttribute && held.array.length === values.length) {
      held.copyArray(values);
      held.needsUpdate = true;
    } else this.#geometry.setAttribute(name, new BufferAttribute(values.slice(), size, normalized));
  }

  draw(target: CanvasRenderingContext2D, shot: Shot): void {
    const { camera, width, height, ratio, size, focus, distance, theme } = shot;
    const { accent, ground } = theme;
    setUniforms(this.#material, { size: size * ratio, focus, distance, accent, ground });
    target.save();
    target.setTransform(1, 0, 0, 1, 0, 0);
    this.#lease.render(this.#scene, camera, Math.round(width * ratio), Math.round(height * ratio), target);
    target.restore();
  }

  dispose(): void {
    this.#scene.clear();
    this.#geometry.dispose();
    this.#material.dispose();
    this.#lease.release();
  }
}

/** Discs by the canvas's own means, for pictures without perspective. */
export class FlatPainter implements Painter {
  #style: CloudStyle | null = null;

  setPositions(): void {
    this.#style = null;
  }
  setStyle(style: CloudStyle): void {
    this.#style = style;
  }

  draw(target: CanvasRenderingContext2D, { size, focus, theme, projected }: Shot): void {
    if (!this.#style) return;
    const { colors, states } = this.#style;
    const { x, y, w } = projected;
    const { order, drawn } = drawOrder(states);
    // From behind: what is selected comes last.
    for (let k = drawn - 1; k >= 0; k--) {
      const i = order[k]!;
      const state = states[i]!;
      if (Number.isNaN(x[i]!) || state === HIDDEN) continue;
      const selected = state === SELECTED;
      const diameter = sizeAt(size, w[i]!, focus) * (selected ? SELECTED_GROWTH : 1);
      target.globalAlpha = state <= FADED ? FADE : 1;
      target.fillStyle = selected
        ? css(theme.accent)
        : css([colors[3 * i]!, colors[3 * i + 1]!, colors[3 * i + 2]!]);
      target.beginPath();
      target.arc(x[i]!, y[i]!, diameter / 2, 0, 2 * Math.PI);
      target.fill();
    }
    target.globalAlpha = 1;
  }

  dispose(): void {
    this.#style = null;
  }
}
