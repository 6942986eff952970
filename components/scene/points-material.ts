/** How a point is drawn: a disc with a darker rim; the selected ones in the accent and in front, others faded. */
import { Color, ShaderMaterial } from 'three';

/** Values of the attribute `state`. */
export const STATE = { plain: 0, faded: 1, selected: 2, hovered: 3 } as const;

const VERTEX = /* glsl */ `
  attribute vec3 color;
  attribute float state;
  uniform float size;
  uniform float perspective;
  uniform vec3 accent;
  uniform vec3 ground;
  varying vec3 fill;
  varying float rim;
  void main() {
    vec4 place = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
    float grow = 1.0;
    fill = color;
    rim = 0.72;
    if (state > 0.5 && state < 1.5) {
      // Opaque and mixed with the ground rather than transparent: nothing has to be sorted by depth.
      fill = mix(ground, color, 0.25);
      rim = 1.0;
    } else if (state > 1.5) {
      if (state < 2.5) fill = accent;
      grow = state > 2.5 ? 1.9 : 1.35;
      // In front of all others, ordered among themselves.
      place.z = place.z * 0.1 - 0.89 * place.w;
    }
    gl_Position = place;
    // Near points a little larger; in a flat projection all are the same.
    float near = mix(1.0, clamp(3.0 / place.w, 0.6, 1.7), perspective);
    gl_PointSize = size * grow * near;
  }
`;
const FRAGMENT = /* glsl */ `
  varying vec3 fill;
  varying float rim;
  uniform float size;
  void main() {
    float away = length(gl_PointCoord - 0.5) * 2.0;
    float edge = 2.0 / max(size, 2.0);
    float cover = 1.0 - smoothstep(1.0 - edge, 1.0, away);
    if (cover < 0.02) discard;
    vec3 tone = mix(fill, fill * rim, smoothstep(1.0 - 2.0 * edge, 1.0 - edge, away));
    gl_FragColor = vec4(tone * cover, cover);
  }
`;

export function pointsMaterial(): ShaderMaterial {
  return new ShaderMaterial({
    uniforms: {
      size: { value: 6 },
      perspective: { value: 1 },
      accent: { value: new Color() },
      ground: { value: new Color() },
    },
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    transparent: true,
    premultipliedAlpha: true,
    depthTest: true,
    depthWrite: true,
    // Colours are written as they are: they come from CSS and go to a canvas.
    toneMapped: false,
  });
}
