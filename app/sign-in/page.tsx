import type { Metadata } from 'next';
import { SignInPage } from '@/components/account/sign-in-page.tsx';

export const metadata: Metadata = { title: 'Sign in' };

export default async function Page({
  searchParams,
}: {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const { next, error } = await searchParams;
  return (
    <SignInPage
      next={typeof next === 'string' ? next : null}
      error={typeof error === 'string' ? error : null}
    />
  );
}
