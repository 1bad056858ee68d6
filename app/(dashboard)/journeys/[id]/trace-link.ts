/** The trace in the reader's own trace viewer, from a template with `{traceId}`; null when there is none. Pure. */
export function traceLink(
  template: string | null,
  traceId: string | undefined,
): { href: string; where: string } | null {
  if (!template || !traceId) return null;
  try {
    const url = new URL(template.replaceAll('{traceId}', encodeURIComponent(traceId)));
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
    const known = /jaeger|tempo|grafana|zipkin|honeycomb|datadog|signoz|uptrace|kibana/i.exec(url.href)?.[0];
    return {
      href: url.href,
      where: known ? known.charAt(0).toUpperCase() + known.slice(1).toLowerCase() : url.hostname,
    };
  } catch {
    return null;
  }
}
