import type { Metadata } from 'next';
import { InvitePage } from '@/components/account/invite-page.tsx';

export const metadata: Metadata = { title: 'Invitation', referrer: 'no-referrer' };

export default async function Page({ params }: { readonly params: Promise<{ token: string }> }) {
  return <InvitePage token={(await params).token} />;
}
