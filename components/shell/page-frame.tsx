'use client';
import { LogOut, Monitor, Moon, Settings, Sun } from 'lucide-react';
import Link from 'next/link';
import { signOut } from 'next-auth/react';
import { type ReactNode, useEffect, useState } from 'react';
import { Avatar, Menu, type MenuItem } from '@/components/ui/index.ts';
import type { Me } from '@/core/api/index.ts';
import { Bell } from './bell.tsx';
import { Logo } from './logo.tsx';
import { chooseTheme, readTheme, type Theme } from './theme.ts';

const THEMES: readonly { id: Theme; label: string; icon: ReactNode }[] = [
  { id: 'system', label: 'As the system', icon: <Monitor /> },
  { id: 'light', label: 'Light', icon: <Sun /> },
  { id: 'dark', label: 'Dark', icon: <Moon /> },
];

/** Head of every page but the board: where one is, and who one is. */
export function PageFrame({
  me,
  trail = [],
  actions,
  children,
}: {
  readonly me: Me | null;
  readonly trail?: readonly { readonly label: string; readonly href?: string }[];
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  const [theme, setTheme] = useState<Theme>('system');
  useEffect(() => setTheme(readTheme()), []);
  const items: readonly MenuItem[] = [
    {
      id: 'settings',
      label: 'Settings',
      icon: <Settings />,
      onSelect: () => window.location.assign('/settings'),
    },
    { kind: 'separator', id: 'line-1' },
    { kind: 'heading', id: 'theme', label: 'Theme' },
    ...THEMES.map(
      ({ id, label, icon }): MenuItem => ({
        id,
        label,
        icon,
        checked: theme === id,
        onSelect: () => {
          chooseTheme(id);
          setTheme(id);
        },
      }),
    ),
    { kind: 'separator', id: 'line-2' },
    {
      id: 'sign-out',
      label: 'Sign out',
      icon: <LogOut />,
      onSelect: () => void signOut({ callbackUrl: '/sign-in' }),
    },
  ];
  return (
    <div className="flex min-h-screen flex-col">
      <header className="flex h-11 shrink-0 items-center justify-between gap-4 border-b bg-surface px-4">
        <nav aria-label="Breadcrumb" className="flex min-w-0 items-center gap-2">
          <Link href="/" className="flex items-center gap-2 rounded-sm font-semibold">
            <Logo />
            Interlayer
          </Link>
          {trail.map(({ label, href }) => (
            <span key={label} className="flex min-w-0 items-center gap-2">
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
          {me && (
            <Menu label="Your account" items={items} align="end">
              <button type="button" aria-label={`Your account: ${me.user.name}`} className="rounded-full">
                <Avatar name={me.user.name} color={me.user.color} size={24} />
              </button>
            </Menu>
          )}
        </div>
      </header>
      <main className="flex-1">{children}</main>
    </div>
  );
}
