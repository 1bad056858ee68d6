/** Where spans are sent, by the standard variables (https://opentelemetry.io/docs/specs/otel/protocol/exporter/). */
import { HoplightError } from '../model/errors.ts';

export interface Endpoint {
  url: string;
  headers: Record<string, string>;
  /** Of one request, ms. */
  timeoutMs: number;
}

const TIMEOUT_MS = 10_000;

/** Throws HoplightError `bad_input` when no endpoint is named, or what is named is none. */
export function endpointOf(env: Record<string, string | undefined>): Endpoint {
  const traces = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  const base = env.OTEL_EXPORTER_OTLP_ENDPOINT;
  const text = traces || (base ? `${base.replace(/\/+$/, '')}/v1/traces` : '');
  if (!/^https?:$/.test(protocolOf(text)))
    throw new HoplightError(
      'bad_input',
      'HOPLIGHT_GIVE_BACK: needs OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, an http(s) address',
    );
  const timeout = Number(env.OTEL_EXPORTER_OTLP_TRACES_TIMEOUT || env.OTEL_EXPORTER_OTLP_TIMEOUT);
  return {
    url: text,
    headers: {
      ...headersIn(env.OTEL_EXPORTER_OTLP_HEADERS),
      ...headersIn(env.OTEL_EXPORTER_OTLP_TRACES_HEADERS),
    },
    timeoutMs: timeout > 0 && timeout < 600_000 ? timeout : TIMEOUT_MS,
  };
}

function protocolOf(text: string): string {
  try {
    return new URL(text).protocol;
  } catch {
    return '';
  }
}

/** `name=value,name=value`, values percent-encoded; what cannot be read is left out. */
function headersIn(text: string | undefined): Record<string, string> {
  const pairs = (text ?? '').split(',').flatMap((pair): [string, string][] => {
    const at = pair.indexOf('=');
    const name = pair.slice(0, at).trim().toLowerCase();
    if (at < 1 || !/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) return [];
    try {
      return [[name, decodeURIComponent(pair.slice(at + 1).trim())]];
    } catch {
      return [];
    }
  });
  return Object.fromEntries(pairs);
}
