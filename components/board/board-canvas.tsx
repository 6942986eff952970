'use client';
/** The infinite canvas: views and notes in board points, others' cursors and selections, guides, minimap. */
import '@xyflow/react/dist/base.css';
import './board.css';
import {
  Background,
  BackgroundVariant,
  MiniMap,
  type NodeChange,
  type NodeProps,
  ReactFlow,
  SelectionMode,
  useReactFlow,
} from '@xyflow/react';
import { useCallback, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { BoardItem } from '@/core/board/index.ts';
import { bounded } from '../canvas/bounded-node.tsx';
import { Cursors } from '../canvas/cursors.tsx';
import { applyChanges } from '../canvas/dragging.ts';
import { useFirstLook } from '../canvas/first-look.ts';
import { Guides } from '../canvas/guides.tsx';
import { type BoardNode, nodeMaker, type UnreadableNodeType, unreadableNodes } from '../canvas/nodes.ts';
import { useReveal } from '../canvas/reveal.ts';
import { useViewportSharing } from '../canvas/viewport.ts';
import { NoteNode } from '../notes/note-node.tsx';
import { UnreadableItem } from '../notes/unreadable-item.tsx';
import { useSliceDrop } from '../slices/drop-slice.ts';
import { useBindings, useBoard, useMay } from '../state/context.tsx';
import { remoteFrames } from '../state/edits/drag.ts';
import { modelOf } from '../state/project/addresses.ts';
import { findModel } from '../state/project/project.ts';
import { boundText, titleOf } from '../state/questions/query-text.ts';
import { ViewNode } from '../view/view-node.tsx';
import { EmptyBoard } from './empty-board.tsx';
import { RemovedTexts } from './removed-texts.tsx';
import { UnreadableItems } from './unreadable.tsx';

const NODE_TYPES = { view: bounded(ViewNode), note: bounded(NoteNode), unreadable: UnreadableNode };
const NO_EDGES: never[] = [];
const ACCESSIBILITY = {
  'node.a11yDescription.default':
    'Press Enter or Space to select. Arrow keys move what is selected, Delete removes it.',
  'controls.ariaLabel': 'Zoom',
  'minimap.ariaLabel': 'Minimap of the board',
} as const;
const PRO = { hideAttribution: true };
const MIN_ZOOM = 0.05;
const MAX_ZOOM = 4;

export function Canvas() {
  const board = useBoard();
  const flow = useReactFlow<BoardNode>();
  const editable = useMay('edit');
  const list = useStore(board.session.items.store, (s) => s.list);
  const unreadable = useStore(board.session.items.store, (s) => s.unreadable);
  const loaded = useStore(board.session.store, (s) => s.loaded);
  const chosen = useStore(board.selection.store, (s) => s.items);
  const local = useStore(board.frames, (s) => s.frames);
  const peers = useStore(board.session.presence.peers, (s) => s.list);
  const bindings = useBindings();
  const models = useStore(board.data.store, (s) => s.models);

  const selected = useMemo(() => new Set(chosen), [chosen]);
  const remote = useMemo(() => remoteFrames(peers), [peers]);
  const makeNodes = useRef(nodeMaker()).current;
  // Of views whose text is no question just now: their names stay.
  const asked = useStore(
    board.asked,
    useShallow((s) => Object.fromEntries(list.flatMap((item) => lastAsked(item, s[item.id])))),
  );
  const label = useCallback(
    (item: BoardItem) =>
      item.kind === 'view' ? `View: ${titleOf(asked[item.id] ?? item.query, bindings)}` : 'Note',
    [asked, bindings],
  );
  const nodes = useMemo(
    () => [
      ...unreadableNodes(unreadable),
      ...makeNodes({ items: list, selected, local, remote, editable, label }),
    ],
    [makeNodes, unreadable, list, selected, local, remote, editable, label],
  );

  const free = useRef(false);
  const onChanges = useCallback(
    (changes: NodeChange<BoardNode>[]) => applyChanges(board, changes, flow.getZoom(), free.current),
    [board, flow],
  );
  const { onMoveStart } = useViewportSharing(board);
  const canvas = useRef<HTMLElement>(null);
  useFirstLook(board, canvas);
  useReveal(board);
  const dropping = useSliceDrop(board);

  const minimapColor = useCallback(
    (node: BoardNode) => {
      if (node.type !== 'view') return 'var(--line-strong)';
      const bound = boundText(asked[node.id] ?? node.data.item.query, bindings);
      const name = bound.ok && bound.model ? modelOf(bound.model)?.model : null;
      const model = findModel(models, name);
      return model ? `var(--model-${model.color % 8})` : 'var(--line-strong)';
    },
    [asked, bindings, models],
  );

  return (
    <section
      ref={canvas}
      className="board-canvas relative h-full w-full overflow-hidden"
      aria-label="Board"
      data-canvas
      {...dropping}
      onPointerMove={(event) => {
        free.current = event.altKey;
        board.session.presence.patch({
          cursor: flow.screenToFlowPosition({ x: event.clientX, y: event.clientY }, { snapToGrid: false }),
        });
      }}
      onPointerLeave={() => board.session.presence.patch({ cursor: null })}
    >
      <ReactFlow<BoardNode>
        nodes={nodes}
        edges={NO_EDGES}
        nodeTypes={NODE_TYPES}
        onNodesChange={onChanges}
        onMoveStart={onMoveStart}
        onlyRenderVisibleElements
        minZoom={MIN_ZOOM}
        maxZoom={MAX_ZOOM}
        panOnScroll
        panOnDrag={[1]}
        panActivationKeyCode="Space"
        selectionOnDrag
        selectionMode={SelectionMode.Partial}
        multiSelectionKeyCode={['Shift', 'Meta', 'Control']}
        selectionKeyCode={null}
        deleteKeyCode={null}
        disableKeyboardA11y
        zoomOnDoubleClick={false}
        nodesConnectable={false}
        elevateNodesOnSelect={false}
        autoPanOnNodeDrag
        ariaLabelConfig={ACCESSIBILITY}
        proOptions={PRO}
      >
        <Background variant={BackgroundVariant.Dots} gap={24} size={1} />
        <Guides />
        <Cursors />
        <MiniMap<BoardNode>
          pannable
          zoomable
          nodeColor={minimapColor}
          nodeBorderRadius={6}
          style={{ width: 160, height: 100 }}
          position="bottom-right"
        />
      </ReactFlow>
      {loaded && list.length === 0 && unreadable.length === 0 ? <EmptyBoard /> : null}
      <div className="absolute top-3 left-3 z-10 flex max-h-full max-w-[420px] flex-col gap-2 overflow-y-auto">
        <UnreadableItems />
        <RemovedTexts />
      </div>
    </section>
  );
}

function UnreadableNode({ data }: NodeProps<UnreadableNodeType>) {
  return <UnreadableItem item={data.unreadable} whole />;
}

function lastAsked(item: BoardItem, text: string | undefined): [string, string][] {
  return item.kind === 'view' && text !== undefined && text !== item.query ? [[item.id, text]] : [];
}
