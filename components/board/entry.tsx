'use client';
import dynamic from 'next/dynamic';
import type { BoardPageProps } from './board-page.tsx';
import { Opening } from './opening.tsx';

/**
 * The board lives in the browser only: drawn on the server it would bring a second Yjs into the process that holds the
 * sockets.
 */
const BoardPage = dynamic(() => import('./board-page.tsx').then((m) => m.BoardPage), {
  ssr: false,
  loading: () => <Opening />,
});

export function BoardEntry(props: BoardPageProps) {
  return <BoardPage {...props} />;
}
