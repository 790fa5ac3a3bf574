import { servers } from '@tradewind/testing/servers.ts';
import { describe, expect, it } from 'vitest';
import { openConnection } from './connection.ts';

describe('a connection to RabbitMQ', () => {
  it('is closed though the server never answers what a channel declares', async () => {
    const connection = await openConnection(await (await servers()).rabbitmq());
    const channel = connection.channel(() => new Promise(() => undefined));
    expect(await channel.opened(100)).toBeUndefined();
    await connection.close();
    expect(connection.connected).toBe(false);
    expect(await channel.opened(60_000)).toBeUndefined();
  });
});
