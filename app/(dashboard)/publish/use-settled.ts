'use client';
import { useEffect, useState } from 'react';

/** `value` as it was once it stayed the same for `ms`: asks the server after a pause in typing, not at each key. */
export function useSettled<T>(value: T, ms = 250): T {
  const [settled, settle] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => settle(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
