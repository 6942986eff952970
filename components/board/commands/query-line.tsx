'use client';
/** The query line over the canvas: `/` opens it, and what is written there becomes a view. */
import { useReactFlow } from '@xyflow/react';
import { useStore } from 'zustand';
import { openView } from '../../actions/activate.ts';
import { canvasCentre } from '../../actions/place.ts';
import { QueryPanel } from '../../query/query-panel.tsx';
import { useBoard, useMay } from '../../state/context.tsx';
import { Kbd } from '../../ui/kbd.tsx';

export function QueryLine() {
  const board = useBoard();
  const flow = useReactFlow();
  const editable = useMay('edit');
  const open = useStore(board.ui, (s) => s.queryLine);
  if (open === null) return null;
  const close = () => board.show({ queryLine: null });
  return (
    <search
      aria-label="Query line"
      className="-translate-x-1/2 absolute top-3 left-1/2 z-30 w-[min(720px,calc(100%-32px))] rounded-md border border-accent bg-surface shadow-float"
    >
      <QueryPanel
        key={open.text}
        first={open.text}
        shared={null}
        readOnly={!editable}
        autoFocus
        runLabel="Make a view"
        hint={
          <span className="flex items-center gap-2">
            <Kbd>Enter</Kbd> makes a view <Kbd>Tab</Kbd> completes <Kbd>Esc</Kbd> closes
          </span>
        }
        onRun={(text) => {
          openView(board, text, { near: canvasCentre(flow) });
          close();
        }}
        onLeave={close}
      />
    </search>
  );
}
