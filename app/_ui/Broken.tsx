'use client';
import { Button } from './Button';
import { Problem } from './Problem';

/** A page that broke while it was drawn: says so, and that the broker was not touched. */
export function Broken({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <Problem
      problem={{
        detail: `This page broke: ${error.message || 'an error without a message'}`,
        notDone: 'Nothing was sent to the broker by this',
        next: `Draw it again. If it stays, the browser's console says more${error.digest ? `, the server's log too (${error.digest})` : ''}.`,
      }}
      action={<Button onClick={reset}>Draw again</Button>}
    />
  );
}
