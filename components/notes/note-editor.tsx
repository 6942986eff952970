'use client';
import { useEffect, useRef } from 'react';
import { textOf } from '@/core/board/index.ts';
import { keyName } from '../state/commands.ts';
import { useBoard } from '../state/context.tsx';
import { isComposing } from '../ui/composing.ts';
import { SharedBox } from './shared-box.ts';

/** A note's text while it is written: every keystroke is shared, and others' keystrokes leave the caret where it was. */
export function NoteEditor({ id, onClose }: { readonly id: string; onClose(): void }) {
  const board = useBoard();
  const area = useRef<HTMLTextAreaElement>(null);
  const shared = useRef<SharedBox>(null);
  useEffect(() => {
    const text = textOf(board.session.doc, id);
    if (!area.current || !text) return;
    const bound = new SharedBox(area.current, text, (splice) => board.edits.typeNote(id, splice));
    shared.current = bound;
    area.current.focus();
    area.current.setSelectionRange(area.current.value.length, area.current.value.length);
    return () => bound.destroy();
  }, [board, id]);
  return (
    <textarea
      ref={area}
      aria-label="Note text"
      className="nodrag nowheel nopan min-h-0 flex-1 resize-none bg-transparent px-3 pb-2 font-mono text-sm outline-none"
      onInput={() => shared.current?.typed()}
      onCompositionStart={() => shared.current?.compose()}
      onCompositionEnd={() => shared.current?.composed()}
      onBlur={onClose}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (isComposing(event)) return;
        const pressed = keyName(event);
        if (pressed === 'Escape') onClose();
        // The box's own history would also take back what others wrote (rule B2).
        else if (pressed === 'Mod+Z') board.edits.undo();
        else if (pressed === 'Mod+Shift+Z' || pressed === 'Mod+Y') board.edits.redo();
        else return;
        event.preventDefault();
      }}
    />
  );
}
