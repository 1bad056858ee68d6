'use client';
import { type KeyboardEvent, type RefObject, useEffect, useId, useRef, useState } from 'react';
import { useNow } from '@/app/_ui/clock';
import { cx } from '@/app/_ui/cx';
import { Icon } from '@/app/_ui/Icon';
import { useSlash } from '@/app/_ui/SearchField';
import { chipText, readTyped, type Wrong } from '../_parts/find/filter-text';
import styles from './filter-box.module.css';
import { type Known, lastWord, type Suggestion, suggestionsFor } from './suggestions';
import type { Asking } from './use-question';

/** How long typing rests before it is searched, ms. */
const REST_MS = 250;

/**
 * One box for everything: an ID or a word, and conditions (`queue:billing`), which become chips when their word ends.
 *
 * Keys: `/` comes here; up and down choose a suggestion, Enter takes it, or searches; down without suggestions goes to the
 * rows. Backspace at the start removes the last chip; left goes onto the chips, where left and right move and Delete,
 * Backspace or Enter remove. Esc closes the suggestions, then empties the text, then leaves.
 */
export function FilterBox({
  asking,
  known,
  refused,
  onDown,
}: {
  asking: Asking;
  known: Known;
  /** Fields that the server would not take. */
  refused: readonly string[];
  /** To the rows below. */
  onDown: () => void;
}) {
  const { question, remove } = asking;
  const id = useId();
  const now = useNow();
  const input = useRef<HTMLInputElement>(null);
  const chips = useRef<HTMLSpanElement>(null);
  useSlash(input, true);
  const typing = useTyped(asking);
  const { text, wrong, change, take } = typing;
  const suggest = useSuggestions(text, known);
  const { options, at } = suggest;

  const pick = (option: Suggestion) => {
    const before = text.slice(0, text.length - lastWord(text).length);
    // a whole condition ends with it, a field's name goes on with its value
    change(`${before}${option.word}${option.word.endsWith(':') ? '' : ' '}`);
    suggest.again();
  };
  const toChip = (index: number) => {
    const buttons = chips.current?.querySelectorAll('button') ?? [];
    (buttons[Math.min(index, buttons.length - 1)] ?? input.current)?.focus();
  };
  const keys = (event: KeyboardEvent<HTMLInputElement>) => {
    const atStart = event.currentTarget.selectionStart === 0 && event.currentTarget.selectionEnd === 0;
    const last = question.conditions.at(-1);
    const option = options[at];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && options.length > 0) {
      event.preventDefault();
      suggest.move(step);
    } else if (event.key === 'ArrowDown') {
      event.preventDefault();
      onDown();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (option) pick(option);
      else take();
      if (!option) suggest.close();
    } else if (event.key === 'Escape') {
      if (options.length > 0) suggest.close();
      else if (text === '') event.currentTarget.blur();
      else change('');
    } else if (atStart && event.key === 'Backspace' && last) {
      event.preventDefault();
      remove(last);
    } else if (atStart && event.key === 'ArrowLeft' && last) {
      event.preventDefault();
      toChip(question.conditions.length - 1);
    }
  };
  const chipKeys = (event: KeyboardEvent, index: number) => {
    const condition = question.conditions[index];
    if (event.key === 'ArrowLeft') toChip(Math.max(0, index - 1));
    else if (event.key === 'ArrowRight')
      index + 1 < question.conditions.length ? toChip(index + 1) : input.current?.focus();
    else if ((event.key === 'Delete' || event.key === 'Backspace') && condition) removeAt(index);
    else return;
    event.preventDefault();
  };
  const removeAt = (index: number) => {
    const condition = question.conditions[index];
    if (!condition) return;
    remove(condition);
    // after the chip has gone: the one that took its place, else the text
    requestAnimationFrame(() =>
      index < question.conditions.length - 1 ? toChip(index) : input.current?.focus(),
    );
  };
  return (
    <div className={styles.around}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: a larger target for the pointer alone */}
      <div
        className={styles.box}
        onClick={(event) => event.target === event.currentTarget && input.current?.focus()}
      >
        <Icon name="search" />
        {question.conditions.length > 0 ? (
          <span ref={chips} className={styles.chips}>
            {question.conditions.map((condition, i) => {
              const shown = chipText(condition, now);
              return (
                <span
                  key={`${condition.field} ${condition.value}`}
                  className={cx(styles.chip, refused.includes(condition.field) && styles.refused)}
                >
                  <span className="cut" title={shown}>
                    {shown}
                  </span>
                  <button
                    type="button"
                    aria-label={`Remove ${shown}`}
                    onClick={() => removeAt(i)}
                    onKeyDown={(event) => chipKeys(event, i)}
                  >
                    <Icon name="close" size={12} />
                  </button>
                </span>
              );
            })}
          </span>
        ) : null}
        <input
          ref={input}
          type="text"
          role="combobox"
          aria-label="Find journeys"
          aria-expanded={options.length > 0}
          aria-controls={`${id}-list`}
          aria-activedescendant={options[at] ? `${id}-${at}` : undefined}
          aria-autocomplete="list"
          aria-describedby={wrong ? `${id}-wrong` : undefined}
          aria-invalid={wrong ? true : undefined}
          placeholder={
            question.conditions.length > 0
              ? 'any ID or word, or another filter'
              : 'any ID or word, queue:, exchange:, key:, header:, text:'
          }
          value={text}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => change(event.target.value)}
          onInput={suggest.open}
          onBlur={suggest.close}
          onKeyDown={keys}
        />
        <kbd className="wide">/</kbd>
      </div>
      <div
        id={`${id}-list`}
        role="listbox"
        aria-label="Suggestions"
        className={styles.options}
        hidden={options.length === 0}
      >
        {options.map((option, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the box takes the keys
          // biome-ignore lint/a11y/useFocusableInteractive: the box keeps the focus
          <div
            key={option.word}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === at}
            className={styles.option}
            // before the box would lose the focus
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => pick(option)}
          >
            <span className="mono t1 cut">{option.label}</span>
            <span className="s t3 cut">{option.hint}</span>
          </div>
        ))}
      </div>
      {wrong ? (
        <p id={`${id}-wrong`} className={cx('s wrap', styles.wrong)} role="alert">
          <span className="mono">{wrong.word}</span> is not searched: {wrong.why}.
        </p>
      ) : null}
    </div>
  );
}

/**
 * What stands in the box, besides the chips. Conditions leave it when their word ends; the bare words go to the URL when
 * typing rests, and come from there when something else changed them.
 */
function useTyped({ question, add }: Asking) {
  const [text, setText] = useState(question.q);
  const [known, setKnown] = useState(question.q);
  const [wrong, setWrong] = useState<Wrong | null>(null);
  if (known !== question.q) {
    setKnown(question.q);
    // changed from outside (a link, the back button), not by what was typed here
    if (readTyped(text, false, 0).bare !== question.q) setText(question.q);
  }
  const read = (typed: string, done: boolean) => {
    const { conditions, rest, bare, wrong: why } = readTyped(typed, done, Date.now());
    setWrong(why);
    if (conditions.length === 0) setText(typed);
    else setText(rest);
    if (conditions.length > 0 || done) add(conditions, bare);
  };
  const { bare } = readTyped(text, false, 0);
  useEffect(() => {
    if (bare === question.q) return;
    const timer = setTimeout(() => add([], bare), REST_MS);
    return () => clearTimeout(timer);
  }, [bare, question.q, add]);
  return { text, wrong, change: (typed: string) => read(typed, false), take: () => read(text, true) };
}

function useSuggestions(text: string, known: Known) {
  const [shown, setShown] = useState(false);
  const [at, setAt] = useState(-1);
  const options = shown ? suggestionsFor(text, known) : [];
  return {
    options,
    at: at < options.length ? at : -1,
    open: () => {
      setShown(true);
      setAt(-1);
    },
    again: () => setAt(-1),
    close: () => setShown(false),
    move: (by: number) =>
      setAt((was) => (was < 0 && by < 0 ? options.length - 1 : (was + by + options.length) % options.length)),
  };
}

/** Puts the focus on the rows, whose own keys then move and open. */
export function focusRows(place: RefObject<HTMLElement | null>): void {
  place.current?.querySelector<HTMLElement>('[role=grid]')?.focus();
}
