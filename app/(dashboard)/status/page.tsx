import type { Metadata } from 'next';
import { Status } from './Status';

export const metadata: Metadata = { title: 'Status' };

export default function Page() {
  return <Status />;
}
