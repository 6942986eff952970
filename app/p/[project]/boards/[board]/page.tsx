import type { Metadata } from 'next';
import { BoardEntry } from '@/components/board/entry.tsx';

export const metadata: Metadata = { title: 'Board' };

interface Props {
  readonly params: Promise<{ project: string; board: string }>;
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** `?at=ADDRESS`, `?view=ID`, `?thread=ID` and `?query=TEXT` say what is shown first. */
export default async function Page({ params, searchParams }: Props) {
  const { project, board } = await params;
  const search = await searchParams;
  const one = (key: string) => {
    const value = search[key];
    return typeof value === 'string' ? value : null;
  };
  return (
    <BoardEntry
      project={project}
      board={board}
      at={one('at')}
      view={one('view')}
      thread={one('thread')}
      query={one('query')}
    />
  );
}
