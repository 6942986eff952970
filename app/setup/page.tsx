import type { Metadata } from 'next';
import { SetupPage } from '@/components/account/setup-page.tsx';

export const metadata: Metadata = { title: 'Set up', referrer: 'no-referrer' };

export default async function Page({
  searchParams,
}: {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const { token } = await searchParams;
  return <SetupPage token={typeof token === 'string' ? token : null} />;
}
