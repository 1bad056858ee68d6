'use client';
import { useState } from 'react';
import { Button } from '@/app/_ui/Button';
import { Check } from '@/app/_ui/Check';
import { Labelled, TextArea } from '@/app/_ui/Field';
import { bytes } from '@/app/_ui/format';
import { Segmented } from '@/app/_ui/Segmented';
import type { Message } from '@/lib/model/message';
import { pretty } from '../_parts/message/body-view';
import edit from './edit.module.css';
import { type BodyDraft, rewritten } from './letter-draft';

/** The body as text or as base64. Where the original is JSON it is checked, with the line that is wrong. */
export function EditBody({
  message,
  body,
  error,
  onChange,
}: {
  message: Message;
  body: BodyDraft | null;
  error: string | undefined;
  onChange: (body: BodyDraft) => void;
}) {
  const [cannot, setCannot] = useState(false);
  if (body === null)
    return (
      <p>
        {message.body.data === null
          ? 'The body was not read, so it stays as it is.'
          : `Only the first part of its ${bytes(message.body.size)} was read, so the body stays as it is.`}{' '}
        Headers and properties can be changed.
      </p>
    );
  const laidOut = body.as === 'text' && body.json ? pretty(body.text) : null;
  return (
    <>
      <div className="row">
        <Segmented
          label="How the body is written"
          value={body.as}
          options={[
            { value: 'text', label: 'Text' },
            { value: 'base64', label: 'Base64' },
          ]}
          onChange={(as) => {
            const other = rewritten(body, as);
            setCannot(other === null);
            if (other) onChange(other);
          }}
        />
        {cannot ? <span className="s returned ink">These bytes are no text.</span> : null}
        <span className="grow" />
        {laidOut !== null && laidOut !== body.text ? (
          <Button small look="quiet" onClick={() => onChange({ ...body, text: laidOut })}>
            Indent
          </Button>
        ) : null}
      </div>
      <Labelled label={body.as === 'text' ? 'Body, UTF-8' : 'Body, base64'} error={error}>
        {(ids) => (
          <TextArea
            {...ids}
            mono
            rows={18}
            className={edit.body}
            value={body.text}
            onChange={(event) => {
              setCannot(false);
              onChange({ ...body, text: event.target.value });
            }}
          />
        )}
      </Labelled>
      {body.json && body.as === 'text' && (error !== undefined || body.anyway) ? (
        <Check checked={body.anyway} onChange={(anyway) => onChange({ ...body, anyway })}>
          Send it although it is not JSON
        </Check>
      ) : null}
    </>
  );
}
