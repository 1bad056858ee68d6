'use client';
import {
  type InputHTMLAttributes,
  type ReactNode,
  type RefObject,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react';
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

/** A label over its control, with a hint below and, when the value will not do, why. */
export function Labelled({
  label,
  hint,
  error,
  children,
}: {
  label: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
  children: (ids: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }) => ReactNode;
}) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className={styles.labelled}>
      <label htmlFor={id} className="s t3">
        {label}
      </label>
      {children({
        id,
        ...(note ? { 'aria-describedby': `${id}-note` } : {}),
        ...(error ? { 'aria-invalid': true as const } : {}),
      })}
      {note ? (
        <p
          id={`${id}-note`}
          className={cx('s', error ? 'dead ink' : 't3')}
          role={error ? 'alert' : undefined}
        >
          {note}
        </p>
      ) : null}
    </div>
  );
}

/** One line of text. `width` in px; numbers are right-aligned. Give `aria-label` when no `Labelled` is around it. */
export function Input({
  width,
  mono,
  className,
  ...rest
}: InputHTMLAttributes<HTMLInputElement> & { width?: number; mono?: boolean }) {
  return (
    <input
      {...rest}
      className={cx(styles.input, mono && 'mono', rest.type === 'number' && styles.number, className)}
      style={width ? { width } : rest.style}
    />
  );
}

/** Several lines of text, e.g. a body. */
export function TextArea({
  mono,
  className,
  ...rest
}: TextareaHTMLAttributes<HTMLTextAreaElement> & { mono?: boolean }) {
  return (
    <textarea
      spellCheck={false}
      {...rest}
      className={cx(styles.input, styles.area, mono && 'mono', className)}
    />
  );
}

/** The browser's own choice list, drawn as the other controls. `quiet` has no outline until pointed at. */
export function Select({
  quiet,
  mono,
  className,
  children,
  ...rest
}: SelectHTMLAttributes<HTMLSelectElement> & { quiet?: boolean; mono?: boolean }) {
  return (
    <span className={cx(styles.select, quiet && styles.quiet, className)}>
      <select {...rest} className={cx(mono && 'mono')}>
        {children}
      </select>
      <Icon name="down" size={14} />
    </span>
  );
}

/** One of a few: a radio group drawn as joined segments. */
export function Segmented<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: T;
  options: readonly { value: T; label: ReactNode; reason?: string | undefined }[];
  onChange: (value: T) => void;
}) {
  const name = useId();
  return (
    <fieldset className={styles.segments}>
      <legend className="vh">{label}</legend>
      {options.map((option) => (
        <label key={option.value} className={cx(value === option.value && styles.on)} title={option.reason}>
          <input
            type="radio"
            className="vh"
            name={name}
            checked={value === option.value}
            disabled={Boolean(option.reason)}
            onChange={() => onChange(option.value)}
          />
          {option.label}
        </label>
      ))}
    </fieldset>
  );
}

/** On or off, at once. For a choice that waits for a button use Check. */
export function Switch({
  checked,
  onChange,
  label,
  disabled,
}: {
  checked: boolean;
  onChange: (checked: boolean) => void;
  label: string;
  disabled?: boolean;
}) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={checked}
      aria-label={label}
      disabled={disabled}
      className={styles.switch}
      onClick={() => onChange(!checked)}
    />
  );
}
