'use client';
import dynamic from 'next/dynamic';
import { Skeleton } from '../ui/skeleton.tsx';
import type { UnitPageProps } from './unit-page.tsx';

/** In the browser only, as the board is (components/board/entry.tsx says why). */
const UnitPage = dynamic(() => import('./unit-page.tsx').then((m) => m.UnitPage), {
  ssr: false,
  loading: () => <Skeleton className="m-6 h-72" />,
});

export function UnitEntry(props: UnitPageProps) {
  return <UnitPage {...props} />;
}
