'use client';
import { useReactFlow } from '@xyflow/react';
import { useCallback } from 'react';
import { showThread } from '../../actions/arrival.ts';
import { Bell } from '../../shell/bell.tsx';
import { useBoard } from '../../state/context.tsx';

/** Rings at once for what is written in this project, and shows threads of this board without leaving it. */
export function BoardBell() {
  const board = useBoard();
  const flow = useReactFlow();
  const listen = useCallback(
    (reload: () => void) => board.session.on((message) => message.type === 'threads' && reload()),
    [board],
  );
  return (
    <Bell
      listen={listen}
      show={({ project, anchor, thread }) => {
        const elsewhere = anchor.kind === 'view' && anchor.boardId !== board.board.id;
        const known = board.threads.store.getState().threads.some(({ id }) => id === thread);
        if (project !== board.slug || elsewhere || !known) return false;
        showThread(board, flow, thread);
        return true;
      }}
    />
  );
}
