/**
 * One WebGL context for all scenes of a page: browsers allow some sixteen, and a board may show more pictures. A scene
 * is painted off screen and copied onto its own 2D canvas, only when it asks for it.
 */
import { type Camera, type Scene, WebGLRenderer } from 'three';

export class SceneError extends Error {
  override name = 'SceneError';
}
export const NO_WEBGL =
  'This browser gives no WebGL, which the point picture needs. Turn on hardware acceleration or WebGL in its settings, then load the page again.';

let renderer: WebGLRenderer | null = null;
const users = new Set<() => void>();

/**
 * Asks for the renderer; `repaint` is called when a lost context has come back. Throws SceneError without WebGL.
 * Give it back with `release`; the last one to do so disposes it.
 */
export function acquire(repaint: () => void): void {
  renderer ??= create();
  users.add(repaint);
}
export function release(repaint: () => void): void {
  users.delete(repaint);
  if (users.size > 0 || !renderer) return;
  renderer.domElement.removeEventListener('webglcontextrestored', restored);
  renderer.dispose();
  renderer.forceContextLoss();
  renderer = null;
}

function create(): WebGLRenderer {
  try {
    const made = new WebGLRenderer({
      antialias: false,
      alpha: true,
      premultipliedAlpha: true,
      powerPreference: 'low-power',
    });
    made.setPixelRatio(1);
    made.setClearColor(0, 0);
    made.domElement.addEventListener('webglcontextrestored', restored);
    return made;
  } catch {
    throw new SceneError(NO_WEBGL);
  }
}
function restored(): void {
  for (const repaint of users) repaint();
}

/** Paints a scene at `width` x `height` device pixels onto a 2D context, over what is there. */
export function paint(
  scene: Scene,
  camera: Camera,
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
): void {
  if (!renderer || renderer.getContext().isContextLost()) return;
  const { domElement } = renderer;
  // Grows only: setting the size anew would throw the buffers away for every scene of another size.
  if (domElement.width < width || domElement.height < height)
    renderer.setSize(Math.max(domElement.width, width), Math.max(domElement.height, height), false);
  renderer.setScissorTest(true);
  renderer.setScissor(0, 0, width, height);
  renderer.setViewport(0, 0, width, height);
  renderer.clear();
  renderer.render(scene, camera);
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  // WebGL counts rows from below.
  context.drawImage(domElement, 0, domElement.height - height, width, height, 0, 0, width, height);
  context.restore();
}

/** Geometries and textures held on the graphics card, for tests of leaks; null without a renderer. */
export function memory(): {
  readonly geometries: number;
  readonly textures: number;
  readonly users: number;
} | null {
  return renderer ? { ...renderer.info.memory, users: users.size } : null;
}
