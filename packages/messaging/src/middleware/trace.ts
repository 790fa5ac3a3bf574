import { type Attributes, context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Publisher } from '#broker.ts';
import type { Handler } from '#handler.ts';

const tracer = trace.getTracer('tradewind.messaging');

/** Runs a handler in a consumer span that continues the trace of the message's `traceparent` header. */
export function traced(name: string) {
  return (handler: Handler): Handler =>
    (message, signal) => {
      const parent = propagation.extract(context.active(), message.headers);
      const attributes: Attributes = {
        'messaging.destination.name': message.topic,
        'messaging.destination.partition.id': String(message.partition),
        'messaging.message.offset': String(message.offset),
      };
      return tracer.startActiveSpan(
        `process ${name}`,
        { kind: SpanKind.CONSUMER, attributes },
        parent,
        async (span) => {
          try {
            await handler(message, signal);
          } catch (error) {
            span.recordException(error instanceof Error ? error : String(error));
            span.setStatus({ code: SpanStatusCode.ERROR });
            throw error;
          } finally {
            span.end();
          }
        },
      );
    };
}

/** Adds the active trace to each published message that does not carry one already. */
export function tracedPublisher(publisher: Publisher): Publisher {
  return {
    publish(topic, messages) {
      const carrier: Record<string, string> = {};
      propagation.inject(context.active(), carrier);
      return publisher.publish(
        topic,
        messages.map((message) => ({ ...message, headers: { ...carrier, ...message.headers } })),
      );
    },
    close: () => publisher.close(),
  };
}
