import type { Metadata } from 'next';
import { Queues } from './Queues';

export const metadata: Metadata = { title: 'Queues' };

export default function Page() {
  return <Queues />;
}
