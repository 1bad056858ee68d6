'use client';
import { Broken } from './_ui/Broken';

/** What is shown when a page outside the dashboard breaks. */
export default function ErrorPage({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <main style={{ padding: 16 }}>
      <Broken error={error} reset={reset} />
    </main>
  );
}
