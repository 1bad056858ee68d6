'use client';
import { useMemo, useState } from 'react';
import { Button, ButtonLink } from '@/app/_ui/Button';
import { CopyButton } from '@/app/_ui/CopyButton';
import { cx } from '@/app/_ui/cx';
import { bytes, count } from '@/app/_ui/format';
import { Segmented } from '@/app/_ui/Segmented';
import { Unknown } from '@/app/_ui/Unknown';
import type { Message } from '@/lib/model/message';
import { REDACTED } from '@/lib/model/names';
import { type BodyForm, bodyView, hexDump } from './body-view';
import styles from './message.module.css';

const WORDS: Record<BodyForm, string> = { json: 'JSON', text: 'Text', hex: 'Hex' };
/** Characters and hex lines put on the page: more would make it slow; the download has all. */
const MOST_CHARS = 200_000;
const MOST_LINES = 4_096;

/**
 * The body as JSON, text or hex. Only ever text on the page, only ever octets as a download: from the door `href` where the
 * message is stored, else out of the page.
 */
export function BodyPane({ message, name, href }: { message: Message; name: string; href?: string }) {
  const { body, properties } = message;
  const view = useMemo(() => bodyView(body), [body]);
  const [chosen, choose] = useState<BodyForm | null>(null);
  if (!view)
    return (
      <p className={styles.note}>
        <Unknown
          word="not kept"
          reason={`its ${bytes(body.size)} were not stored: bodies are switched off in the capture settings`}
          showReason
        />
      </p>
    );
  if (body.size === 0) return <p className={cx('t3', styles.note)}>The body is empty.</p>;
  const form = chosen && view.forms.includes(chosen) ? chosen : (view.forms[0] ?? 'hex');
  const text =
    (form === 'hex' ? hexDump(view.bytes, MOST_LINES) : form === 'json' ? view.json : view.text) ?? '';
  const shown = text.slice(0, MOST_CHARS);
  const cut = shown.length < text.length || (form === 'hex' && view.bytes.length > MOST_LINES * 16);
  return (
    <>
      <div className={styles.bodyHead}>
        <Segmented
          label="Show the body as"
          value={form}
          options={view.forms.map((value) => ({ value, label: WORDS[value] }))}
          onChange={choose}
        />
        <span className="s t3" title={`${count(body.size)} bytes`}>
          {properties.contentType ?? 'no content type'}, {bytes(body.size)}
          {properties.contentEncoding ? `, encoded: ${properties.contentEncoding}` : ''}
        </span>
        {body.truncated ? (
          <span className="s returned ink">
            cut: the first {bytes(view.bytes.length)} of {bytes(body.size)} kept
          </span>
        ) : null}
        {view.text?.includes(REDACTED) ? (
          <span className="s returned ink">parts redacted before it was stored</span>
        ) : null}
        <span className="grow" />
        {view.text === null ? null : <CopyButton text={view.text} what="the body" />}
        {href ? (
          <ButtonLink small icon="download" href={href} download={`${name}.bin`}>
            Download
          </ButtonLink>
        ) : (
          <Button small icon="download" onClick={() => save(view.bytes, `${name}.bin`)}>
            Download
          </Button>
        )}
      </div>
      <pre className={cx('mono', styles.pre, form === 'hex' && styles.hex)}>{shown}</pre>
      {cut ? <p className={cx('s t3', styles.note)}>Cut here; the download has all that was kept.</p> : null}
    </>
  );
}

/** Hands the bytes to the browser as a file. Octets, so that no browser thinks of showing or running them. */
function save(data: Uint8Array, name: string): void {
  const url = URL.createObjectURL(new Blob([data.slice()], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // the browser has taken hold of it by the next turn
  setTimeout(() => URL.revokeObjectURL(url), 0);
}
