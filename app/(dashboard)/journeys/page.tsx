import type { Metadata } from 'next';
import { Journeys } from './Journeys';

export const metadata: Metadata = { title: 'Journeys' };

export default function Page() {
  return <Journeys />;
}
