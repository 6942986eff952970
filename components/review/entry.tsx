'use client';
import dynamic from 'next/dynamic';
import { Skeleton } from '../ui/skeleton.tsx';
import type { ReviewPageProps } from './review-page.tsx';

/** In the browser only, as the board is (components/board/entry.tsx says why). */
const ReviewPage = dynamic(() => import('./review-page.tsx').then((m) => m.ReviewPage), {
  ssr: false,
  loading: () => <Skeleton className="m-6 h-72" />,
});

export function ReviewEntry(props: ReviewPageProps) {
  return <ReviewPage {...props} />;
}
