import type { Metadata } from 'next';
import { Consumers } from './Consumers';

export const metadata: Metadata = { title: 'Consumers' };

export default function Page() {
  return <Consumers />;
}
