import type { Channel } from './channel.ts';
import { postJson, type PostOptions } from './post-json.ts';

/** An incoming webhook of Slack: `{channel, text}`. Its address is a secret of the installation, not of a tenant. */
export function slackChannel(options: PostOptions): Channel {
  const { send, close } = postJson(options);
  return {
    name: 'SLACK',
    send: ({ deliveryId, address, body }) => send(deliveryId, { channel: address, text: body }),
    close,
  };
}
