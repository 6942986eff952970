import type { ReactNode } from 'react';
import { Logo } from '@/components/shell/logo.tsx';

/** Frame of the pages before one is in: one column, one task. */
export function Entrance({
  title,
  children,
  foot,
}: {
  readonly title: string;
  readonly children: ReactNode;
  readonly foot?: ReactNode;
}) {
  return (
    <main className="flex min-h-screen flex-col items-center bg-canvas px-4 pt-[14vh] pb-8">
      <div className="w-full max-w-[360px]">
        <p className="mb-3 flex items-center gap-2 font-semibold text-lg">
          <Logo size={20} />
          Interlayer
        </p>
        <div className="rounded-md border bg-surface p-5">
          <h1 className="mb-4 font-semibold text-xl">{title}</h1>
          {children}
        </div>
        {foot && <div className="mt-3 text-muted text-sm">{foot}</div>}
      </div>
    </main>
  );
}
