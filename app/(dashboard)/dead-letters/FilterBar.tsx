'use client';
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { cx } from '@/app/_ui/cx';
import { Icon } from '@/app/_ui/Icon';
import { useSlash } from '@/app/_ui/SearchField';
import styles from './filter-bar.module.css';

export interface Example {
  where: string;
  words: string;
}

/**
 * The filter of the messages, in the where-language: `/` comes here, Enter takes it, Esc empties it. An empty box offers
 * examples out of the messages themselves (arrow down goes there); what cannot be read is marked at its place.
 */
export function FilterBar({
  value,
  wrong,
  examples,
  onSubmit,
}: {
  value: string;
  /** Why `value` cannot be read, and at which character. */
  wrong: { error: string; at: number } | null;
  examples: readonly Example[];
  onSubmit: (text: string) => void;
}) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const [draft, setDraft] = useState(value);
  const [focused, setFocused] = useState(false);
  useSlash(input, true);
  useEffect(() => setDraft(value), [value]);
  const said = wrong && draft === value ? wrong : null;
  // to the place that cannot be read, so that it can be mended at once
  useEffect(() => {
    if (said && document.activeElement === input.current)
      input.current?.setSelectionRange(said.at, endOf(value, said.at));
  }, [said, value]);
  const take = (text: string) => {
    setDraft(text);
    if (text !== value) onSubmit(text);
  };
  const keys = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Enter') take(draft);
    else if (event.key === 'ArrowDown') {
      event.preventDefault();
      list.current?.querySelector('button')?.focus();
    } else if (event.key === 'Escape') {
      if (draft === '') event.currentTarget.blur();
      else take('');
    }
  };
  const walk = (event: KeyboardEvent<HTMLUListElement>) => {
    const all = [...(list.current?.querySelectorAll('button') ?? [])];
    const at = all.findIndex((button) => button.matches(':focus'));
    if (event.key === 'Escape') {
      input.current?.focus();
      setFocused(false);
    } else if (event.key === 'ArrowDown') all[Math.min(at + 1, all.length - 1)]?.focus();
    else if (event.key === 'ArrowUp') (all[at - 1] ?? input.current)?.focus();
    else return;
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only hears when the focus leaves the box and its examples
    <div
      className={styles.around}
      onFocus={() => setFocused(true)}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setFocused(false);
      }}
    >
      <div className={cx(styles.box, said && styles.bad)}>
        <Icon name="search" />
        <input
          ref={input}
          type="search"
          className="mono"
          aria-label="Filter messages"
          aria-describedby={said ? `${id}-wrong` : undefined}
          aria-invalid={said ? true : undefined}
          placeholder="header.name=value, $.path, text"
          value={draft}
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          onChange={(event) => {
            setDraft(event.target.value);
            setFocused(true);
            // emptied by the field's own ×, or by hand
            if (event.target.value === '' && value !== '') onSubmit('');
          }}
          onKeyDown={keys}
        />
        {draft !== value ? <kbd className="wide">Enter</kbd> : <kbd className="wide">/</kbd>}
      </div>
      {said ? (
        <p id={`${id}-wrong`} className={styles.wrong} role="alert">
          {said.error}{' '}
          <span className="mono nw">
            {value.slice(Math.max(0, said.at - 12), said.at)}
            <mark>{value.slice(said.at, endOf(value, said.at)) || ' '}</mark>
          </span>
        </p>
      ) : null}
      {focused && draft === '' ? (
        <ul ref={list} className={styles.options} aria-label="Examples" onKeyDown={walk}>
          {examples.map((example) => (
            <li key={example.where}>
              <button
                type="button"
                className={styles.option}
                onClick={() => {
                  setDraft(example.where);
                  input.current?.focus();
                }}
              >
                <span className="mono t1">{example.where}</span>
                <span className="s t3">{example.words}</span>
              </button>
            </li>
          ))}
          <li className={cx('s t3', styles.hint)}>Terms stand side by side, and all must hold.</li>
        </ul>
      ) : null}
    </div>
  );
}

/** The end of the term that begins at `at`; at least one character. */
function endOf(text: string, at: number): number {
  const blank = text.slice(at).search(/\s/);
  return blank < 0 ? text.length : at + Math.max(1, blank);
}
