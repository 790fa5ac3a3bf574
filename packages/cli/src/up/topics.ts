import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import kafkajs from 'kafkajs';
import { parse } from 'yaml';
import { checkout } from '#places.ts';

export interface Topic {
  name: string;
  partitions: number;
  config: Record<string, string>;
}

interface TopicFile {
  defaults?: { partitions?: number; config?: Record<string, unknown> };
  topics: { name: string; partitions?: number; config?: Record<string, unknown> }[];
}

const PARTITIONS = 12;

/** The topics of `schemas/topics.yaml`, with its defaults filled in. */
export function parseTopics(text: string): Topic[] {
  const file = parse(text) as TopicFile;
  return file.topics.map(({ name, partitions, config }) => ({
    name,
    partitions: partitions ?? file.defaults?.partitions ?? PARTITIONS,
    config: Object.fromEntries(
      Object.entries({ ...file.defaults?.config, ...config }).map(([key, value]) => [key, String(value)]),
    ),
  }));
}

/** Creates what is missing and sets the configuration of what is there. Partitions are never added: keys would move. */
export async function ensureTopics(brokers: string[]): Promise<number> {
  const topics = parseTopics(await readFile(join(checkout, 'schemas/topics.yaml'), 'utf8'));
  const kafka = new kafkajs.Kafka({
    clientId: 'tw',
    brokers,
    logLevel: kafkajs.logLevel.ERROR,
    retry: { retries: 10 },
  });
  const admin = kafka.admin();
  await admin.connect();
  try {
    const known = new Set(await admin.listTopics());
    const missing = topics.filter(({ name }) => !known.has(name));
    await admin.createTopics({
      topics: missing.map(({ name, partitions, config }) => ({
        topic: name,
        numPartitions: partitions,
        replicationFactor: 1,
        configEntries: entries(config),
      })),
    });
    const changed = topics.filter(({ name, config }) => known.has(name) && Object.keys(config).length > 0);
    if (changed.length > 0) {
      await admin.alterConfigs({
        validateOnly: false,
        resources: changed.map(({ name, config }) => ({
          type: kafkajs.ConfigResourceTypes.TOPIC,
          name,
          configEntries: entries(config),
        })),
      });
    }
    return topics.length;
  } finally {
    await admin.disconnect();
  }
}

const entries = (config: Record<string, string>): { name: string; value: string }[] =>
  Object.entries(config).map(([name, value]) => ({ name, value }));
