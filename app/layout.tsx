import type { Metadata, Viewport } from 'next';
import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import { ToastProvider } from '@/components/ui/toast.tsx';
import { TooltipProvider } from '@/components/ui/tooltip.tsx';
import './globals.css';

export const metadata: Metadata = {
  title: { default: 'Interlayer', template: '%s · Interlayer' },
  description: 'Debug a neural network together, live.',
};
export const viewport: Viewport = { colorScheme: 'light dark' };

/**
 * The theme comes from a cookie, so that the first paint is right without an inline script (content security policy).
 * Reading it also makes every page dynamic, which the policy's nonce needs.
 */
export default async function RootLayout({ children }: { readonly children: ReactNode }) {
  const chosen = (await cookies()).get('theme')?.value;
  const theme = chosen === 'light' || chosen === 'dark' ? chosen : undefined;
  return (
    <html lang="en" data-theme={theme}>
      <body>
        <TooltipProvider>
          <ToastProvider>{children}</ToastProvider>
        </TooltipProvider>
      </body>
    </html>
  );
}
