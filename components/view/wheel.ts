'use client';
import { type RefObject, useEffect } from 'react';

/**
 * Who gets the wheel over a picture: the picture where it asked for it (`nowheel`) and its view alone is chosen; else the
 * canvas, so that one can pan across a full board without catching on what lies under the pointer.
 */
export function useWheel(body: RefObject<HTMLElement | null>, chosen: boolean): void {
  useEffect(() => {
    const element = body.current;
    if (!element) return;
    const wanted = (event: WheelEvent) =>
      chosen && event.target instanceof Element && event.target.closest('.nowheel') !== null;
    const before = (event: WheelEvent) => {
      if (wanted(event)) return;
      event.stopPropagation();
      event.preventDefault();
      // The same turn of the wheel, told from outside the picture.
      element.parentElement?.dispatchEvent(new WheelEvent(event.type, event));
    };
    const after = (event: WheelEvent) => {
      if (!wanted(event)) return;
      event.stopPropagation();
      // Else the browser would zoom the page.
      if (event.ctrlKey) event.preventDefault();
    };
    element.addEventListener('wheel', before, { capture: true, passive: false });
    element.addEventListener('wheel', after, { passive: false });
    return () => {
      element.removeEventListener('wheel', before, { capture: true });
      element.removeEventListener('wheel', after);
    };
  }, [body, chosen]);
}
