import type { IPublishPacket, MqttClient } from 'mqtt';
import { generate } from 'mqtt-packet';

/** A message that the broker keeps until it is acknowledged. */
export interface HeldMessage {
  readonly packet: IPublishPacket;
  /** False once its connection is gone: the broker gives the message to somebody again. */
  isCurrent(): boolean;
  /**
   * In the order in which they came; `reasonCode` 128 and above refuse it. Does nothing once its connection is gone: the
   * number means another message, or none, on a later one.
   */
  acknowledge(reasonCode?: number): void;
}

const later = new Error('acknowledged later');

/**
 * Lets messages of QoS 1 be acknowledged later, many of them in hand at once. The client would read nothing more (pings
 * included) until the message before is acknowledged, `customHandleAcks` or not; told of an error it goes on, and sends no
 * PUBACK.
 */
export function acknowledgeLater(client: MqttClient, take: (message: HeldMessage) => void): void {
  client.handleMessage = (packet, next) => {
    take(held(client, packet));
    next(packet.qos === 1 ? later : undefined);
  };
}

function held(client: MqttClient, packet: IPublishPacket): HeldMessage {
  const { stream } = client;
  const isCurrent = () => client.stream === stream && !stream.destroyed && stream.writable;
  return {
    packet,
    isCurrent,
    acknowledge(reasonCode = 0) {
      const { messageId } = packet;
      if (messageId === undefined || !isCurrent()) return;
      stream.write(generate({ cmd: 'puback', messageId, reasonCode }, { protocolVersion: 5 }));
    },
  };
}
