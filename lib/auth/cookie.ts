/** The session's cookie: an opaque token, useless without the server's own secret and store. */
export const COOKIE = 'hoplight_session';
