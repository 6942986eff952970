/**
 * One WebGL context for all clouds of a page, counted: browsers keep about sixteen contexts and drop the oldest, and a
 * board may show more clouds than that. Each cloud draws into the shared canvas and copies its picture out at once.
 */
import { type Camera, type Scene, WebGLRenderer } from 'three';

export class NoWebGlError extends Error {
  override name = 'NoWebGlError';
  constructor() {
    super('WebGL 2 cannot be had in this browser. Turn hardware acceleration on, or try another browser.');
  }
}

/** What the clouds need of three.js's renderer. */
export type CloudRenderer = Pick<
  WebGLRenderer,
  | 'domElement'
  | 'setSize'
  | 'setViewport'
  | 'setScissor'
  | 'setScissorTest'
  | 'setClearColor'
  | 'render'
  | 'dispose'
  | 'forceContextLoss'
>;

/** Throws NoWebGlError. */
export function makeRenderer(): CloudRenderer {
  const canvas = document.createElement('canvas');
  // Asked for here, so that a refusal is ours to tell and three.js does not write to the console.
  const context = canvas.getContext('webgl2', { alpha: true, antialias: false, premultipliedAlpha: true });
  if (!context) throw new NoWebGlError();
  return new WebGLRenderer({ canvas, context });
}

interface Shared {
  readonly renderer: CloudRenderer;
  readonly leases: Set<RendererLease>;
  /** Device pixels; only grows, for every change makes new buffers. */
  width: number;
  height: number;
  stop(): void;
}
let shared: Shared | null = null;

function share(make: () => CloudRenderer): Shared {
  const renderer = make();
  renderer.setClearColor(0x000000, 0);
  renderer.setScissorTest(true);
  const leases = new Set<RendererLease>();
  const restored = () => {
    for (const lease of leases) lease.onRestored?.();
  };
  const canvas = renderer.domElement;
  canvas.addEventListener('webglcontextrestored', restored);
  const stop = () => {
    canvas.removeEventListener('webglcontextrestored', restored);
    renderer.dispose();
    // The context goes now, not when the garbage is collected.
    renderer.forceContextLoss();
  };
  return { renderer, leases, width: 0, height: 0, stop };
}

/** Give it back with `release`; the last one takes the context with it. */
export class RendererLease {
  /** The context was lost and is back: draw again. */
  onRestored: (() => void) | null = null;
  readonly #shared: Shared;

  /** Throws NoWebGlError. */
  constructor(make: () => CloudRenderer = makeRenderer) {
    shared ??= share(make);
    this.#shared = shared;
    this.#shared.leases.add(this);
  }

  /** Draws and copies to the upper left corner of `target`, which lies in device pixels. */
  render(
    scene: Scene,
    camera: Camera,
    width: number,
    height: number,
    target: CanvasRenderingContext2D,
  ): void {
    const { renderer } = this.#shared;
    if (width > this.#shared.width || height > this.#shared.height) {
      this.#shared.width = Math.max(width, this.#shared.width);
      this.#shared.height = Math.max(height, this.#shared.height);
      renderer.setSize(this.#shared.width, this.#shared.height, false);
    }
    renderer.setViewport(0, 0, width, height);
    renderer.setScissor(0, 0, width, height);
    renderer.render(scene, camera);
    // WebGL counts rows from below.
    const top = this.#shared.height - height;
    target.drawImage(renderer.domElement, 0, top, width, height, 0, 0, width, height);
  }

  release(): void {
    const { leases } = this.#shared;
    if (!leases.delete(this) || leases.size > 0) return;
    this.#shared.stop();
    if (shared === this.#shared) shared = null;
  }
}

/** How many clouds hold the context; 0 when there is none. */
export const leaseCount = (): number => shared?.leases.size ?? 0;
