import type { Metadata } from 'next';
import { ReplayList } from './ReplayList';

export const metadata: Metadata = { title: 'Replays' };

export default function Page() {
  return <ReplayList />;
}
