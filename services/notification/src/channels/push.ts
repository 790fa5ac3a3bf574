import type { Channel } from './channel.ts';
import { postJson, type PostOptions } from './post-json.ts';

/** Pushes to an app, as common gateways take them: `{token, notification: {title, body}}`. */
export function pushChannel(options: PostOptions): Channel {
  const { send, close } = postJson(options);
  return {
    name: 'PUSH',
    send: ({ deliveryId, address, subject, body }) =>
      send(deliveryId, { token: address, notification: { title: subject ?? '', body } }),
    close,
  };
}
