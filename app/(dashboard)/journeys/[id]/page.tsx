import type { Metadata } from 'next';
import { shortId } from '@/app/_ui/format';
import { JourneyScreen } from './JourneyScreen';

interface Props {
  params: Promise<{ id: string }>;
}

/** Next leaves path segments as they came; a broken escape is shown as it is. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const id = decode((await params).id);
  return { title: `Journey ${shortId(id.slice(id.indexOf(':') + 1))}` };
}

export default async function Page({ params }: Props) {
  return <JourneyScreen id={decode((await params).id)} />;
}
