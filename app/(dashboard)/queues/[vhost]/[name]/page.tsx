import type { Metadata } from 'next';
import { QueuePage } from './QueuePage';

interface Props {
  params: Promise<{ vhost: string; name: string }>;
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
  return { title: decode((await params).name) };
}

export default async function Page({ params }: Props) {
  const { vhost, name } = await params;
  return <QueuePage vhost={decode(vhost)} name={decode(name)} />;
}
