import type { Metadata } from 'next';
import { DeadLetters } from './DeadLetters';

export const metadata: Metadata = { title: 'Dead letters' };

export default function Page() {
  return <DeadLetters />;
}
