/**
 * A canvas that draws nothing and minds everything: it keeps what was called with what, and notes what a browser would
 * pass over in silence. A browser skips a shape at NaN and a colour that it cannot read, so that the picture only lacks
 * something; here each is a fault.
 */

export interface Call {
  readonly name: string;
  readonly args: readonly unknown[];
}
/** a, b, c, d, e, f as a canvas keeps them: x' = a x + c y + e, y' = b x + d y + f. */
type Matrix = readonly [number, number, number, number, number, number];
const IDENTITY: Matrix = [1, 0, 0, 1, 0, 0];
const times = ([a, b, c, d, e, f]: Matrix, [g, h, i, j, k, l]: Matrix): Matrix => [
  a * g + c * h,
  b * g + d * h,
  a * i + c * j,
  b * i + d * j,
  a * k + c * l + e,
  b * k + d * l + f,
];
interface Box {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}
const NOWHERE: Box = { x0: Infinity, y0: Infinity, x1: -Infinity, y1: -Infinity };

/** Farther off than this a place has nothing to do with the picture, and float32 rounds it to whole pixels. */
const FAR = 1e6;
/** Sides of a canvas that browsers still make. */
const MAX_SIDE = 16_384;
/** Ten times a screen: more calls than this in one picture are painted out of sight. */
const MAX_CALLS = 200_000;
/** What is written where a number was meant. */
export const NO_NUMBER = /\bNaN\b|\bInfinity\b|\bundefined\b|\[object /;
const COLOR = /^(#[0-9a-f]{3,8}|(rgb|hsl|oklch|oklab)a?\([^()]+\)|[a-z]+)$/i;

interface State {
  readonly matrix: Matrix;
  readonly held: Readonly<Record<string, unknown>>;
}

/** As much of CanvasRenderingContext2D as pictures use; what is missing throws when it is called. */
export class RecordingContext {
  readonly calls: Call[] = [];
  readonly faults: string[] = [];
  /** Shapes, texts and pictures that lie on the canvas, wholly or in part. */
  marks = 0;
  imageSmoothingEnabled = true;
  textAlign = 'start';
  textBaseline = 'alphabetic';
  lineCap = 'butt';
  lineJoin = 'miter';
  globalCompositeOperation = 'source-over';
  #held: Record<string, unknown> = {
    fillStyle: '#000000',
    strokeStyle: '#000000',
    lineWidth: 1,
    globalAlpha: 1,
    font: '10px sans-serif',
    lineDashOffset: 0,
  };
  #matrix: Matrix = IDENTITY;
  #path: Box = NOWHERE;
  readonly #stack: State[] = [];

  constructor(readonly canvas: HTMLCanvasElement) {}

  get fillStyle() {
    return this.#held.fillStyle as string;
  }
  set fillStyle(value: string) {
    this.#color('fillStyle', value);
  }
  get strokeStyle() {
    return this.#held.strokeStyle as string;
  }
  set strokeStyle(value: string) {
    this.#color('strokeStyle', value);
  }
  get lineWidth() {
    return this.#held.lineWidth as number;
  }
  set lineWidth(value: number) {
    if (!(value > 0 && value < FAR)) this.#fault(`lineWidth = ${value}`);
    this.#held.lineWidth = value;
  }
  get globalAlpha() {
    return this.#held.globalAlpha as number;
  }
  set globalAlpha(value: number) {
    if (!(value >= 0 && value <= 1)) this.#fault(`globalAlpha = ${value}`);
    this.#held.globalAlpha = value;
  }
  get lineDashOffset() {
    return this.#held.lineDashOffset as number;
  }
  set lineDashOffset(value: number) {
    this.#numbers('lineDashOffset =', [value]);
    this.#held.lineDashOffset = value;
  }
  get font() {
    return this.#held.font as string;
  }
  set font(value: string) {
    if (!/(^|\s)\d+(\.\d+)?px\s+\S/.test(value)) this.#fault(`font = ${value}`);
    this.#held.font = value;
  }

  save() {
    this.#note('save');
    this.#stack.push({ matrix: this.#matrix, held: { ...this.#held } });
  }
  restore() {
    this.#note('restore');
    const state = this.#stack.pop();
    if (!state) return this.#fault('restore without a save');
    this.#matrix = state.matrix;
    this.#held = { ...state.held };
  }
  setTransform(...m: [number, number, number, number, number, number]) {
    this.#numbers('setTransform', m);
    this.#matrix = m;
  }
  translate(x: number, y: number) {
    this.#numbers('translate', [x, y]);
    this.#matrix = times(this.#matrix, [1, 0, 0, 1, x, y]);
  }
  rotate(angle: number) {
    this.#numbers('rotate', [angle]);
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    this.#matrix = times(this.#matrix, [cos, sin, -sin, cos, 0, 0]);
  }
  scale(x: number, y: number) {
    this.#numbers('scale', [x, y]);
    this.#matrix = times(this.#matrix, [x, 0, 0, y, 0, 0]);
  }

  beginPath() {
    this.#note('beginPath');
    this.#path = NOWHERE;
  }
  closePath() {
    this.#note('closePath');
  }
  moveTo(x: number, y: number) {
    this.#reach('moveTo', [x, y], x, y);
  }
  lineTo(x: number, y: number) {
    this.#reach('lineTo', [x, y], x, y);
  }
  quadraticCurveTo(cx: number, cy: number, x: number, y: number) {
    this.#reach('quadraticCurveTo', [cx, cy, x, y], x, y);
  }
  bezierCurveTo(ax: number, ay: number, bx: number, by: number, x: number, y: number) {
    this.#reach('bezierCurveTo', [ax, ay, bx, by, x, y], x, y);
  }
  arc(x: number, y: number, radius: number, from: number, to: number) {
    this.#sized('arc', radius);
    this.#reach('arc', [x, y, radius, from, to], x - radius, y - radius);
    this.#path = this.#joined(this.#path, x + radius, y + radius);
  }
  ellipse(x: number, y: number, rx: number, ry: number, turn: number, from: number, to: number) {
    this.#sized('ellipse', rx, ry);
    this.#reach('ellipse', [x, y, rx, ry, turn, from, to], x - rx, y - ry);
    this.#path = this.#joined(this.#path, x + rx, y + ry);
  }
  rect(x: number, y: number, w: number, h: number) {
    this.#reach('rect', [x, y, w, h], x, y);
    this.#path = this.#joined(this.#path, x + w, y + h);
  }
  roundRect(x: number, y: number, w: number, h: number, radius = 0) {
    this.#reach('roundRect', [x, y, w, h, radius], x, y);
    this.#path = this.#joined(this.#path, x + w, y + h);
  }
  fill() {
    this.#note('fill');
    this.#mark(this.#path);
  }
  stroke() {
    this.#note('stroke');
    this.#mark(this.#path);
  }
  clip() {
    this.#note('clip');
  }
  fillRect(x: number, y: number, w: number, h: number) {
    this.#box('fillRect', [x, y, w, h]);
  }
  strokeRect(x: number, y: number, w: number, h: number) {
    this.#box('strokeRect', [x, y, w, h]);
  }
  clearRect(x: number, y: number, w: number, h: number) {
    this.#numbers('clearRect', [x, y, w, h]);
  }
  setLineDash(dash: number[]) {
    this.#numbers('setLineDash', dash);
    if (dash.some((length) => length < 0)) this.#fault(`setLineDash(${dash})`);
  }
  fillText(text: string, x: number, y: number, most?: number) {
    this.#text('fillText', text, x, y, most);
  }
  strokeText(text: string, x: number, y: number, most?: number) {
    this.#text('strokeText', text, x, y, most);
  }
  measureText(text: string) {
    return { width: 6 * text.length };
  }
  drawImage(image: { readonly width: number; readonly height: number }, ...at: number[]) {
    this.#numbers('drawImage', at);
    // A browser throws.
    if (image.width === 0 || image.height === 0) this.#fault('drawImage of a picture without pixels');
    const [x = 0, y = 0, w = image.width, h = image.height] = at.length > 4 ? at.slice(4) : at;
    this.#mark(this.#joined(this.#joined(NOWHERE, x, y), x + w, y + h));
  }
  /** Bytes are kept as plain numbers, which a byte array would make of NaN and of 300 in silence. */
  createImageData(width: number, height: number) {
    this.#note('createImageData', width, height);
    if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0))
      this.#fault(`createImageData(${width}, ${height})`);
    return { width, height, data: new Float64Array(width * height * 4) };
  }
  putImageData(image: { readonly data: ArrayLike<number> }, x: number, y: number) {
    this.#numbers('putImageData', [x, y]);
    for (let i = 0; i < image.data.length; i++) {
      const byte = image.data[i] ?? Number.NaN;
      if (byte >= 0 && byte <= 255) continue;
      this.#fault(`putImageData of a byte ${byte}`);
      break;
    }
    this.marks += 1;
  }

  /** Faults that show when the picture is done. */
  end(): readonly string[] {
    const { width, height } = this.canvas;
    const late = [
      ...(this.#stack.length > 0 ? [`${this.#stack.length} save without restore`] : []),
      ...(width > MAX_SIDE || height > MAX_SIDE ? [`a canvas of ${width} × ${height} pixels`] : []),
      ...(this.calls.length > MAX_CALLS ? [`${this.calls.length} calls`] : []),
    ];
    return [...new Set([...this.faults, ...late])];
  }

  #note(name: string, ...args: readonly unknown[]) {
    this.calls.push({ name, args });
  }
  #fault(what: string): void {
    if (this.faults.length < 20) this.faults.push(what);
  }
  #numbers(name: string, args: readonly number[]) {
    this.#note(name, ...args);
    if (args.every((value) => Math.abs(value) <= FAR)) return;
    this.#fault(`${name}(${args.join(', ')})`);
  }
  #sized(name: string, ...radii: readonly number[]) {
    // A browser throws.
    if (radii.some((radius) => radius < 0)) this.#fault(`${name} of radius ${radii}`);
  }
  #reach(name: string, args: readonly number[], x: number, y: number) {
    this.#numbers(name, args);
    this.#path = this.#joined(this.#path, x, y);
  }
  #box(name: string, args: [number, number, number, number]) {
    this.#numbers(name, args);
    const [x, y, w, h] = args;
    this.#mark(this.#joined(this.#joined(NOWHERE, x, y), x + w, y + h));
  }
  #text(name: string, text: string, x: number, y: number, most?: number) {
    this.#numbers(name, most === undefined ? [x, y] : [x, y, most]);
    // A text that may be no wider than nothing is not drawn.
    if (NO_NUMBER.test(text)) this.#fault(`${name} of “${text}”`);
    this.#mark(this.#joined(this.#joined(NOWHERE, x - 1, y - 1), x + 1, y + 1));
  }
  #color(name: 'fillStyle' | 'strokeStyle', value: string) {
    if (typeof value !== 'string' || !COLOR.test(value) || NO_NUMBER.test(value))
      this.#fault(`${name} = ${value}`);
    this.#held[name] = value;
  }
  #joined({ x0, y0, x1, y1 }: Box, x: number, y: number): Box {
    const [a, b, c, d, e, f] = this.#matrix;
    const [px, py] = [a * x + c * y + e, b * x + d * y + f];
    return { x0: Math.min(x0, px), y0: Math.min(y0, py), x1: Math.max(x1, px), y1: Math.max(y1, py) };
  }
  #mark({ x0, y0, x1, y1 }: Box) {
    const { width, height } = this.canvas;
    if (x1 >= 0 && y1 >= 0 && x0 <= width && y0 <= height && this.globalAlpha > 0) this.marks += 1;
  }
}

export interface Recording {
  /** All canvases that were drawn on since the last call, and forgets them. */
  take(): readonly RecordingContext[];
  stop(): void;
}
/** Gives every canvas of the page a recording context, instead of none as a page without a screen does. WebGL stays away. */
export function recordCanvases(): Recording {
  const contexts = new Map<HTMLCanvasElement, RecordingContext>();
  const { prototype } = HTMLCanvasElement;
  const before = Object.getOwnPropertyDescriptor(prototype, 'getContext');
  Object.defineProperty(prototype, 'getContext', {
    configurable: true,
    value(this: HTMLCanvasElement, kind: string) {
      if (kind !== '2d') return null;
      const held = contexts.get(this) ?? new RecordingContext(this);
      contexts.set(this, held);
      return held;
    },
  });
  return {
    take() {
      const taken = [...contexts.values()];
      contexts.clear();
      return taken;
    },
    stop: () => before && Object.defineProperty(prototype, 'getContext', before),
  };
}
