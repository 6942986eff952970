/** Round points with a size, a colour and a state each. */
import { NormalBlending, ShaderMaterial, Vector3 } from 'three';
import type { Rgb } from '../types.ts';
import { MAX_GROWTH, MIN_GROWTH, SELECTED_GROWTH } from './sizes.ts';
import { FADE, FADED, HIDDEN, SELECTED } from './states.ts';

/** Share of the ground's colour in the points farthest off. */
const FOG = 0.35;

const number = (value: number) => (Number.isInteger(value) ? `${value}.0` : String(value));

const VERTEX = `
attribute vec3 tint;
attribute float state;
uniform float size;
uniform float focus;
uniform float distance;
uniform vec3 accent;
uniform vec3 ground;
varying vec4 vColor;
varying float vRadius;
void main() {
  vec4 place = modelViewMatrix * vec4(position, 1.0);
  gl_Position = projectionMatrix * place;
  bool selected = state > ${number(SELECTED - 0.5)};
  float w = gl_Position.w;
  float grown = focus > 0.0 ? clamp(focus / w, ${number(MIN_GROWTH)}, ${number(MAX_GROWTH)}) : 1.0;
  float diameter = size * grown * (selected ? ${number(SELECTED_GROWTH)} : 1.0);
  vRadius = diameter * 0.5;
  // Half a pixel more on each side, for the soft edge.
  gl_PointSize = diameter + 1.0;
  // The cloud is the unit ball: what lies behind its middle fades into the ground.
  float haze = focus > 0.0 && !selected ? ${number(FOG)} * smoothstep(-0.4, 1.0, w - distance) : 0.0;
  vColor = vec4(mix(selected ? accent : tint, ground, haze), state < ${number(FADED + 0.5)} ? ${number(FADE)} : 1.0);
  if (state < ${number(HIDDEN + 0.5)}) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
}
`;
/** Colours are sRGB values drawn as they are: the page mixes in sRGB as well. */
const FRAGMENT = `
uniform vec3 ground;
varying vec4 vColor;
varying float vRadius;
void main() {
  float r = length(gl_PointCoord - 0.5) * (2.0 * vRadius + 1.0);
  float cover = clamp(vRadius + 0.5 - r, 0.0, 1.0);
  if (cover <= 0.0) discard;
  // A rim of the ground's colour parts points that lie on each other, where there is room for one.
  float rim = vRadius > 3.0 && vColor.a > 0.9 ? clamp(r - vRadius + 1.6, 0.0, 1.0) : 0.0;
  gl_FragColor = vec4(mix(vColor.rgb, ground, rim * 0.75), vColor.a * cover);
}
`;

const vector = ([r, g, b]: Rgb) => new Vector3(r / 255, g / 255, b / 255);

export interface CloudUniforms {
  /** Device pixels at the focus. */
  readonly size: number;
  /** Distance at which a point has its own size; 0 without perspective. */
  readonly focus: number;
  /** Of the camera from the cloud's middle. */
  readonly distance: number;
  readonly accent: Rgb;
  readonly ground: Rgb;
}

export function cloudMaterial(): ShaderMaterial {
  return new ShaderMaterial({
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    uniforms: {
      size: { value: 4 },
      focus: { value: 0 },
      distance: { value: 1 },
      accent: { value: new Vector3() },
      ground: { value: new Vector3() },
    },
    transparent: true,
    depthTest: true,
    depthWrite: true,
    blending: NormalBlending,
  });
}

export function setUniforms(material: ShaderMaterial, values: CloudUniforms): void {
  const set = (name: keyof CloudUniforms, value: number | Vector3) => {
    const uniform = material.uniforms[name];
    if (uniform) uniform.value = value;
  };
  set('size', values.size);
  set('focus', values.focus);
  set('distance', values.distance);
  set('accent', vector(values.accent));
  set('ground', vector(values.ground));
}
