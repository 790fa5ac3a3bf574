import type { IPublishPacket, MqttClient } from 'mqtt';

/**
 * Lets messages be acknowledged later, many of them in hand at once. The client would read nothing more (pings included)
 * until the message before is acknowledged, `customHandleAcks` or not; told of an error it goes on, and sends no PUBACK.
 * @returns acknowledges one message (QoS 1), in the order in which they came; `reasonCode` 128 and above refuse it.
 */
export function acknowledgeLater(
  client: MqttClient,
  take: (packet: IPublishPacket) => void,
): (packet: IPublishPacket, reasonCode?: number) => void {
  client.handleMessage = (packet, next) => {
    take(packet);
    next(packet.qos === 1 ? new Error('acknowledged later') : undefined);
  };
  return ({ messageId = 0 }, reasonCode = 0) =>
    void client['_sendPacket']({ cmd: 'puback', messageId, reasonCode });
}
