import { createWriteStream } from 'node:fs';
import { context, metrics, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { hrTimeToMilliseconds, W3CTraceContextPropagator } from '@opentelemetry/core';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { ServiceConfig } from './config.ts';

export interface Telemetry {
  /** Prometheus text of all metrics. */
  readonly prometheus: PrometheusExporter;
  stop(): Promise<void>;
}

/**
 * Traces and metrics of one process. Spans are made by hand at the few edges that matter (HTTP, gRPC, relay, consumers),
 * sampled by ratio unless the caller's traceparent says otherwise, so an unsampled request costs almost nothing.
 */
export function startTelemetry(service: string, config: ServiceConfig): Telemetry {
  const resource = resourceFromAttributes({ 'service.name': service });
  const exporters: SpanExporter[] = [];
  if (config.OTEL_EXPORTER_OTLP_ENDPOINT) {
    exporters.push(new OTLPTraceExporter({ url: `${config.OTEL_EXPORTER_OTLP_ENDPOINT}/v1/traces` }));
  }
  if (config.TRACES_FILE) exporters.push(fileExporter(service, config.TRACES_FILE));
  const tracerProvider = new TracerProvider({
    resource,
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(config.TRACE_SAMPLE_RATIO) }),
    spanProcessors: exporters.map(
      (exporter) => new BatchSpanProcessor({ exporter, scheduledDelayMillis: 500 }),
    ),
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(tracerProvider);

  const prometheus = new PrometheusExporter({ preventServerStart: true, withoutScopeInfo: true });
  const meterProvider = new MeterProvider({ resource, readers: [prometheus] });
  metrics.setGlobalMeterProvider(meterProvider);
  return {
    prometheus,
    async stop() {
      await tracerProvider.shutdown();
      await meterProvider.shutdown();
    },
  };
}

/** Finished spans as JSON lines: the local stack's way to look at a trace without a collector. */
function fileExporter(service: string, path: string): SpanExporter {
  const file = createWriteStream(path, { flags: 'a' });
  return {
    export(spans, done) {
      for (const span of spans) {
        const { traceId, spanId } = span.spanContext();
        const line = {
          service,
          name: span.name,
          traceId,
          spanId,
          parentSpanId: span.parentSpanContext?.spanId ?? null,
          startMs: hrTimeToMilliseconds(span.startTime),
          durationMs: hrTimeToMilliseconds(span.duration),
          attributes: span.attributes,
          error: span.status.message ?? null,
        };
        file.write(`${JSON.stringify(line)}\n`);
      }
      done({ code: 0 });
    },
    shutdown: () => new Promise((resolve) => file.end(resolve)),
  };
}
