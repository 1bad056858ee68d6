/** Capture settings as they are kept and as the parts of capture need them. Pure. */
import { bodyMaxBytes, type CaptureSettings, captureSettingsSchema } from '../model/capture.ts';

const DAY_MS = 86_400_000;

/** What was remembered, or null when nothing was, or an older Hoplight wrote it in another form. */
export function rememberedSettings(json: string | null): CaptureSettings | null {
  if (json === null) return null;
  try {
    return captureSettingsSchema.parse(JSON.parse(json));
  } catch {
    return null;
  }
}

/** The first so many bytes of a body are kept; 0: none. */
export function bodyBytesOf({ body }: Pick<CaptureSettings, 'body'>): number {
  return { off: 0, first: body.firstBytes, full: bodyMaxBytes }[body.mode];
}

export function limitsOf({ retention }: Pick<CaptureSettings, 'retention'>) {
  return { limitBytes: retention.bytes, maxAgeMs: retention.days * DAY_MS };
}

/** In words what a share hides; null when all is kept. */
export function samplingHides(share: number): string | null {
  if (share >= 1) return null;
  return `Only ${Number((share * 100).toPrecision(3))} % of the journeys are kept, each of them whole.`;
}

/** One line for the audit log. */
export function settingsWords({ scopes, sampling, body, retention }: CaptureSettings): string {
  const narrow = Object.values(scopes).filter((scope) => scope.mode === 'chosen').length;
  const bodies = {
    off: 'no bodies',
    first: `the first ${body.firstBytes} bytes of bodies`,
    full: 'whole bodies',
  };
  return [
    narrow > 0 ? `${narrow} vhost(s) in part` : 'whole vhosts',
    `${Number((sampling * 100).toPrecision(3))} % of the journeys`,
    bodies[body.mode],
    `${retention.days} days, ${retention.bytes} bytes`,
  ].join('; ');
}
