'use client';
/** Keyboard and clipboard of the board: keys go to commands unless something nearer to them wants them. */
import { useReactFlow } from '@xyflow/react';
import { useEffect } from 'react';
import { canvasCentre } from '../../actions/place.ts';
import { isTyping, keyName } from '../../state/commands.ts';
import type { Workspace } from '../../state/workspace.ts';

/** These belong to a button or link that has the focus. */
const PRESSING = /^((Shift\+)?(Enter|Space)|F2)$/;
/** These belong to a picture, a slider or a list that has the focus. */
const MOVING = /^(Delete|Backspace|((Alt\+)?(Shift\+)?Arrow\w+))$/;
const MOVABLE =
  '[data-lens], [role="slider"], [role="radio"], [role="tab"], [role="combobox"], [role="separator"], [role="grid"]';
const FLOATING = '[role="dialog"], [role="menu"], [role="listbox"], [role="alertdialog"]';

export function useBoardKeys(board: Workspace): void {
  const flow = useReactFlow();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const pressed = keyName(event);
      const target = event.target instanceof Element ? event.target : null;
      if (pressed !== 'Mod+K' && (isTyping(event.target) || target?.closest(FLOATING))) return;
      if (PRESSING.test(pressed) && target && !onCanvas(target)) return;
      if (target && takeFocused(board, pressed, target)) return event.preventDefault();
      if (MOVING.test(pressed) && target?.closest(MOVABLE)) return;
      if (board.commands.press(event)) event.preventDefault();
    };
    const onCopy = (event: ClipboardEvent) => {
      if (busy(event)) return;
      const text = board.edits.copy(board.selection.current.items);
      if (text === null) return;
      event.clipboardData?.setData('text/plain', text);
      event.preventDefault();
      if (event.type === 'cut') board.edits.remove(board.selection.current.items);
    };
    const onPaste = (event: ClipboardEvent) => {
      if (busy(event)) return;
      const text = event.clipboardData?.getData('text/plain') ?? '';
      const cursor = board.session.presence.own.cursor;
      const pasted = board.edits.paste(text, cursor ?? canvasCentre(flow));
      if (pasted === null) return;
      event.preventDefault();
      board.selection.select({ items: pasted });
    };
    document.addEventListener('keydown', onKey);
    document.addEventListener('copy', onCopy);
    document.addEventListener('cut', onCopy);
    document.addEventListener('paste', onPaste);
    return () => {
      document.removeEventListener('keydown', onKey);
      document.removeEventListener('copy', onCopy);
      document.removeEventListener('cut', onCopy);
      document.removeEventListener('paste', onPaste);
    };
  }, [board, flow]);
}

/** Enter or Space on an item that has the focus selects it, with Shift beside the others; Enter on a selected one opens it. */
function takeFocused(board: Workspace, pressed: string, target: Element): boolean {
  const key = /^(Shift\+)?(Enter|Space)$/.exec(pressed);
  const id = target.matches('.react-flow__node') ? target.getAttribute('data-id') : null;
  if (!key || id === null) return false;
  const { items } = board.selection.current;
  const adding = key[1] !== undefined;
  if (items.includes(id) && !adding) return false;
  const group = board.edits.withGroups([id]);
  const others = adding ? items.filter((item) => !group.includes(item)) : [];
  board.selection.select({ items: items.includes(id) ? others : [...others, ...group] });
  return true;
}

/** The page itself, the canvas, or a node as a whole: not something inside a node or a panel. */
function onCanvas(target: Element): boolean {
  return target === document.body || target.matches('.react-flow__node, .react-flow__pane, [data-canvas]');
}

function busy(event: ClipboardEvent): boolean {
  const chosen = document.getSelection();
  return isTyping(event.target) || (chosen !== null && !chosen.isCollapsed);
}
