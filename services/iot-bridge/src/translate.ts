import {
  encodeReading,
  parseDeviceMessage,
  READINGS_TOPIC,
  readingKey,
} from '@tradewind/contracts/device-reading.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import { deadLetter, errorOf } from '@tradewind/messaging/dead-letter.ts';
import type { OutgoingMessage } from '@tradewind/messaging/message.ts';
import { type Arrival, PAYLOAD_FORMAT_INVALID, SUCCESS } from '#arrival.ts';

export const CONSUMER = 'iot-bridge';

/** Where a device's message goes, and what the MQTT broker is told when it is there. */
export interface Outgoing {
  readonly topic: string;
  readonly message: OutgoingMessage;
  readonly code: number;
}

const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;
const CORRELATION_ID = /^[\x21-\x7e]{1,128}$/;
/** Below what Kafka takes: of a larger payload the letter keeps the beginning. */
const LARGEST_LETTER = 512 * 1024;

/** A reading for inventory, or a dead letter with the device's own bytes. */
export function translate({ topic, payload, properties, receivedAt }: Arrival): Outgoing {
  const headers = headersFrom(properties);
  try {
    const reading = parseDeviceMessage(topic, payload, receivedAt);
    const message = { key: readingKey(reading), value: encodeReading(reading), headers };
    return { topic: READINGS_TOPIC, message, code: SUCCESS };
  } catch (error) {
    const original = {
      ...{ topic, partition: 0, offset: 0n, timestamp: receivedAt, key: topic },
      ...{ value: payload.subarray(0, LARGEST_LETTER), headers },
    };
    return {
      ...deadLetter(original, CONSUMER, errorOf(error), 1, new Date(receivedAt)),
      code: PAYLOAD_FORMAT_INVALID,
    };
  }
}

/** Properties are whatever a device says: only what has the right form goes on. */
function headersFrom(properties: Readonly<Record<string, string>>): Record<string, string> {
  const { traceparent = '', correlationId = '' } = properties;
  return {
    // Names a reading that has no number of its own through all tries to publish it.
    readingId: newId(),
    correlationId: CORRELATION_ID.test(correlationId) ? correlationId : newId(),
    ...(TRACEPARENT.test(traceparent) ? { traceparent } : {}),
  };
}
