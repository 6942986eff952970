'use client';
import { LogOut, Monitor, Moon, Settings, Sun } from 'lucide-react';
import { signOut } from 'next-auth/react';
import { type ReactNode, useEffect, useState } from 'react';
import { Avatar, Menu, type MenuItem } from '@/components/ui/index.ts';
import type { Person } from '@/core/api/index.ts';
import { chooseTheme, readTheme, type ThemeChoice } from './theme.ts';

const THEMES: readonly { id: ThemeChoice; label: string; icon: ReactNode }[] = [
  { id: 'system', label: 'As the system', icon: <Monitor /> },
  { id: 'light', label: 'Light', icon: <Sun /> },
  { id: 'dark', label: 'Dark', icon: <Moon /> },
];

/** One's own picture: settings, theme, way out. */
export function AccountMenu({ person }: { readonly person: Person }) {
  const [theme, setTheme] = useState<ThemeChoice>('system');
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
    <Menu label="Your account" items={items} align="end">
      <button type="button" aria-label={`Your account: ${person.name}`} className="rounded-full">
        <Avatar name={person.name} color={person.color} size={24} />
      </button>
    </Menu>
  );
}
