/** The look that the reader pinned, kept in a cookie so that the server renders it at once: no flash, no inline script. */
export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

export const THEME_COOKIE = 'hoplight_theme';
export const RAIL_COOKIE = 'hoplight_rail';

/** What a cookie says; anything else is `system`. */
export function themeOf(text: string | undefined): Theme {
  return themes.find((theme) => theme === text) ?? 'system';
}

/** Keeps a preference of this browser for a year. Nothing secret, and only this site reads it. */
export function remember(cookie: string, value: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in one of the browsers we serve
  document.cookie = `${cookie}=${value}; Path=/; Max-Age=31536000; SameSite=Strict`;
}

/** Pins the theme now and for the next visit; `system` lets go of it. */
export function pinTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  remember(THEME_COOKIE, theme);
}
