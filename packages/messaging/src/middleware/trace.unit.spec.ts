import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { propagation, trace, type TextMapPropagator, TraceFlags } from '@opentelemetry/api';
import type { OutgoingMessage } from '#broker.ts';
import type { Message } from '#message.ts';
import { traced, tracedPublisher } from './trace.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const message: Message = {
  topic: 't',
  partition: 0,
  offset: 0n,
  timestamp: 0,
  key: 'k',
  value: Buffer.from('v'),
  headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` },
};

/** W3C trace context, as far as these tests need it. */
function recordingPropagator(extracted: string[]): TextMapPropagator {
  return {
    fields: () => ['traceparent'],
    inject: (_context, carrier, setter) => setter.set(carrier, 'traceparent', 'of-the-publisher'),
    extract(context, carrier, getter) {
      const header = String(getter.get(carrier, 'traceparent'));
      extracted.push(header);
      const [, trace_ = '', spanId = ''] = header.split('-');
      return trace.setSpanContext(context, {
        traceId: trace_,
        spanId,
        traceFlags: TraceFlags.SAMPLED,
        isRemote: true,
      });
    },
  };
}

describe('tracing', () => {
  const extracted: string[] = [];
  beforeEach(() => void propagation.setGlobalPropagator(recordingPropagator(extracted)));
  afterEach(() => {
    propagation.disable();
    extracted.length = 0;
  });

  it('continues the trace of the message, and passes failures on', async () => {
    let handled = 0;
    const handler = traced('order.on-payment')(async () => {
      handled++;
      if (handled === 2) throw new Error('no');
    });
    await handler(message, new AbortController().signal);
    expect(extracted).toEqual([message.headers['traceparent']]);
    await expect(handler(message, new AbortController().signal)).rejects.toThrow('no');
  });

  it('adds the trace to what is published, unless the message brings its own', async () => {
    const published: OutgoingMessage[] = [];
    const publisher = tracedPublisher({
      publish: async (_topic, messages) => void published.push(...messages),
      close: async () => undefined,
    });
    await publisher.publish('t', [{ ...message, headers: { a: 'b' } }, message]);
    expect(published.map(({ headers }) => headers)).toEqual([
      { traceparent: 'of-the-publisher', a: 'b' },
      message.headers,
    ]);
  });
});
