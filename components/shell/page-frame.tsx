'use client';
import Link from 'next/link';
import type { ReactNode } from 'react';
import type { Me } from '@/core/api/index.ts';
import { AccountMenu } from './account-menu.tsx';
import { Bell } from './bell.tsx';
import { Logo } from './logo.tsx';

/** Head of every page but the board: where one is, and who one is. */
export function PageFrame({
  me,
  trail = [],
  actions,
  children,
}: {
  readonly me: Pick<Me, 'user'> | null;
  readonly trail?: readonly { readonly label: string; readonly href?: string }[];
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <div className="flex min-h-screen flex-col">
      <header className="flex h-11 shrink-0 items-center justify-between gap-4 border-b bg-surface px-4">
        <nav aria-label="Breadcrumb" className="flex min-w-0 items-center gap-2">
          <Link href="/" className="flex items-center gap-2 rounded-sm font-semibold">
            <Logo />
            Interlayer
          </Link>
          {trail.map(({ label, href }) => (
            <span key={`${label} ${href}`} className="flex min-w-0 items-center gap-2">
              <span aria-hidden className="text-faint">
                /
              </span>
              {href ? (
                <Link href={href} className="truncate rounded-sm text-muted hover:text-text">
                  {label}
                </Link>
              ) : (
                <span className="truncate">{label}</span>
              )}
            </span>
          ))}
        </nav>
        <div className="flex items-center gap-2">
          {actions}
          {me && <Bell />}
          {me && <AccountMenu person={me.user} />}
        </div>
      </header>
      <main className="flex-1">{children}</main>
    </div>
  );
}
