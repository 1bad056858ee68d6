'use client';
import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import { cx } from './cx';
import styles from './Field.module.css';
import { Icon } from './Icon';

/** True while the key press belongs to something that takes text; a box that was just checked takes none. */
function typing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]') !== null
  );
}

/** How long typing may pause before the filter follows, ms. */
const PAUSE = 100;

/**
 * Text that is typed at once and told a moment later. `value` may come back late and in steps (by way of the URL): what
 * we told ourselves is not taken for news, so that no letter is lost; what others set is.
 */
function useDraft(value: string, tell: (value: string) => void) {
  const [draft, setDraft] = useState(value);
  const told = useRef(new Set<string>());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if (told.current.delete(value)) return;
    told.current.clear();
    clearTimeout(timer.current);
    setDraft(value);
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const now = (text: string) => {
    clearTimeout(timer.current);
    setDraft(text);
    if (text === value) return;
    told.current.add(text);
    tell(text);
  };
  const later = (text: string) => {
    setDraft(text);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => now(text), PAUSE);
  };
  return { draft, now, later };
}

/** `/` focuses and selects the field, from anywhere that takes no text itself. */
export function useSlash(input: RefObject<HTMLInputElement | null>, on: boolean): void {
  useEffect(() => {
    if (!on) return;
    const focus = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || typing(event.target)) return;
      if (document.querySelector('dialog[open]')) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    addEventListener('keydown', focus);
    return () => removeEventListener('keydown', focus);
  }, [input, on]);
}

/** The filter of a page: `/` focuses it, Esc empties it, then leaves it. `chips` stand before the text. */
export function SearchField({
  value,
  onChange,
  onSubmit,
  label,
  placeholder,
  chips,
  slash = true,
  width,
}: {
  value: string;
  onChange: (value: string) => void;
  /** Enter. Left out, the field filters as one types. */
  onSubmit?: (value: string) => void;
  label: string;
  placeholder?: string;
  chips?: ReactNode;
  slash?: boolean;
  width?: number;
}) {
  const input = useRef<HTMLInputElement>(null);
  const { draft, now, later } = useDraft(value, onChange);
  useSlash(input, slash);
  return (
    <div className={cx(styles.field, !width && 'grow')} style={width ? { width } : undefined}>
      <Icon name="search" />
      {chips}
      <input
        ref={input}
        type="search"
        aria-label={label}
        placeholder={placeholder}
        value={draft}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => later(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') {
            now(event.currentTarget.value);
            onSubmit?.(event.currentTarget.value);
          }
          if (event.key !== 'Escape') return;
          if (draft === '') event.currentTarget.blur();
          else now('');
        }}
      />
      {slash ? <kbd className="wide">/</kbd> : null}
    </div>
  );
}
