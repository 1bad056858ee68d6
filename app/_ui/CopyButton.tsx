'use client';
import { useEffect, useState } from 'react';
import { Button } from './Button';

/** Copies `text`; says "copied" for two seconds, or that the browser refused. `what` names it: "the trace ID". */
export function CopyButton({ text, what, children }: { text: string; what: string; children?: string }) {
  const [said, say] = useState<'copied' | 'not copied' | null>(null);
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => say(null), 2000);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = () => {
    // absent on plain http other than localhost
    if (!navigator.clipboard) return say('not copied');
    navigator.clipboard.writeText(text).then(
      () => say('copied'),
      () => say('not copied'),
    );
  };
  return (
    <>
      <Button
        look="quiet"
        small
        icon={said === 'copied' ? 'check' : 'copy'}
        aria-label={children ? undefined : `Copy ${what}`}
        title={said ?? `Copy ${what}`}
        onClick={copy}
      >
        {children}
      </Button>
      <span className="vh" role="status">
        {said ? `${what}: ${said}` : ''}
      </span>
    </>
  );
}
