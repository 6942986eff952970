'use client';
import { type NodeProps, NodeResizer } from '@xyflow/react';
import { Lock, StickyNote } from 'lucide-react';
import { memo } from 'react';
import { useStore } from 'zustand';
import type { NoteNodeType } from '../canvas/nodes.ts';
import { RemoteOutline } from '../canvas/remote-outline.tsx';
import { useResizing } from '../canvas/resizing.ts';
import { useBoard, useMay } from '../state/context.tsx';
import { MIN_SIZE } from '../state/edits/geometry.ts';
import { MarkdownText } from './markdown-text.tsx';
import { NoteEditor } from './note-editor.tsx';
import { noteTint } from './tint.ts';

export const NoteNode = memo(function NoteNode({ id, data: { item }, selected }: NodeProps<NoteNodeType>) {
  const board = useBoard();
  const editable = useMay('edit') && !item.locked;
  const editing = useStore(board.ui, (s) => s.editing === id);
  const setEditing = (on: boolean) => board.show({ editing: on ? id : null });
  const resize = useResizing(board, id);
  return (
    <>
      <NodeResizer isVisible={selected && editable} minWidth={MIN_SIZE.w} minHeight={64} {...resize} />
      <RemoteOutline id={id} />
      <div
        className={`flex h-full w-full flex-col rounded-md border ${selected ? 'border-accent' : 'border-line'}`}
        style={{ background: noteTint(item.color) }}
      >
        <div className="board-handle flex h-5 shrink-0 cursor-grab items-center gap-1 px-2 text-faint">
          <StickyNote aria-hidden className="size-3" />
          {item.locked ? <Lock aria-label="Locked" className="size-3" /> : null}
        </div>
        {editing && editable ? (
          <NoteEditor id={id} onClose={() => setEditing(false)} />
        ) : (
          // biome-ignore lint/a11y/noStaticElementInteractions: the node itself takes Enter and F2 (board-keys.ts)
          <div
            className={`min-h-0 flex-1 px-3 pb-2 ${selected ? 'nowheel overflow-auto' : 'overflow-hidden'}`}
            data-edit-note={id}
            onDoubleClick={() => setEditing(true)}
          >
            {item.text.trim() === '' ? (
              <p className="text-faint">
                {editable ? 'Double-click to write. Markdown works.' : 'Empty note'}
              </p>
            ) : (
              <MarkdownText text={item.text} />
            )}
          </div>
        )}
      </div>
    </>
  );
});
