'use client';
import { Broken } from '../_ui/Broken';

/** One screen broke; the shell around it still works. */
export default function ErrorPage({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return <Broken error={error} reset={reset} />;
}
