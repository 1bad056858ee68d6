/**
 * Seals a password so that neither the store nor the key file nor the cookie alone opens it: the key is derived from
 * the server's secret and the cookie's token, and the server keeps only the token's hash. AES-256-GCM.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function keyFor(secret: Buffer, token: string): Buffer {
  return Buffer.from(hkdfSync('sha256', Buffer.from(token), secret, 'hoplight session password', 32));
}

export function seal(secret: Buffer, token: string, text: string): Uint8Array {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', keyFor(secret, token), iv);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return new Uint8Array(Buffer.concat([iv, cipher.getAuthTag(), sealed]));
}

/** Null when it was sealed under another token or secret, or was changed. */
export function open(secret: Buffer, token: string, sealed: Uint8Array): string | null {
  const bytes = Buffer.from(sealed);
  if (bytes.length < 28) return null;
  const cipher = createDecipheriv('aes-256-gcm', keyFor(secret, token), bytes.subarray(0, 12));
  cipher.setAuthTag(bytes.subarray(12, 28));
  try {
    return Buffer.concat([cipher.update(bytes.subarray(28)), cipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}
