import type { Metadata } from 'next';
import { Replay } from './Replay';

interface Props {
  params: Promise<{ id: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Replay ${decode((await params).id)}` };
}

/** Next leaves path segments as they came; a broken escape is shown as it is. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

export default async function Page({ params }: Props) {
  return <Replay id={decode((await params).id)} />;
}
