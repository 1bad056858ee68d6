/** `amqp://user:password@host:port/vhost`, read once so that special characters survive (amqplib misreads non-ASCII passwords). */
import { HoplightError } from '../model/errors.ts';

export interface AmqpAddress {
  tls: boolean;
  host: string;
  port: number;
  user: string;
  password: string;
  vhost: string;
}

/** The addresses of a list with commas: the nodes of one cluster, tried in turn. Throws as `parseAmqpUrl`. */
export function parseAmqpUrls(text: string): [AmqpAddress, ...AmqpAddress[]] {
  // a comma parts two addresses only where a scheme follows: a password may hold one
  const [first = '', ...others] = text.split(/,(?=\s*amqps?:\/\/)/).map((url) => url.trim());
  return [parseAmqpUrl(first), ...others.map(parseAmqpUrl)];
}

/** An absent or empty path is the vhost `/`. Throws HoplightError bad_input; the message never holds the password. */
export function parseAmqpUrl(text: string): AmqpAddress {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !['amqp:', 'amqps:'].includes(url.protocol) || !url.hostname) {
    throw new HoplightError(
      'bad_input',
      'The AMQP address is not of the form amqp://user:password@host:port/vhost',
      {
        next: 'Write special characters of user, password and vhost percent-encoded; the vhost / is %2F.',
      },
    );
  }
  const tls = url.protocol === 'amqps:';
  const part = (encoded: string) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded; // a stray % stands for itself
    }
  };
  const anonymous = url.username === '' && url.password === '';
  return {
    tls,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (tls ? 5671 : 5672),
    user: anonymous ? 'guest' : part(url.username),
    password: anonymous ? 'guest' : part(url.password),
    vhost: part(url.pathname.slice(1)) || '/',
  };
}
