import type { Metadata, Viewport } from 'next';
import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import { THEME_COOKIE, themeOf } from './_ui/theme';
import './globals.css';

export const metadata: Metadata = {
  title: { template: '%s · Hoplight', default: 'Hoplight' },
  description: 'Every hop of every RabbitMQ message: where it died, why, and back with proof.',
  robots: { index: false, follow: false },
};

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f5f6f8' },
    { media: '(prefers-color-scheme: dark)', color: '#0f1013' },
  ],
};

/**
 * The document. Reading the cookie makes every page render per request, which the Content Security Policy needs too:
 * Next puts the nonce of the request's own policy on its scripts. We write one inline script, with that nonce: the
 * dashboard's layout opens the live stream by it.
 */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = themeOf((await cookies()).get(THEME_COOKIE)?.value);
  return (
    <html lang="en" data-theme={theme === 'system' ? undefined : theme}>
      <body>{children}</body>
    </html>
  );
}
