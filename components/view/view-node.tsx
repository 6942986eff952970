'use client';
/** A view on the canvas: a query drawn by a lens, with what one must know about it around the picture. */
import { type NodeProps, NodeResizer } from '@xyflow/react';
import { memo, useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { shownResults } from '../actions/shown-results.ts';
import type { ViewNodeType } from '../canvas/nodes.ts';
import { RemoteOutline } from '../canvas/remote-outline.tsx';
import { useResizing } from '../canvas/resizing.ts';
import { lensOf } from '../lenses/index.ts';
import { useBoard, useMay, useViewResult } from '../state/context.tsx';
import { MIN_SIZE } from '../state/edits/geometry.ts';
import { modelOf } from '../state/project/addresses.ts';
import { findModel } from '../state/project/project.ts';
import { modelColor } from '../ui/avatar.tsx';
import { MarkRegion } from './mark-region.tsx';
import { RegionPins } from './region-pins.tsx';
import { ViewBody } from './view-body.tsx';
import { ViewFoot } from './view-foot.tsx';
import { ViewHead } from './view-head.tsx';
import { QUERY_LINE, ViewQuery } from './view-query.tsx';
import { useWheel } from './wheel.ts';

const HEAD = 28;
/** Height that a picture keeps beside an unfolded query. */
const PICTURE = 160;

export const ViewNode = memo(function ViewNode({
  id,
  data: { item },
  selected,
  width = item.frame.w,
  height = item.frame.h,
}: NodeProps<ViewNodeType>) {
  const board = useBoard();
  const editable = useMay('edit') && !item.locked;
  const shown = useViewResult(item);
  const models = useStore(board.data.store, (s) => s.models);
  const marking = useStore(board.ui, (s) => s.marking === id);
  const alone = useStore(board.selection.store, (s) => s.items.length === 1) && selected;
  const resize = useResizing(board, id);
  const body = useRef<HTMLDivElement>(null);
  const [above, setAbove] = useState(QUERY_LINE);
  // What is unfolded takes room from the picture; where that leaves too little, the view reaches beyond its frame here.
  const least = Math.min(PICTURE, height - HEAD - QUERY_LINE - 2);
  const extra = Math.max(0, least - (height - HEAD - above - 2));
  useWheel(body, alone);
  const { result } = shown;
  // A pinned view speaks of what it was computed of, not of what the names stand for now.
  const pinned =
    item.pinnedResult === null ? null : (result?.meta.provenance.checkpoints[0]?.address ?? null);
  const model = pinned ?? (shown.bound.ok ? shown.bound.model : null);
  const color = findModel(models, model === null ? null : modelOf(model)?.model)?.color ?? 0;
  const lens = result ? lensOf(item.lens, result.meta) : null;
  useEffect(() => {
    shownResults(board).set(id, shown.state?.status === 'done' ? shown.state.result : null);
  }, [board, id, shown.state]);

  return (
    <>
      <NodeResizer
        isVisible={selected && editable}
        minWidth={MIN_SIZE.w}
        minHeight={MIN_SIZE.h}
        {...resize}
      />
      <RemoteOutline id={id} />
      <article
        style={{ height: height + extra }}
        className={`relative flex w-full flex-col overflow-hidden rounded-md border bg-surface ${selected ? 'border-accent outline outline-accent' : 'border-line'}`}
        aria-busy={shown.state?.status === 'loading'}
        data-view={id}
        data-status={shown.bound.ok ? (shown.state?.status ?? 'loading') : 'error'}
      >
        <ViewHead
          view={item}
          shown={shown}
          lens={lens}
          model={model}
          modelColor={modelColor(color)}
          body={body}
        />
        <ViewQuery view={item} shown={shown} onHeight={setAbove} />
        <div ref={body} data-lens className="relative min-h-0 flex-1 overflow-hidden">
          <ViewBody
            view={item}
            shown={shown}
            lens={lens}
            width={Math.max(1, width - 2)}
            height={Math.max(1, height + extra - HEAD - above - 2)}
            model={model}
            color={color}
          />
          <RegionPins view={id} />
          {marking ? <MarkRegion view={id} /> : null}
        </div>
        {/* At the end of the lens's foot; a fault stands over both. */}
        {result && shown.state?.status !== 'error' ? (
          <ViewFoot view={item} result={result} stale={shown.stale} />
        ) : null}
      </article>
    </>
  );
});
