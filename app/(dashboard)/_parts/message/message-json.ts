import type { Message } from '@/lib/model/message';
import { bodyView } from './body-view';

/**
 * The message as JSON for a script or a ticket: properties, headers with their wire types, the body as a JSON value or text
 * where it is one, else its bytes in base64. Pure.
 */
export function messageJson({ properties, headers, body }: Message): string {
  const view = bodyView(body);
  const content =
    view === null
      ? { kept: false }
      : view.json !== null && plain(view.json)
        ? { json: JSON.parse(view.json) }
        : view.text !== null
          ? { text: view.text }
          : { base64: body.data };
  return JSON.stringify(
    { properties, headers, body: { size: body.size, truncated: body.truncated, ...content } },
    null,
    2,
  );
}

/** Figures with more digits than JavaScript keeps stay text: a copied ID must be the one that was sent. */
function plain(json: string): boolean {
  return !/(?<![\w".])-?\d{16,}/.test(json) && !/\d\.\d{16,}/.test(json);
}
