/** What a pointer means on a cloud: hover, click, double click, lasso. Turning and moving are OrbitControls'. */

import type { ModifierKeys } from '../types.ts';
import type { ScreenPoint } from './lasso.ts';

/** A press that moves less, in CSS pixels of the screen, is a click. */
const CLICK_TOLERANCE = 4;
/** Corners of a lasso are at least so far apart. */
const STEP = 3;

export interface GestureEvents {
  /** CSS pixels of the picture; null when the pointer is elsewhere or drags. */
  hover(place: ScreenPoint | null): void;
  click(place: ScreenPoint, keys: ModifierKeys): void;
  open(place: ScreenPoint): void;
  /** The loop so far; empty when it was given up. */
  lassoing(path: readonly ScreenPoint[]): void;
  lasso(path: readonly ScreenPoint[], keys: ModifierKeys): void;
  /** Whether dragging belongs to the camera. */
  camera(enabled: boolean): void;
}

/** Attach it before OrbitControls, so that a lasso can take the press from them. */
export class Gestures {
  /** Every drag is a lasso; otherwise those with Shift are. */
  lassoArmed = false;
  readonly #canvas: HTMLCanvasElement;
  readonly #events: GestureEvents;
  readonly #size: () => { width: number; height: number };
  #pressed: { readonly x: number; readonly y: number; moved: boolean } | null = null;
  #path: ScreenPoint[] | null = null;
  readonly #listeners: readonly (readonly [string, (event: Event) => void])[];

  constructor(
    canvas: HTMLCanvasElement,
    size: () => { width: number; height: number },
    events: GestureEvents,
  ) {
    this.#canvas = canvas;
    this.#size = size;
    this.#events = events;
    const pointer = (act: (event: PointerEvent) => void) => (event: Event) => act(event as PointerEvent);
    this.#listeners = [
      ['pointerdown', pointer((event) => this.#down(event))],
      ['pointermove', pointer((event) => this.#move(event))],
      ['pointerup', pointer((event) => this.#up(event))],
      ['pointercancel', pointer(() => this.cancel())],
      ['pointerleave', pointer(() => this.#path ?? events.hover(null))],
      ['dblclick', pointer((event) => !this.#pressed?.moved && events.open(this.#place(event)))],
    ];
    for (const [name, listener] of this.#listeners) canvas.addEventListener(name, listener);
  }

  /** Gives up a lasso that is being drawn; whether there was one. */
  cancel(): boolean {
    const drawing = this.#path !== null;
    this.#pressed = null;
    this.#path = null;
    this.#events.camera(true);
    if (drawing) this.#events.lassoing([]);
    return drawing;
  }

  dispose(): void {
    for (const [name, listener] of this.#listeners) this.#canvas.removeEventListener(name, listener);
  }

  /** The board may have scaled the canvas. */
  #place(event: { readonly clientX: number; readonly clientY: number }): ScreenPoint {
    const box = this.#canvas.getBoundingClientRect();
    const { width, height } = this.#size();
    return {
      x: ((event.clientX - box.left) / (box.width || 1)) * width,
      y: ((event.clientY - box.top) / (box.height || 1)) * height,
    };
  }

  #down(event: PointerEvent): void {
    if (event.button !== 0 || !event.isPrimary) return;
    this.#pressed = { x: event.clientX, y: event.clientY, moved: false };
    if (!this.lassoArmed && !event.shiftKey) return;
    this.#events.camera(false);
    this.#path = [this.#place(event)];
    this.#canvas.setPointerCapture(event.pointerId);
  }

  #move(event: PointerEvent): void {
    const pressed = this.#pressed;
    if (!pressed || event.buttons === 0) {
      this.#events.hover(event.buttons === 0 ? this.#place(event) : null);
      return;
    }
    if (
      Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > CLICK_TOLERANCE &&
      !pressed.moved
    ) {
      pressed.moved = true;
      this.#events.hover(null);
    }
    if (!this.#path || !pressed.moved) return;
    const place = this.#place(event);
    const last = this.#path.at(-1);
    if (last && Math.hypot(place.x - last.x, place.y - last.y) < STEP) return;
    this.#path.push(place);
    this.#events.lassoing(this.#path);
  }

  #up(event: PointerEvent): void {
    const pressed = this.#pressed;
    const path = this.#path;
    if (!pressed || event.button !== 0) return;
    this.#pressed = null;
    this.#path = null;
    this.#events.camera(true);
    if (!pressed.moved) this.#events.click(this.#place(event), event);
    else if (path) {
      this.#events.lassoing([]);
      this.#events.lasso(path, event);
    }
  }
}
