import { Skeleton } from '../ui/skeleton.tsx';

/** While a board is opened: its frame, with the places of views. */
export function Opening() {
  return (
    <div className="flex h-dvh flex-col" role="status" aria-label="Opening the board">
      <div className="flex h-11 items-center gap-3 border-b px-3">
        <Skeleton className="h-5 w-64" />
      </div>
      <CanvasSkeleton />
    </div>
  );
}

export function CanvasSkeleton() {
  return (
    <div className="flex min-h-0 flex-1 flex-wrap content-start gap-4 bg-canvas p-12">
      <Skeleton className="h-60 w-80" />
      <Skeleton className="h-60 w-96" />
      <Skeleton className="h-40 w-60" />
    </div>
  );
}
