import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runningServers } from './running-servers.ts';

describe('running servers', () => {
  it('are those of an endpoints.json', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'endpoints-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'endpoints.json');
    const login = { username: 'u', password: 'p' };
    const endpoints = {
      postgres: { url: 'postgres://a' },
      kafka: 'b:1,c:2',
      registry: 'http://d',
      redis: 'redis://e',
      rabbitmq: { url: 'amqp://f' },
      mqtt: { url: 'mqtt://g', devices: [], ingest: login, messages: login },
    };
    await writeFile(file, JSON.stringify(endpoints));
    const servers = await runningServers(file);
    expect(await servers.postgres()).toEqual({ adminUrl: 'postgres://a' });
    expect(await servers.kafka()).toEqual({ brokers: ['b:1', 'c:2'] });
    expect(await servers.registry()).toEqual({ url: 'http://d' });
    expect(await servers.redis()).toEqual({ url: 'redis://e' });
    expect(await servers.rabbitmq()).toEqual({ url: 'amqp://f' });
    expect(await servers.mqtt()).toEqual(endpoints.mqtt);
    await expect(servers.cassandra()).rejects.toThrow(/names no cassandra.*--profile full/);

    const full = { cassandra: '127.0.0.1:1', opensearch: 'http://g', connect: 'http://h' };
    await writeFile(file, JSON.stringify({ ...endpoints, ...full }));
    const more = await runningServers(file);
    expect(await more.cassandra()).toEqual({ contactPoint: '127.0.0.1:1', dataCenter: 'datacenter1' });
    expect(await more.opensearch()).toEqual({ url: 'http://g' });
    expect(await more.connect()).toEqual({ url: 'http://h' });
  });

  it('say which file is missing', async () => {
    await expect(runningServers('missing/endpoints.json')).rejects.toThrow(
      /TW_TEST_ENDPOINTS: missing\/endpoints.json/,
    );
  });
});
