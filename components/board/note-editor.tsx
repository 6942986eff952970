'use client';
import { useEffect, useRef, useState } from 'react';
import { textOf } from '@/core/board/index.ts';
import { useBoard } from '../state/context.tsx';
import { movedCaret } from './caret.ts';

/** A note's text while it is written: every keystroke is shared, and others' keystrokes leave the caret where it was. */
export function NoteEditor({ id, onClose }: { readonly id: string; onClose(): void }) {
  const board = useBoard();
  const area = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(() => textOf(board.session.doc, id)?.toString() ?? '');
  useEffect(() => {
    area.current?.focus();
    area.current?.setSelectionRange(area.current.value.length, area.current.value.length);
  }, []);
  useEffect(() => {
    const shared = textOf(board.session.doc, id);
    if (!shared) return;
    const onChange = () => {
      const next = shared.toString();
      const box = area.current;
      const before = box?.value ?? next;
      const caret = box
        ? [movedCaret(before, next, box.selectionStart), movedCaret(before, next, box.selectionEnd)]
        : null;
      setText(next);
      if (box && caret && before !== next)
        requestAnimationFrame(() => box.setSelectionRange(caret[0] ?? 0, caret[1] ?? 0));
    };
    shared.observe(onChange);
    return () => shared.unobserve(onChange);
  }, [board, id]);
  return (
    <textarea
      ref={area}
      aria-label="Note text"
      className="nodrag nowheel nopan min-h-0 flex-1 resize-none bg-transparent px-3 pb-2 font-mono text-sm outline-none"
      value={text}
      onChange={(event) => {
        setText(event.target.value);
        board.edits.typeNote(id, event.target.value);
      }}
      onBlur={onClose}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Escape') onClose();
      }}
    />
  );
}
