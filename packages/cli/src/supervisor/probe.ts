import { cassandraReady } from '@tradewind/native/cassandra.ts';
import { connectReady } from '@tradewind/native/connect.ts';
import { kafkaReady } from '@tradewind/native/kafka.ts';
import { mosquittoReady } from '@tradewind/native/mosquitto.ts';
import { opensearchReady } from '@tradewind/native/opensearch.ts';
import { postgresReady } from '@tradewind/native/postgres.ts';
import { prometheusReady } from '@tradewind/native/prometheus.ts';
import { rabbitmqReady } from '@tradewind/native/rabbitmq.ts';
import { redisReady } from '@tradewind/native/redis.ts';
import { registryReady } from '@tradewind/native/registry.ts';
import type { Probe } from './spec.ts';

/** Asks once, for two seconds at most. Never throws: not answering is an answer. */
export async function isReady(probe: Probe): Promise<boolean> {
  switch (probe.kind) {
    case 'postgres':
      return postgresReady(probe.port);
    case 'redis':
      return redisReady(probe.port);
    case 'kafka':
      return kafkaReady(probe.port);
    case 'registry':
      return registryReady(probe.port);
    case 'rabbitmq':
      return rabbitmqReady(probe.port);
    case 'mosquitto':
      return mosquittoReady(probe.port);
    case 'cassandra':
      return cassandraReady(probe.port);
    case 'opensearch':
      return opensearchReady(probe.port);
    case 'connect':
      return connectReady(probe.port);
    case 'prometheus':
      return prometheusReady(probe.port);
    case 'http':
      return answers(probe.url);
    default:
      return probe satisfies never;
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
