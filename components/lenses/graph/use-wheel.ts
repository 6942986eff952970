'use client';
/** The wheel over the drawing: a mouse's zooms about the pointer, a touchpad's moves. */
import { type RefObject, useEffect, useRef } from 'react';
import { placeIn } from '../shared/drawing/picture.tsx';
import { type View, zoomAt } from './view.ts';

interface Area {
  readonly width: number;
  readonly height: number;
}

export function useWheel(
  svg: RefObject<SVGSVGElement | null>,
  view: View,
  area: Area,
  setView: (view: View) => void,
): void {
  const current = useRef({ view, area, setView });
  current.current = { view, area, setView };
  // React's own wheel listener is passive and could not keep the board from zooming.
  useEffect(() => {
    const element = svg.current;
    if (!element) return;
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      event.stopPropagation();
      const now = current.current;
      if (event.ctrlKey || event.metaKey || event.deltaMode !== 0 || Math.abs(event.deltaY) >= 60) {
        const { x, y } = placeIn(event, element, now.area.width, now.area.height);
        const turned = Math.sign(event.deltaY) * Math.min(60, Math.abs(event.deltaY));
        now.setView(zoomAt(now.view, Math.exp(-turned * 0.004), x, y));
      } else now.setView({ ...now.view, x: now.view.x - event.deltaX, y: now.view.y - event.deltaY });
    };
    element.addEventListener('wheel', wheel, { passive: false });
    return () => element.removeEventListener('wheel', wheel);
  }, [svg]);
}
