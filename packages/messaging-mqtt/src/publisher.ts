import { ErrorWithReasonCode, type MqttClient } from 'mqtt';
import type { Publisher } from '@tradewind/messaging/broker.ts';
import type { OutgoingMessage } from '@tradewind/messaging/message.ts';
import { PublishError } from '@tradewind/messaging/publish-error.ts';
import { connected, type MqttOptions, openClient } from './connect.ts';
import { toParcel } from './convert.ts';

const PATIENCE_MS = 5_000;
/** Below the broker's limit of 64 KiB for a whole packet, with its headers. */
const MAX_BYTES = 60_000;
/** In flight at once; MQTT counts them with 16 bits. */
const WINDOW = 1_000;
const REFUSED = 128;

const unavailable = (cause?: unknown): PublishError =>
  new PublishError('the MQTT broker is away', { retryable: true, code: 'BROKER_UNAVAILABLE', cause });

const sizeOf = ({ key, value, headers }: OutgoingMessage): number =>
  value.length + Buffer.byteLength(key + Object.entries(headers).flat().join(''));

/** One connection and one call at a time: MQTT keeps the order of a connection. */
export function createPublisher(login: MqttOptions): Publisher {
  let client: MqttClient | undefined;
  let last = Promise.resolve();
  let failures = 0;

  async function send(topic: string, messages: readonly OutgoingMessage[], before: number): Promise<void> {
    // What waited behind a failed call fails with it: its caller will repeat both, in order.
    if (failures !== before) throw unavailable();
    client ??= openClient(login, { clean: true });
    const connection = client;
    if (!(await connected(connection, PATIENCE_MS))) throw unavailable();
    const { promise: lost, reject } = Promise.withResolvers<never>();
    const onClose = (): void => reject(unavailable());
    connection.once('close', onClose);
    // Heard by nobody where all goes well.
    lost.catch(() => undefined);
    try {
      for (let at = 0; at < messages.length; at += WINDOW) {
        const sent = messages.slice(at, at + WINDOW).map((message) => {
          const { topic: name, payload, options } = toParcel(topic, message);
          return connection.publishAsync(name, payload, options);
        });
        await Promise.race([Promise.all(sent), lost]);
      }
    } catch (error) {
      failures++;
      throw publishError(error);
    } finally {
      connection.off('close', onClose);
    }
  }

  return {
    publish(topic, messages) {
      const poison = messages.flatMap((message, position) => (sizeOf(message) > MAX_BYTES ? [position] : []));
      if (poison.length > 0) {
        const failure = { retryable: false, code: 'MESSAGE_TOO_LARGE', poison };
        return Promise.reject(new PublishError(`larger than ${MAX_BYTES} bytes`, failure));
      }
      const before = failures;
      const work = last.then(() => send(topic, messages, before));
      last = work.catch(() => undefined);
      return work;
    },
    async close() {
      await last;
      await client?.endAsync();
    },
  };
}

function publishError(error: unknown): PublishError {
  if (error instanceof PublishError) return error;
  if (error instanceof ErrorWithReasonCode && error.code >= REFUSED) {
    const failure = { retryable: false, code: 'PUBLISH_REFUSED', cause: error };
    return new PublishError(`refused with reason code ${error.code}`, failure);
  }
  return unavailable(error);
}
