import type { IconName } from '@/app/_ui/Icon';

/** The screens that there are, in the order of the rail. */
export const SCREENS: readonly {
  path: string;
  name: string;
  short?: string;
  icon: IconName;
  phone: boolean;
}[] = [
  { path: '/', name: 'Overview', icon: 'overview', phone: true },
  { path: '/queues', name: 'Queues', icon: 'queues', phone: true },
  { path: '/consumers', name: 'Consumers', icon: 'consumers', phone: false },
  { path: '/journeys', name: 'Journeys', icon: 'journeys', phone: true },
  { path: '/dead-letters', name: 'Dead letters', short: 'Dead', icon: 'dead-letters', phone: true },
  { path: '/publish', name: 'Publish', icon: 'publish', phone: false },
  { path: '/audit', name: 'Audit', icon: 'audit', phone: false },
  { path: '/status', name: 'Status', icon: 'status', phone: false },
];

/** Which screen a path belongs to: `/queues/%2F/mail` is Queues, a replay is part of Dead letters. */
export function screenOf(pathname: string): string {
  if (pathname.startsWith('/replays')) return '/dead-letters';
  return SCREENS.find((s) => s.path !== '/' && `${pathname}/`.startsWith(`${s.path}/`))?.path ?? '/';
}
