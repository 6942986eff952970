/** Three-dimensional pictures without React. Everything that is made here is disposed here. */
export * from './point-cloud.ts';
export { memory, NO_WEBGL, SceneError } from './shared-renderer.ts';
