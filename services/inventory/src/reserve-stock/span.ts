import { propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';

const tracer = trace.getTracer('tradewind.inventory');

/**
 * Runs one reservation of a batch in a span of its own, below the span of the order that asked for it: the call's span
 * stands for the whole batch. Unsampled ones cost a comparison.
 * @param work gets the trace context of what it causes
 */
export async function inOwnSpan<T>(
  traceparent: string,
  work: (traceparent: string) => Promise<T>,
): Promise<T> {
  if (!traceparent.endsWith('-01')) return work(traceparent);
  const parent = propagation.extract(ROOT_CONTEXT, { traceparent });
  const span = tracer.startSpan('ReserveStock', { kind: SpanKind.SERVER }, parent);
  const { traceId, spanId } = span.spanContext();
  try {
    return await work(`00-${traceId}-${spanId}-01`);
  } catch (error) {
    span.setStatus({
      code: SpanStatusCode.ERROR,
      message: error instanceof Error ? error.message : String(error),
    });
    throw error;
  } finally {
    span.end();
  }
}
