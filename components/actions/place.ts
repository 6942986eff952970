import type { useReactFlow } from '@xyflow/react';

/** The board point in the middle of the canvas, moved so that a middling view placed there is centred. */
export function canvasCentre(flow: Pick<ReturnType<typeof useReactFlow>, 'screenToFlowPosition'>): {
  x: number;
  y: number;
} {
  const box = document.querySelector('[data-canvas]')?.getBoundingClientRect();
  const { x, y } = flow.screenToFlowPosition({
    x: (box?.x ?? 0) + (box?.width ?? innerWidth) / 2,
    y: (box?.y ?? 0) + (box?.height ?? innerHeight) / 2,
  });
  return { x: x - 160, y: y - 120 };
}
