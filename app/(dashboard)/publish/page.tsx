import type { Metadata } from 'next';
import { Publish } from './Publish';

export const metadata: Metadata = { title: 'Publish' };

export default function Page() {
  return <Publish />;
}
