'use client';
import { Flag, FlagOff } from 'lucide-react';
import { useStore } from 'zustand';
import { useBoard, useMay } from '../state/context.tsx';
import { Button } from '../ui/button.tsx';
import { counted } from '../ui/format.ts';
import { useToast } from '../ui/toast.tsx';
import { toggleSelected } from './mark-commands.ts';

/** Marks or unmarks what is selected in any view. */
export function MarkSelected() {
  const board = useBoard();
  const editable = useMay('edit');
  const { show } = useToast();
  const examples = useStore(board.selection.store, (s) => s.examples);
  const marked = useStore(board.marks.store, (s) => s.marked);
  if (!editable || examples.length === 0) return null;
  const all = examples.every((address) => marked.has(address));
  const words = examples.length === 1 ? 'it' : counted(examples.length, 'example');
  return (
    <Button size="sm" title="M" onClick={() => show(toggleSelected(board))}>
      {all ? <FlagOff aria-hidden /> : <Flag aria-hidden />} {all ? `Unmark ${words}` : `Mark ${words}`}
    </Button>
  );
}
