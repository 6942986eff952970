/** Clouds of points by three.js, without React. Everything that is made here is disposed here. */
export { PointCloud } from './point-cloud.ts';
export { NoWebGlError } from './renderer.ts';
export { statesOf } from './states.ts';
export type * from './types.ts';
