/**
 * Our own traces. IDs and W3C headers are made always, since journeys are keyed by them; spans leave this process only
 * when an OTLP endpoint is named (OTEL_EXPORTER_OTLP_ENDPOINT or …_TRACES_ENDPOINT) and OTEL_TRACES_EXPORTER is not none.
 * The other OTEL_* variables (service name, resource attributes, sampler, headers, propagators) work as specified.
 */
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import {
  defaultResource,
  envDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
} from '@opentelemetry/resources';
import { NodeSDK } from '@opentelemetry/sdk-node';

export interface Telemetry {
  /** Whether spans are sent somewhere. */
  exporting: boolean;
  /** Sends what is waiting and stops; waits at most `timeoutMs` for a receiver that does not answer. */
  stop(timeoutMs?: number): Promise<void>;
}

/** A provider without any processor would not be made at all, and with it no IDs. */
const nowhere = {
  onStart() {},
  onEnd() {},
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};

export function wantsExport(env: Record<string, string | undefined>): boolean {
  const endpoint = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT;
  return Boolean(endpoint) && env.OTEL_TRACES_EXPORTER !== 'none';
}

export function startTelemetry(env: Record<string, string | undefined> = process.env): Telemetry {
  const exporting = wantsExport(env);
  // Next makes a span of every fetch: reading the management API each second would drown everything else
  env.NEXT_OTEL_FETCH_DISABLED ??= '1';
  const sdk = new NodeSDK({
    // detectors come after it, so OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win
    resource: defaultResource().merge(resourceFromAttributes({ 'service.name': 'hoplight' })),
    // not the process detector: it would send the command line
    resourceDetectors: [serviceInstanceIdDetector, envDetector],
    ...(exporting ? { traceExporter: new OTLPTraceExporter() } : { spanProcessors: [nowhere] }),
    // traces only: our figures are at /metrics, our log is stderr
    metricReaders: [],
    logRecordProcessors: [],
  });
  sdk.start();
  return {
    exporting,
    async stop(timeoutMs = 3_000) {
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, timeoutMs);
      // a receiver that is away must not keep the process from ending
      await Promise.race([sdk.shutdown().catch(() => {}), late]);
      clearTimeout(timer);
    },
  };
}
