import { HomePage } from '@/components/project/home-page.tsx';

export default async function Page({ params }: { readonly params: Promise<{ project: string }> }) {
  return <HomePage slug={(await params).project} />;
}
