import type { Channel } from './channel.ts';
import { postJson, type PostOptions } from './post-json.ts';

/** Short messages, as common gateways take them: `{to, body}`. */
export function smsChannel(options: PostOptions): Channel {
  const { send, close } = postJson(options);
  return {
    name: 'SMS',
    send: ({ deliveryId, address, body }) => send(deliveryId, { to: address, body }),
    close,
  };
}
